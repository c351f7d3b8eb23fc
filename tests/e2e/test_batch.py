"""Batches through the real service."""

import csv
import io
import json

import pytest


@pytest.fixture(scope="module")
def dubs(server):
    """One master, two dubs of it, and a file that is no media."""
    master, first = server.pair("b1", delay_seconds=0.1, seed=21)
    _, second = server.pair("b2", delay_seconds=0.2, seed=21)
    text = server.media / "text.wav"
    text.write_text("this is no sound")
    return master, first, second, str(text)


@pytest.fixture(scope="module")
def finished(server, dubs):
    master, first, second, text = dubs
    pairs = [(master, first), (master, second), (master, text), (master, "/etc/passwd")]
    answer = server.post(
        "/api/v1/analysis/batch",
        {
            "file_pairs": [{"master": m, "dub": d} for m, d in pairs],
            "analysis_config": {"methods": ["correlation"], "sample_rate": 22050},
            "parallel_processing": True,
            "max_workers": 4,
        },
    )
    assert answer.status_code == 202, answer.text
    batch_id = answer.json()["batch_id"]
    return answer, wait_for_batch(server, batch_id)


def wait_for_batch(server, batch_id, *, until=lambda view: "success" in view):
    for _ in range(2000):
        view = server.get(f"/api/v1/analysis/batch/{batch_id}").json()
        if until(view):
            return view
    raise AssertionError(f"waited too long: {view}")


def test_starting_a_batch_answers_where_each_pair_is(finished):
    answer, _ = finished
    view = answer.json()

    assert answer.headers["location"].endswith(view["batch_id"])
    assert view["total"] == 4
    assert [pair["index"] for pair in view["pairs"]] == [0, 1, 2, 3]


def test_a_bad_pair_fails_alone_and_says_why(finished):
    _, view = finished
    states = [(pair["status"], pair["error_code"]) for pair in view["pairs"]]

    assert view["status"] == "completed"
    assert view["success"] is True
    assert view["progress"] == 100.0
    assert view["counts"]["completed"] == 2
    assert states[0][0] == states[1][0] == "completed"
    assert states[2] == ("failed", "UNDECODABLE_MEDIA")
    assert states[3] == ("failed", "PATH_NOT_ALLOWED")


def test_a_pair_answers_as_an_analysis_of_its_own_and_as_it_does_alone(server, finished):
    _, view = finished
    pair = view["pairs"][0]
    in_batch = server.analysis(pair["analysis_id"])

    master, dub = in_batch["master_file"], in_batch["dub_file"]
    body = {"master_file": master, "dub_file": dub, "methods": ["correlation"]}
    alone = server.wait_for(server.submit(**body, sample_rate=22051))

    assert in_batch["batch_id"] == view["batch_id"]
    offset = in_batch["result"]["consensus_offset"]
    assert offset["offset_seconds"] == alone["result"]["consensus_offset"]["offset_seconds"]
    assert offset["offset_seconds"] == pytest.approx(-0.1, abs=0.001)


def test_a_shared_master_is_decoded_once(server, finished):
    tracks = server.data / "cache" / "tracks"
    kept = [json.loads((f / "track.json").read_text()) for f in tracks.iterdir() if f.is_dir()]

    of_this_batch = [track for track in kept if track["media"]["path"].endswith("b1_master.wav")]

    assert len(of_this_batch) == 1


def test_results_come_as_one_document_and_as_a_table(server, finished):
    batch_id = finished[1]["batch_id"]

    document = server.get(f"/api/v1/analysis/batch/{batch_id}/results").json()
    table = server.get(f"/api/v1/analysis/batch/{batch_id}/results?format=csv")

    assert [("result" in entry) for entry in document["results"]] == [True, True, False, False]
    assert table.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(table.text)))
    assert len(rows) == 4
    assert float(rows[0]["offset_seconds"]) == pytest.approx(-0.1, abs=0.001)
    assert rows[3]["error_code"] == "PATH_NOT_ALLOWED"


def test_a_batch_of_nothing_but_bad_pairs_fails(server):
    answer = server.post(
        "/api/v1/analysis/batch", {"file_pairs": [{"master": "no.wav", "dub": "way.wav"}] * 2}
    )

    view = answer.json()
    assert answer.status_code == 202
    assert view["status"] == "failed"
    assert {pair["error_code"] for pair in view["pairs"]} == {"FILE_NOT_FOUND"}


def test_cancelling_a_batch_ends_every_pair(server):
    master, dub = server.pair("bc", seconds=300.0, delay_seconds=1.0, seed=31)
    _, other = server.pair("bd", seconds=300.0, delay_seconds=1.0, seed=32)
    pairs = [{"master": master, "dub": dub}, {"master": master, "dub": other}] * 3
    answer = server.post("/api/v1/analysis/batch", {"file_pairs": pairs})
    batch_id = answer.json()["batch_id"]

    cancelled = server.client.delete(f"/api/v1/analysis/batch/{batch_id}")

    assert cancelled.status_code == 200
    view = wait_for_batch(server, batch_id)
    assert view["status"] == "cancelled"
    assert {pair["status"] for pair in view["pairs"]} <= {"cancelled", "completed"}
    assert view["counts"]["cancelled"] >= 4
    again = server.client.delete(f"/api/v1/analysis/batch/{batch_id}")
    assert again.json()["error_code"] == "ALREADY_FINISHED"


def test_a_batch_is_checked_before_anything_is_queued(server):
    body = {"file_pairs": [{"master": "a", "dub": "b"}], "analysis_config": {"methods": ["nope"]}}

    unknown = server.post("/api/v1/analysis/batch", body)
    empty = server.post("/api/v1/analysis/batch", {"file_pairs": []})
    many = server.post("/api/v1/analysis/batch", {"file_pairs": body["file_pairs"] * 1001})

    assert unknown.json()["error_code"] == "UNKNOWN_METHOD"
    assert empty.status_code == many.status_code == 422


def test_an_analysis_id_is_no_batch_id(server, finished):
    pair = finished[1]["pairs"][0]

    assert server.get(f"/api/v1/analysis/batch/{pair['analysis_id']}").status_code == 404
    assert server.get(f"/api/v1/analysis/{finished[1]['batch_id']}").status_code == 404
