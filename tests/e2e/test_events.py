"""Live progress and callbacks through the real service."""

import hashlib
import hmac
import http.server
import json
import threading
import time

import pytest


@pytest.fixture
def listener():
    """A small web server that remembers what it is told, and answers as it is told."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            heard.append((self.path, dict(self.headers), body))
            self.send_response(answers.pop(0) if answers else 204)
            self.end_headers()

        def log_message(self, *args):
            pass

    heard, answers = [], []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook", heard, answers
    server.shutdown()
    thread.join()
    server.server_close()


def read_events(server, path, *, last_id=None):
    headers = {} if last_id is None else {"Last-Event-ID": last_id}
    events, event = [], {}
    with server.client.stream("GET", path, headers=headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            name, _, value = line.partition(": ")
            if line == "" and event:
                events.append((event.get("event"), event.get("id"), json.loads(event["data"])))
                event = {}
            elif name:
                event[name] = value
    return events


def test_progress_is_streamed_until_the_end(server):
    master, dub = server.pair("events", seconds=60.0, seed=51)
    analysis_id = server.submit(master_file=master, dub_file=dub)

    events = read_events(server, f"/api/v1/analysis/{analysis_id}/events")

    names = [name for name, _, _ in events]
    assert names[-1] == "completed"
    assert set(names[:-1]) <= {"progress"}
    percents = [view["progress"] for _, _, view in events]
    assert percents == sorted(percents)
    ids = [int(event_id) for _, event_id, _ in events]
    assert ids == sorted(set(ids))
    assert "result" not in events[-1][2]


def test_a_stream_goes_on_after_the_last_event_seen(server):
    master, dub = server.pair("events2", seconds=10.0, seed=52)
    analysis_id = server.submit(master_file=master, dub_file=dub)
    path = f"/api/v1/analysis/{analysis_id}/events"
    all_of_them = read_events(server, path)

    after_the_first = read_events(server, path, last_id=all_of_them[0][1])
    after_the_last = read_events(server, path, last_id=all_of_them[-1][1])
    after_nonsense = read_events(server, path, last_id="9" * 5000)

    assert [name for name, _, _ in after_the_first] == ["completed"]
    assert after_the_last == []
    assert [name for name, _, _ in after_nonsense] == ["completed"]


def test_a_batch_is_streamed_as_one(server):
    master, dub = server.pair("events3", seconds=10.0, seed=53)
    answer = server.post("/api/v1/analysis/batch", {"file_pairs": [{"master": master, "dub": dub}]})

    events = read_events(server, f"/api/v1/analysis/batch/{answer.json()['batch_id']}/events")

    assert events[-1][0] == "completed"
    assert events[-1][2]["counts"]["completed"] == 1


def test_events_of_nothing_are_not_found(server):
    answer = server.get("/api/v1/analysis/analysis_20250101_000000_00000000/events")

    assert answer.json()["error_code"] == "ANALYSIS_NOT_FOUND"


def test_the_end_is_called_back_signed(server, listener):
    url, heard, _ = listener
    master, dub = server.pair("hook", seconds=10.0, seed=54)
    analysis_id = server.submit(master_file=master, dub_file=dub, callback_url=f"{url}?x=1")
    view = server.wait_for(
        analysis_id, until=lambda view: view.get("callback_status") == "delivered"
    )

    [(path, headers, body)] = heard
    secret = (server.data / "secret_key").read_bytes()
    signed = headers["X-Sync-Timestamp"].encode() + b"." + body
    assert path == "/hook?x=1"
    assert headers["X-Sync-Event"] == "analysis.completed"
    expected = hmac.new(secret, signed, hashlib.sha256).hexdigest()
    assert headers["X-Sync-Signature"] == f"sha256={expected}"
    assert json.loads(body)["result"] == view["result"]


def test_a_callback_that_fails_is_tried_again(server, listener):
    url, heard, answers = listener
    answers.append(500)
    master, dub = server.pair("hook2", seconds=10.0, seed=55)
    started = time.monotonic()

    analysis_id = server.submit(master_file=master, dub_file=dub, callback_url=url)
    server.wait_for(analysis_id, until=lambda view: view.get("callback_status") == "delivered")

    assert len(heard) == 2
    assert time.monotonic() - started > 2.0
    assert heard[0][2] != b""
    assert heard[1][1]["X-Sync-Delivery"].endswith(".2")


def test_a_batch_calls_back_once(server, listener):
    url, heard, _ = listener
    pairs = [{"master": "no.wav", "dub": "way.wav"}]

    answer = server.post("/api/v1/analysis/batch", {"file_pairs": pairs, "callback_url": url})

    batch_id = answer.json()["batch_id"]
    for _ in range(500):
        view = server.get(f"/api/v1/analysis/batch/{batch_id}").json()
        if view["callback_status"] == "delivered":
            break
        time.sleep(0.02)
    assert [headers["X-Sync-Event"] for _, headers, _ in heard] == ["batch.failed"]
