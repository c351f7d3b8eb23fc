"""Reports, exports and repairs over REST, by the real service."""

import io
import re
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import soundfile as sf
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st

from app.api.v1.reports import FRAME_RATE
from app.core.settings import Settings
from app.factory import create_app
from sync_analyzer.timecode import FrameClock

RATE_HZ = 48_000
V1 = "/api/v1/analysis"


def music(seconds, seed):
    rng = np.random.default_rng(seed)
    samples = 0.02 * rng.standard_normal((int(seconds * RATE_HZ), 2))
    at = 0.05
    while at < seconds - 0.2:
        start, length = int(at * RATE_HZ), int(0.1 * RATE_HZ)
        decay = np.exp(-np.arange(length) / (0.03 * RATE_HZ))[:, None]
        samples[start : start + length] += 0.15 * rng.standard_normal((length, 2)) * decay
        at += rng.uniform(0.15, 0.5)
    return np.clip(samples, -0.99, 0.99).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    media = folder / "media"
    media.mkdir()
    master = music(16, 1)
    late = np.concatenate([np.zeros((24_000, 2), np.float32), master])
    for name, samples in {"master": master, "late": late, "other": music(16, 2)}.items():
        sf.write(media / f"{name}.wav", samples, RATE_HZ, subtype="PCM_24")
    return folder


@pytest.fixture(scope="module")
def client(folder):
    settings = Settings(
        _env_file=None,
        mount_path=folder / "media",
        upload_dir=folder / "uploads",
        data_dir=folder / "data",
        log_file=folder / "logs" / "app.log",
        ai_model_cache_dir=folder / "models",
        enable_rate_limiting=False,
        secret_key="a key for tests only",
        use_gpu=False,
    )
    with TestClient(create_app(settings)) as client:
        yield client


def finished(client, url):
    deadline = time.monotonic() + 120
    while (said := client.get(url).json())["status"] in ("pending", "processing"):
        assert time.monotonic() < deadline, said
        time.sleep(0.1)
    return said


@pytest.fixture(scope="module")
def analysed(client):
    """Return the ids of a finished analysis with a match and of one without."""
    ids = {}
    for dub in ("late", "other"):
        request = {"master_file": "master.wav", "dub_file": f"{dub}.wav"}
        started = client.post(f"{V1}/sync", json=request)
        assert started.status_code == 202, started.text
        assert finished(client, started.headers["Location"])["status"] == "completed"
        ids[dub] = started.json()["analysis_id"]
    return ids


@pytest.mark.parametrize(
    ("name", "media_type", "start"),
    [
        ("html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("json", "application/json", b"{"),
        ("csv", "text/csv; charset=utf-8", b"\xef\xbb\xbfrecord,"),
        ("png", "image/png", b"\x89PNG"),
        ("pdf", "application/pdf", b"%PDF"),
    ],
)
@pytest.mark.parametrize("dub", ["late", "other"])
def test_a_report_can_be_had_in_every_format(client, analysed, name, media_type, start, dub):
    answer = client.get(f"{V1}/{analysed[dub]}/report", params={"format": name})

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == media_type
    assert f"{dub}_sync_report.{name}" in answer.headers["content-disposition"]
    assert answer.content.startswith(start)


def test_a_page_shows_the_sound_and_may_load_nothing(client, analysed):
    answer = client.get(f"{V1}/{analysed['late']}/report")

    assert "500.0 ms late" in answer.text
    assert "Where the fit is worst" in answer.text
    assert "No waveform" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")


def test_frames_are_counted_as_asked(client, analysed):
    url = f"{V1}/{analysed['late']}/report"

    counted = client.get(url, params={"format": "csv", "frame_rate": "25"})
    refused = client.get(url, params={"format": "csv", "frame_rate": "fast"})

    assert ",-500.0,-12.5," in counted.text
    assert (refused.status_code, refused.json()["error_code"]) == (422, "INVALID_OPTION")


@pytest.mark.parametrize(
    "name", ["ffmpeg", "edl", "otio", "fcpxml", "reaper_csv", "audition_csv", "srt_shift"]
)
def test_a_correction_can_be_had_for_every_program(client, analysed, name):
    answer = client.get(f"{V1}/{analysed['late']}/export", params={"format": name})

    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    assert "late_synced" in answer.headers["content-disposition"]
    assert "late" in answer.text


def test_without_a_match_there_is_nothing_to_apply(client, analysed):
    exported = client.get(f"{V1}/{analysed['other']}/export", params={"format": "edl"})
    repaired = client.post(f"{V1}/{analysed['other']}/repair")

    for answer in (exported, repaired):
        assert answer.status_code == 409
        assert answer.json()["error_code"] == "REPORT_UNAVAILABLE"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "report"),
        ("get", "export?format=edl"),
        ("post", "repair"),
        ("get", "repair/files/0"),
    ],
)
def test_an_unknown_analysis_is_not_found(client, method, path):
    answer = client.request(method, f"{V1}/analysis_nothing/{path}")

    assert answer.status_code == 404
    assert answer.json()["error_code"] == "ANALYSIS_NOT_FOUND"


@pytest.mark.parametrize("path", ["report?format=docx", "export?format=aaf", "export"])
def test_an_unknown_format_is_refused(client, analysed, path):
    assert client.get(f"{V1}/{analysed['late']}/{path}").status_code == 422


def test_a_repair_is_a_job_with_files_to_download(client, analysed, folder):
    before = (folder / "media" / "late.wav").read_bytes()

    started = client.post(f"{V1}/{analysed['late']}/repair", json={"analyze_again": False})

    assert started.status_code == 202, started.text
    said = started.json()
    assert said["kind"] == "repair"
    assert said["of_analysis"] == analysed["late"]
    done = finished(client, said["status_url"])
    assert done["status"] == "completed", done
    result = done["result"]
    assert result["residual"]["worst_ms"] < 0.05
    file = client.get(result["files"][0]["url"])
    assert "late_synced.wav" in file.headers["content-disposition"]
    samples, rate_hz = sf.read(io.BytesIO(file.content), dtype="float32")
    wanted, _ = sf.read(folder / "media" / "master.wav", dtype="float32")
    assert rate_hz == RATE_HZ
    assert np.array_equal(samples, wanted)
    assert len(result["files"]) == 1 + 2 * len(result["null_clips"])
    assert client.get(result["files"][1]["url"]).content.startswith(b"RIFF")
    assert (folder / "media" / "late.wav").read_bytes() == before
    part = client.get(result["files"][0]["url"], headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")


def test_what_a_repair_did_not_write_is_not_there(client, analysed):
    started = client.post(
        f"{V1}/{analysed['late']}/repair", json={"null_clips": False, "analyze_again": False}
    ).json()
    done = finished(client, started["status_url"])

    missing = client.get(f"{V1}/{started['repair_id']}/repair/files/1")
    wrong = client.get(f"{V1}/{analysed['late']}/repair/files/0")

    assert len(done["result"]["files"]) == 1
    assert (missing.status_code, missing.json()["error_code"]) == (409, "REPORT_UNAVAILABLE")
    assert wrong.status_code == 404


def test_a_repaired_file_can_be_analysed(client, analysed):
    started = client.post(
        f"{V1}/{analysed['late']}/repair", json={"null_clips": False, "analyze_again": False}
    ).json()
    repaired = finished(client, started["status_url"])["result"]["output_file"]

    again = client.post(f"{V1}/sync", json={"master_file": "master.wav", "dub_file": repaired})

    said = finished(client, again.headers["Location"])
    assert abs(said["result"]["consensus_offset"]["offset_seconds"]) < 1e-4


def test_a_repair_of_a_file_that_is_gone_is_refused(client, folder):
    copy = folder / "media" / "copy.wav"
    copy.write_bytes((folder / "media" / "late.wav").read_bytes())
    request = {"master_file": "master.wav", "dub_file": "copy.wav"}
    analysis = finished(client, client.post(f"{V1}/sync", json=request).headers["Location"])
    copy.unlink()

    repair = client.post(f"{V1}/{analysis['analysis_id']}/repair")
    report = client.get(f"{V1}/{analysis['analysis_id']}/report")

    assert (repair.status_code, repair.json()["error_code"]) == (404, "FILE_NOT_FOUND")
    assert report.status_code == 200
    assert "No excerpts: File not found" in report.text
    assert "Waveforms of the whole programme" in report.text  # kept by the analysis


def test_the_service_answers_while_a_report_is_drawn(client, analysed):
    slowest = 0.0
    url = f"{V1}/{analysed['late']}/report?format=png"

    with ThreadPoolExecutor(max_workers=2) as pool:
        drawn = [pool.submit(client.get, url) for _ in range(2)]
        while not all(one.done() for one in drawn):
            asked = time.monotonic()
            client.get(f"{V1}/{analysed['late']}")
            slowest = max(slowest, time.monotonic() - asked)

    assert all(one.result().status_code == 200 for one in drawn)
    assert slowest < 2.0


def test_every_route_and_format_is_described(client):
    described = client.get("/openapi.json").json()

    for path in ("report", "export", "repair"):
        assert f"{V1}/{{analysis_id}}/{path}" in described["paths"]
    formats = described["components"]["schemas"]["ExportFormat"]["enum"]
    assert "audition_csv" in formats


@given(st.from_regex(FRAME_RATE, fullmatch=True))
def test_every_frame_rate_that_the_description_promises_is_one(name):
    assert 1 <= FrameClock.named(name).fps <= 1000


@pytest.mark.parametrize("name", ["25", "23.976", "29.97df", "24000/1001"])
def test_the_frame_rates_that_people_write_are_promised(client, name):
    parameters = client.app.openapi()["paths"][f"{V1}/{{analysis_id}}/export"]["get"]["parameters"]
    (frame_rate,) = (one for one in parameters if one["name"] == "frame_rate")

    assert re.search(frame_rate["schema"]["pattern"], name)
