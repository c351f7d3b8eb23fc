"""What a client may get wrong: refused with status, code and sentence, nothing left running."""

import json
import os

import numpy as np
import pytest
from live_server import write_wav

SYNC = "/api/v1/analysis/sync"


@pytest.fixture(scope="module")
def good(server):
    return server.pair("good", seconds=10.0, seed=61)


@pytest.fixture(scope="module")
def places(server, good):
    """Files and links by name."""
    media = server.media
    (media / "empty.wav").touch()
    (media / "text.wav").write_text("hello " * 1000)
    (media / "dir").mkdir(exist_ok=True)
    (media / "link_out.wav").symlink_to("/etc/hostname")
    (media / "link_in.wav").symlink_to(good[0])
    os.mkfifo(media / "pipe.wav")
    secret = server.folder / "secret.wav"
    secret.write_bytes(b"RIFF")
    return {
        "missing": str(media / "missing.wav"),
        "folder": str(media / "dir"),
        "pipe": str(media / "pipe.wav"),
        "empty": str(media / "empty.wav"),
        "text": str(media / "text.wav"),
        "outside": "/etc/hostname",
        "dots": str(media / ".." / "secret.wav"),
        "relative dots": "../secret.wav",
        "link outside": str(media / "link_out.wav"),
        "encoded": "%2e%2e/secret.wav",
        "url": "http://example.com/a.wav",
        "protocol": "concat:/etc/hostname|/etc/hostname",
        "option": "-i",
        "nul": "a\0b.wav",
        "endless": "x" * 4000,
        "surrogate": "\udcff.wav",
        "same by link": str(media / "link_in.wav"),
    }


@pytest.mark.parametrize(
    ("which", "status", "code"),
    [
        ("missing", 404, "FILE_NOT_FOUND"),
        ("folder", 422, "NOT_A_FILE"),
        ("pipe", 422, "NOT_A_FILE"),
        ("empty", 422, "EMPTY_FILE"),
        ("text", 415, "UNDECODABLE_MEDIA"),
        ("outside", 403, "PATH_NOT_ALLOWED"),
        ("dots", 403, "PATH_NOT_ALLOWED"),
        ("relative dots", 403, "PATH_NOT_ALLOWED"),
        ("link outside", 403, "PATH_NOT_ALLOWED"),
        ("encoded", 404, "FILE_NOT_FOUND"),
        ("url", 404, "FILE_NOT_FOUND"),
        ("protocol", 404, "FILE_NOT_FOUND"),
        ("option", 404, "FILE_NOT_FOUND"),
        ("nul", 404, "FILE_NOT_FOUND"),
        ("endless", 404, "FILE_NOT_FOUND"),
        ("surrogate", 422, "VALIDATION_ERROR"),
        ("same by link", 422, "SAME_FILE"),
    ],
)
@pytest.mark.parametrize("role", ["master_file", "dub_file"])
def test_a_file_that_cannot_be_used_is_refused_at_once(
    server, good, places, which, status, code, role
):
    other = "dub_file" if role == "master_file" else "master_file"
    files = {role: places[which], other: good[0] if which == "same by link" else good[1]}

    answer = server.client.post(SYNC, content=json_of(files), headers=JSON)

    assert_refused(answer, status, code)


JSON = {"Content-Type": "application/json"}


def json_of(value):
    return json.dumps(value).encode()


def assert_refused(answer, status, code):
    view = answer.json()
    assert (answer.status_code, view["error_code"]) == (status, code), answer.text
    assert view["success"] is False
    assert len(view["error"]) > 10
    assert "Traceback" not in view["error"]
    assert set(view) == {"success", "error", "error_code", "details", "timestamp", "request_id"}
    assert view["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    ("extra", "status", "code"),
    [
        ({"methods": ["nope"]}, 422, "UNKNOWN_METHOD"),
        ({"methods": []}, 422, "VALIDATION_ERROR"),
        ({"methods": ["mfcc", "mfcc"]}, 422, "VALIDATION_ERROR"),
        ({"enable_ai": True, "ai_model": "gpt"}, 422, "UNKNOWN_METHOD"),
        ({"ai_model": "gpt"}, 422, "UNKNOWN_METHOD"),
        ({"sample_rate": -1}, 422, "VALIDATION_ERROR"),
        ({"sample_rate": 10**12}, 422, "VALIDATION_ERROR"),
        ({"sample_rate": "fast"}, 422, "VALIDATION_ERROR"),
        ({"window_size": -3.0}, 422, "VALIDATION_ERROR"),
        ({"window_size": 0}, 422, "VALIDATION_ERROR"),
        ({"window_size": 1e9}, 422, "VALIDATION_ERROR"),
        ({"confidence_threshold": 1.5}, 422, "VALIDATION_ERROR"),
        ({"master_stream": 3}, 422, "AUDIO_STREAM_NOT_FOUND"),
        ({"dub_stream": -1}, 422, "VALIDATION_ERROR"),
        ({"tolerance_profile": "mine"}, 422, "VALIDATION_ERROR"),
        ({"callback_url": "ftp://x/y"}, 422, "VALIDATION_ERROR"),
        ({"callback_url": "http://user:pw@example.com/"}, 403, "CALLBACK_NOT_ALLOWED"),
        ({"colour": "blue"}, 422, "VALIDATION_ERROR"),
        ({"methods": ["ai"], "ai_model": "wav2vec2"}, 409, "METHOD_UNAVAILABLE"),
    ],
)
def test_options_that_make_no_sense_are_refused(server, good, extra, status, code):
    answer = server.post(SYNC, {"master_file": good[0], "dub_file": good[1], **extra})

    assert_refused(answer, status, code)


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"x"', b"null", b"\xff\xfe", b"[" * 100_000, b'{"master_file": "a"}'],
)
def test_a_body_that_is_no_request_is_refused(server, body):
    answer = server.client.post(SYNC, content=body, headers=JSON)

    assert answer.status_code in (400, 422)
    assert_refused(answer, answer.status_code, answer.json()["error_code"])


def test_a_body_too_large_is_refused_unread(server):
    answer = server.client.post(SYNC, content=b" " * 17_000_000, headers=JSON)

    assert_refused(answer, 413, "REQUEST_TOO_LARGE")


def test_a_body_too_large_without_a_length_is_refused(server):
    pieces = (b" " * 1_000_000 for _ in range(17))

    answer = server.client.post(SYNC, content=pieces, headers=JSON)

    assert_refused(answer, 413, "REQUEST_TOO_LARGE")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "NOT_FOUND"),
        ("PATCH", "/health", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "/api/v1/analysis/x", 404, "ANALYSIS_NOT_FOUND"),
        ("DELETE", "/api/v1/analysis/x", 404, "ANALYSIS_NOT_FOUND"),
        ("GET", "/api/v1/analysis/?page=0", 422, "VALIDATION_ERROR"),
        ("GET", "/api/v1/analysis/?status=asleep", 422, "VALIDATION_ERROR"),
        ("GET", "/api/v1/files/uploads/../../etc", 404, "NOT_FOUND"),
        ("GET", "/api/v1/files/uploads/x", 404, "UPLOAD_NOT_FOUND"),
    ],
)
def test_every_status_comes_in_the_envelope(server, method, path, status, code):
    answer = server.client.request(method, path)

    assert_refused(answer, status, code)


def test_deeper_faults_end_the_job_with_a_code(server, good):
    short = server.media / "short.wav"
    write_wav(short, np.random.default_rng(1).standard_normal(3200) * 0.1, 16000)

    view = server.wait_for(server.submit(master_file=good[0], dub_file=str(short)))

    assert view["status"] == "failed"
    assert view["success"] is False
    assert view["error_code"] == "AUDIO_TOO_SHORT"
    assert "0.2" in view["error"]
    assert view["details"]["file_path"] == str(short)


def test_a_method_that_is_missing_beside_others_is_a_named_failure(server, good):
    view = server.wait_for(
        server.submit(
            master_file=good[0],
            dub_file=good[1],
            methods=["correlation"],
            enable_ai=True,
            ai_model="wav2vec2",
        )
    )

    assert view["status"] == "completed"
    [failure] = view["result"]["method_failures"]
    assert (failure["method"], failure["error_code"]) == ("ai", "METHOD_UNAVAILABLE")


def test_unicode_and_spaces_in_paths_are_fine(server, good):
    names = [server.media / name for name in ("mästér 日本 (1).wav", "d ü b & 'x' \n.wav")]
    for name, source in zip(names, good, strict=True):
        name.write_bytes(open_bytes(source))

    view = server.wait_for(server.submit(master_file=str(names[0]), dub_file=str(names[1])))

    assert view["status"] == "completed"
    assert view["result"]["dub_file"] == str(names[1])


def open_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def test_nothing_is_left_running(server):
    server.wait_idle()
