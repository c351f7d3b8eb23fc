"""One analysis through the real service, as the documentation shows it."""

import re
import shutil
import time

import pytest


@pytest.fixture(scope="module")
def finished(server):
    master, dub = server.pair("first", delay_seconds=0.25)
    answer = server.post(
        "/api/v1/analysis/sync",
        {"master_file": master, "dub_file": dub, "methods": ["mfcc", "correlation"]},
    )
    seen = []
    analysis_id = answer.json()["analysis_id"]
    server.wait_for(analysis_id, until=lambda v: seen.append(v) or v["status"] == "completed")
    return answer, seen


def test_starting_answers_202_with_an_id_and_where_to_look(finished):
    answer, _ = finished

    assert answer.status_code == 202
    analysis_id = answer.json()["analysis_id"]
    assert re.fullmatch(r"analysis_\d{8}_\d{6}_[0-9a-f]{8}", analysis_id)
    assert answer.headers["location"] == f"/api/v1/analysis/{analysis_id}"
    assert answer.json()["status"] == "pending"


def test_progress_is_flat_monotone_and_says_what_is_done(finished):
    _, seen = finished

    running = [view for view in seen if view["status"] == "processing"]
    assert running
    for view in running:
        assert {"analysis_id", "progress", "status_message", "estimated_completion"} <= set(view)
        assert "result" not in view
    percents = [view["progress"] for view in seen]
    assert percents == sorted(percents)
    assert percents[-1] == 100.0
    assert len({view["status_message"] for view in seen}) > 2


def test_the_finished_answer_has_every_field_of_the_contract(finished):
    _, seen = finished
    view = seen[-1]

    assert view["success"] is True
    assert view["timestamp"].endswith("Z")
    result = view["result"]
    assert result["analysis_id"] == view["analysis_id"]
    assert result["status"] == "completed"
    consensus = result["consensus_offset"]
    assert consensus["offset_seconds"] == pytest.approx(-0.25, abs=0.001)
    assert consensus["offset_samples"] == pytest.approx(-0.25 * 22050, abs=22)
    assert set(consensus["offset_frames"]) == {"23.976", "24.0", "25.0", "29.97", "30.0"}
    assert {entry["method"] for entry in result["method_results"]} == {"mfcc", "correlation"}
    for entry in result["method_results"]:
        assert {"method", "offset", "processing_time", "quality_score", "metadata"} <= set(entry)
    assert {
        "overall_confidence",
        "method_agreement",
        "sync_status",
        "recommendations",
        "ai_result",
        "match",
        "verdict",
        "segments",
        "speed",
        "uncovered",
        "windows",
        "media",
    } <= set(result)


def test_a_finished_analysis_cannot_be_cancelled(server, finished):
    analysis_id = finished[1][-1]["analysis_id"]

    answer = server.client.delete(f"/api/v1/analysis/{analysis_id}")

    assert answer.status_code == 409
    assert answer.json()["error_code"] == "ALREADY_FINISHED"


def test_the_same_files_and_options_are_answered_from_the_cache(server, finished):
    first = finished[1][-1]
    body = {
        "master_file": first["master_file"],
        "dub_file": first["dub_file"],
        "methods": ["correlation", "mfcc"],
    }

    again = server.wait_for(server.submit(**body))
    other = server.wait_for(server.submit(**{**body, "methods": ["onset"]}))

    assert again["cached"] is True
    assert again["result"]["cached"] is True
    assert again["result"]["consensus_offset"] == first["result"]["consensus_offset"]
    assert again["result"]["analysis_id"] == again["analysis_id"] != first["analysis_id"]
    assert other["cached"] is False


def test_a_changed_file_is_never_served_from_the_cache(server):
    master, dub = server.pair("changing", delay_seconds=0.2, seed=5)
    body = {"master_file": master, "dub_file": dub, "methods": ["correlation"]}
    first = server.wait_for(server.submit(**body))
    server.pair("changing", delay_seconds=0.4, seed=5)

    second = server.wait_for(server.submit(**body))

    assert first["result"]["consensus_offset"]["offset_seconds"] == pytest.approx(-0.2, abs=0.001)
    assert second["cached"] is False
    assert second["result"]["consensus_offset"]["offset_seconds"] == pytest.approx(-0.4, abs=0.001)


def test_a_copy_of_the_files_is_answered_from_the_cache_under_its_own_names(server, finished):
    first = finished[1][-1]
    copies = {}
    for role in ("master_file", "dub_file"):
        copy = server.media / f"copy of {role} ü.wav"
        shutil.copyfile(first[role], copy)
        copies[role] = str(copy)

    view = server.wait_for(server.submit(**copies, methods=["mfcc", "correlation"]))

    assert view["cached"] is True
    assert view["result"]["master_file"] == copies["master_file"]
    assert view["result"]["media"]["dub"]["path"] == copies["dub_file"]


def test_analyses_are_listed_newest_first_by_page_and_status(server, finished):
    listing = server.get("/api/v1/analysis/?page=1&page_size=2").json()

    assert listing["success"] is True
    assert listing["page"] == 1
    assert len(listing["analyses"]) == min(2, listing["total"])
    assert listing["total_pages"] == -(-listing["total"] // 2)
    completed = server.get("/api/v1/analysis/?status=completed&page_size=200").json()
    assert finished[1][-1]["analysis_id"] in [v["analysis_id"] for v in completed["analyses"]]
    assert {view["status"] for view in completed["analyses"]} == {"completed"}


def test_cancelling_running_work_ends_it_within_a_second(server):
    master, dub = server.pair("long", seconds=400.0, delay_seconds=1.0, seed=3)
    analysis_id = server.submit(master_file=master, dub_file=dub)
    server.wait_for(analysis_id, until=lambda view: view["status"] == "processing")
    asked = time.monotonic()

    answer = server.client.delete(f"/api/v1/analysis/{analysis_id}")

    assert answer.status_code == 200
    assert answer.json()["success"] is True
    view = server.wait_for(analysis_id, seconds=5.0)
    assert view["status"] == "cancelled"
    assert view["success"] is False
    assert time.monotonic() - asked < 1.5
    again = server.client.delete(f"/api/v1/analysis/{analysis_id}")
    assert again.status_code == 409


def test_cancelling_waiting_work_ends_it_at_once(server):
    master, dub = server.pair("queue", seconds=400.0, delay_seconds=1.0, seed=4)
    body = {"master_file": master, "dub_file": dub}
    running = [server.submit(**body) for _ in range(2)]
    waiting = server.submit(**body)

    answer = server.client.delete(f"/api/v1/analysis/{waiting}")

    assert answer.json()["status"] == "cancelled"
    for analysis_id in running:
        server.client.delete(f"/api/v1/analysis/{analysis_id}")
        assert server.wait_for(analysis_id, seconds=10.0)["status"] == "cancelled"
