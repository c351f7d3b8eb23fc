"""Browsing, probing and uploading through the real service."""

import hashlib
import json
import os
import socket
import time
from urllib.parse import unquote

import pytest

UPLOAD = "/api/v1/files/upload"


@pytest.fixture(scope="module")
def sound(server):
    master, _ = server.pair("upload", seconds=8.0, seed=41)
    return open_bytes(master)


def open_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def leftovers(server):
    return [entry for entry in (server.uploads / ".incoming").glob("*")]


def test_a_folder_is_listed_by_page_with_type_and_size(server):
    server.pair("list", seconds=1.0, seed=42)
    (server.media / "folder").mkdir(exist_ok=True)
    (server.media / "notes.txt").write_text("x")

    first = server.get(f"/api/v1/files?path={server.media}&page_size=2").json()
    largest = server.get("/api/v1/files?sort=size&order=desc&page_size=1000").json()

    assert first["entries"][0]["type"] == "directory"
    assert len(first["entries"]) == 2
    assert first["total_pages"] == -(-first["total"] // 2)
    files = [entry for entry in largest["entries"] if entry["type"] != "directory"]
    assert [f["size_bytes"] for f in files] == sorted(
        (f["size_bytes"] for f in files), reverse=True
    )
    kinds = {entry["name"]: entry["type"] for entry in largest["entries"]}
    assert kinds["notes.txt"] == "other"
    assert kinds["list_master.wav"] == "audio"


def test_a_name_that_no_answer_can_hold_is_not_shown(server):
    broken = os.fsencode(server.media) + b"/broken\xff.wav"
    with open(broken, "wb") as file:
        file.write(b"RIFF")

    listing = server.get("/api/v1/files?page_size=1000")

    assert listing.status_code == 200
    assert not [e for e in listing.json()["entries"] if e["name"].startswith("broken")]


def test_links_that_lead_outside_are_not_shown(server):
    outside = server.media / "outside"
    outside.unlink(missing_ok=True)
    outside.symlink_to("/etc")

    listing = server.get("/api/v1/files?page_size=1000").json()

    assert "outside" not in [entry["name"] for entry in listing["entries"]]
    assert server.get(f"/api/v1/files?path={outside}").status_code == 403


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/etc", 403, "PATH_NOT_ALLOWED"),
        ("..", 403, "PATH_NOT_ALLOWED"),
        ("%2e%2e/%2e%2e", 403, "PATH_NOT_ALLOWED"),
        ("nothing-here", 404, "FILE_NOT_FOUND"),
        ("%00", 404, "FILE_NOT_FOUND"),
        ("notes.txt", 404, "NOT_A_FOLDER"),
    ],
)
def test_what_cannot_be_listed_says_why(server, path, status, code):
    (server.media / "notes.txt").write_text("x")

    answer = server.get(f"/api/v1/files?path={path}")

    assert (answer.status_code, answer.json()["error_code"]) == (status, code)


def test_probing_tells_streams_and_then_listings_know_the_duration(server):
    master, _ = server.pair("probe", seconds=3.0, seed=43)

    probed = server.get(f"/api/v1/files/probe?path={master}").json()
    listing = server.get("/api/v1/files?page_size=1000").json()

    assert probed["media"]["duration_seconds"] == pytest.approx(3.0)
    assert probed["media"]["sample_rate_hz"] == 16000
    assert len(probed["streams"]) == 1
    known = {entry["name"]: entry["duration_seconds"] for entry in listing["entries"]}
    assert known["probe_master.wav"] == pytest.approx(3.0)


def test_an_upload_arrives_whole_with_its_checksum_and_can_be_analysed(server, sound):
    answer = server.client.post(
        UPLOAD,
        files={"file": ("mäster one.wav", sound)},
        data={"file_type": "audio", "description": "Master", "tags": "master,audio,sync"},
    )

    assert answer.status_code == 201, answer.text
    view = answer.json()
    assert view["checksum"] == {"algorithm": "sha256", "value": hashlib.sha256(sound).hexdigest()}
    assert view["tags"] == ["master", "audio", "sync"]
    assert view["filename"] == "mäster one.wav"
    assert open_bytes(view["path"]) == sound
    assert server.get(answer.headers["location"]).json()["file_id"] == view["file_id"]
    _, dub = server.pair("upload", seconds=8.0, seed=41)
    done = server.wait_for(server.submit(master_file=view["path"], dub_file=dub))
    assert done["result"]["consensus_offset"]["offset_seconds"] == pytest.approx(-0.25, abs=1e-3)


def test_an_upload_is_given_back_and_deleted(server, sound):
    view = server.client.post(UPLOAD, files={"file": ("x.wav", sound)}).json()
    url = f"/api/v1/files/uploads/{view['file_id']}"

    content = server.get(f"{url}/content")
    part = server.client.get(f"{url}/content", headers={"Range": "bytes=4-7"})
    beyond = server.client.get(f"{url}/content", headers={"Range": "bytes=99999999-"})
    gone = server.client.delete(url)

    assert content.content == sound
    assert (part.status_code, part.content) == (206, sound[4:8])
    assert (beyond.status_code, beyond.json()["error_code"]) == (416, "RANGE_NOT_SATISFIABLE")
    assert beyond.headers["content-range"] == f"bytes */{len(sound)}"
    assert gone.json()["success"] is True
    assert server.get(url).json()["error_code"] == "UPLOAD_NOT_FOUND"
    assert not os.path.exists(view["path"])


def test_two_uploads_of_one_name_do_not_meet(server, sound):
    views = [server.client.post(UPLOAD, files={"file": ("same.wav", sound)}).json() for _ in "ab"]

    assert views[0]["path"] != views[1]["path"]
    assert open_bytes(views[0]["path"]) == open_bytes(views[1]["path"])


@pytest.mark.parametrize(
    "name", ["../../../etc/evil.wav", "/etc/evil.wav", "..\\evil.wav", "-y.wav"]
)
def test_a_name_cannot_lead_out_of_the_folder(server, sound, name):
    view = server.client.post(UPLOAD, files={"file": (name, sound)}).json()

    assert view["path"].startswith(f"{server.uploads}/{view['file_id']}/")
    assert "/" not in view["filename"]


@pytest.mark.parametrize(
    ("content", "fields", "status", "code"),
    [
        (b"this is no sound at all" * 100, {}, 415, "UNDECODABLE_MEDIA"),
        (b"", {}, 422, "EMPTY_FILE"),
        (None, {"file_type": "picture"}, 422, "INVALID_UPLOAD"),
        (None, {"tags": "[1, 2]"}, 422, "INVALID_UPLOAD"),
        (None, {"colour": "blue"}, 422, "INVALID_UPLOAD"),
        (b"\0" * 4_000_001, {}, 413, "FILE_TOO_LARGE"),
    ],
)
def test_a_refused_upload_leaves_nothing(server, sound, content, fields, status, code):
    before = {entry.name for entry in server.uploads.iterdir()}

    answer = server.client.post(
        UPLOAD, files={"file": ("a.wav", sound if content is None else content)}, data=fields
    )

    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert {entry.name for entry in server.uploads.iterdir()} - {".incoming"} == before - {
        ".incoming"
    }
    assert leftovers(server) == []


def test_an_upload_without_length_is_stopped_at_the_limit(server):
    def endless():
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        for _ in range(6):
            yield b"\0" * 1_000_000

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = server.client.post(UPLOAD, content=endless(), headers=headers)

    assert answer.status_code == 413
    assert leftovers(server) == []


def test_an_upload_whose_sender_vanishes_leaves_nothing(server):
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(
            b"POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
            b'Content-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
            + b"\0"
            * 2_000_000
        )
        wait(lambda: leftovers(server) != [])

    wait(lambda: leftovers(server) == [])


def wait(true):
    for _ in range(500):
        if true():
            return
        time.sleep(0.02)
    raise AssertionError("waited too long")


def test_unfinished_uploads_cannot_be_named(server):
    (server.uploads / ".incoming").mkdir(exist_ok=True)

    answer = server.get(f"/api/v1/files?path={server.uploads}/.incoming")

    assert answer.json()["error_code"] == "PATH_NOT_ALLOWED"


TUS = "/api/v1/files/tus"
VERSION = {"Tus-Resumable": "1.0.0"}
CHUNK = {**VERSION, "Content-Type": "application/offset+octet-stream"}


def begin(server, length, **headers):
    answer = server.client.post(TUS, headers={**VERSION, "Upload-Length": str(length), **headers})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def send(server, url, offset, data, **headers):
    return server.client.patch(
        url, content=data, headers={**CHUNK, "Upload-Offset": str(offset), **headers}
    )


def test_a_resumable_upload_goes_on_where_it_stopped(server, sound):
    url = begin(server, len(sound), **{"Upload-Metadata": "filename dMO8cy53YXY=,tags YSxi"})

    assert send(server, url, 0, sound[:1000]).headers["upload-offset"] == "1000"
    wrong = send(server, url, 5, sound[5:])
    head = server.client.head(url, headers=VERSION)
    last = send(server, url, int(head.headers["upload-offset"]), sound[1000:])

    assert wrong.json()["error_code"] == "UPLOAD_OFFSET_CONFLICT"
    assert head.headers["upload-length"] == str(len(sound))
    assert last.status_code == 204
    assert open_bytes(unquote(last.headers["x-file-path"])) == sound
    view = server.get(f"/api/v1/files/uploads/{last.headers['x-file-id']}").json()
    listing = server.get(f"/api/v1/files?path={server.uploads}/{view['file_id']}").json()
    assert listing["entries"][0]["duration_seconds"] == pytest.approx(8.0)
    assert (view["filename"], view["tags"]) == ("tüs.wav", ["a", "b"])
    assert leftovers(server) == []


def test_a_resumable_upload_checks_what_it_is_sent(server, sound):
    url = begin(server, 100)

    bad = send(server, url, 0, b"x" * 50, **{"Upload-Checksum": "sha1 AAAA"})
    more = send(server, url, 0, b"x" * 101)
    typed = server.client.patch(url, content=b"x", headers={**VERSION, "Upload-Offset": "0"})
    noise = send(server, url, 0, b"x" * 100)

    assert (bad.status_code, bad.json()["error_code"]) == (460, "UPLOAD_CHECKSUM_MISMATCH")
    assert (more.status_code, more.json()["error_code"]) == (413, "UPLOAD_OVERRUN")
    assert typed.status_code == 415
    assert noise.json()["error_code"] == "UNDECODABLE_MEDIA"
    assert server.client.head(url, headers=VERSION).status_code == 404
    assert leftovers(server) == []


def test_a_resumable_upload_can_be_given_up(server):
    url = begin(server, 100)
    send(server, url, 0, b"x" * 10)

    assert server.client.delete(url, headers=VERSION).status_code == 204
    assert server.client.delete(url, headers=VERSION).status_code == 404
    assert leftovers(server) == []


def test_the_protocol_says_what_it_can_do(server):
    answer = server.client.options(TUS)

    assert answer.headers["tus-version"] == "1.0.0"
    assert answer.headers["tus-max-size"] == "4000000"
    other = server.client.post(TUS, headers={"Tus-Resumable": "0.2", "Upload-Length": "5"})
    assert other.status_code == 412
    large = server.client.post(TUS, headers={**VERSION, "Upload-Length": "5000000"})
    assert large.status_code == 413


def test_what_is_known_of_an_upload_is_kept_beside_it(server, sound):
    view = server.client.post(UPLOAD, files={"file": ("kept.wav", sound)}).json()

    record = json.loads((server.uploads / view["file_id"] / ".upload.json").read_text())

    assert record["sha256"] == view["checksum"]["value"]
