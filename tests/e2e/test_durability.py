"""What survives: kill -9 of the server and of workers, restarts, several server processes."""

import json
import os
import signal
import socket
import sqlite3
import time

import httpx2
import psutil
import pytest
from live_server import LiveServer


def family(server):
    """Return every process of the server."""
    try:
        top = psutil.Process(server.process.pid)
        return [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def worker_of(server, job_id):
    """Return the process that has the job."""
    log = [json.loads(line) for line in server.log.read_text().splitlines()]
    taken = [line for line in log if line["job_id"] == job_id and "takes" in line["message"]]
    return psutil.Process(taken[-1]["process"])


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    made = LiveServer(
        tmp_path_factory.mktemp("durable"),
        MAX_CONCURRENT_JOBS=1,
        ENABLE_CACHING="false",
        SHUTDOWN_GRACE_SECONDS=0.2,
    )
    yield made.start()
    made.stop()
    made.client.close()


@pytest.fixture(scope="module")
def slow(server):
    master, dub = server.pair("slow", seconds=800.0, delay_seconds=0.3, seed=72)
    # A model listens longest: the waveforms of this pair are compared within a second.
    return {"master_file": master, "dub_file": dub, "enable_ai": True, "ai_model": "spectral"}


@pytest.fixture(scope="module")
def quick(server):
    master, dub = server.pair("quick", seconds=10.0, delay_seconds=0.1, seed=71)
    return {"master_file": master, "dub_file": dub, "methods": ["correlation"]}


def start_slow(server, slow):
    running = server.submit(**slow, methods=["correlation"])
    server.wait_for(running, until=lambda view: view["progress"] > 0)
    return running


def wait_for_end(processes, *, seconds=10.0):
    """Workers whose server is gone leave by themselves."""
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    assert [p for p in alive if p.status() != psutil.STATUS_ZOMBIE] == []


def test_a_client_that_stalls_does_not_keep_the_server_from_stopping(server):
    server.client.get("/health")
    with socket.create_connection(("127.0.0.1", server.port)) as stalled:
        stalled.sendall(
            b"POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        )
        time.sleep(0.5)

        server.stop(seconds=10.0)

        answer = stalled.recv(10_000)
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"SERVER_STOPPING" in answer
    assert list((server.uploads / ".incoming").iterdir()) == []
    assert "Traceback" not in server.said()
    server.start()


def test_a_client_that_vanishes_is_no_error_of_the_service(server):
    with socket.create_connection(("127.0.0.1", server.port)) as vanishing:
        vanishing.sendall(
            b"POST /api/v1/files/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n"
            b"X-Request-ID: vanishing\r\n"
            b"Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"
        )
        time.sleep(0.5)
    time.sleep(0.5)

    log = [json.loads(line) for line in server.log.read_text().splitlines()]
    said = [line for line in log if line["request_id"] == "vanishing"]
    assert [(line["level"], line["status"]) for line in said] == [("INFO", 400)]


def test_results_survive_and_interrupted_jobs_are_done_after_all(server, slow, quick):
    finished = server.wait_for(server.submit(**quick))
    running = start_slow(server, slow)
    waiting = server.submit(**quick)
    orphans = family(server)[1:]

    server.kill()
    wait_for_end(orphans)
    server.start()

    assert server.analysis(finished["analysis_id"]) == finished
    done = server.wait_for(running)
    assert done["status"] == "completed"
    offset = done["result"]["consensus_offset"]["offset_seconds"]
    assert offset == pytest.approx(-0.3, abs=0.001)
    assert server.wait_for(waiting)["status"] == "completed"


def test_a_worker_that_is_killed_fails_its_own_job_and_the_next_one_runs(server, slow, quick):
    first = start_slow(server, slow)
    second = server.submit(**quick)

    worker_of(server, first).send_signal(signal.SIGKILL)

    view = server.wait_for(first)
    assert view["status"] == "failed", view
    assert view["error_code"] == "WORKER_DIED"
    assert "signal 9" in view["error"]
    assert server.wait_for(second)["status"] == "completed"


def test_a_stopping_server_puts_running_work_back_and_leaves_no_process(server, slow):
    running = start_slow(server, slow)
    everybody = family(server)
    with server.client.stream("GET", f"/api/v1/analysis/{running}/events") as stream:
        next(stream.iter_lines())
        started = time.monotonic()

        assert server.stop() in (0, -signal.SIGTERM)

    assert time.monotonic() - started < 10.0
    wait_for_end(everybody)
    record = sqlite3.connect(server.data / "jobs.sqlite3")
    [(status,)] = record.execute("SELECT status FROM jobs WHERE id = ?", (running,)).fetchall()
    record.close()
    assert status == "pending"


def test_a_job_that_takes_the_server_down_again_and_again_ends_failed(server, slow):
    server.settings["JOB_ATTEMPTS"] = 1
    server.start()
    [waiting] = server.get("/api/v1/analysis/?page_size=1").json()["analyses"]
    running = waiting["analysis_id"]
    server.wait_for(running, until=lambda view: view["progress"] > 0)

    server.kill()
    server.start()

    view = server.wait_for(running)
    assert view["status"] == "failed"
    assert view["error_code"] == "JOB_INTERRUPTED"


@pytest.mark.parametrize("count", [2, pytest.param(4, marks=pytest.mark.slow)])
def test_every_server_process_serves_the_same_jobs(tmp_path, count):
    with LiveServer(tmp_path, workers=count, MAX_CONCURRENT_JOBS=1) as server:
        master, dub = server.pair("slow", seconds=800.0, delay_seconds=0.3, seed=72)
        slow = {"master_file": master, "dub_file": dub}
        master, dub = server.pair("quick", seconds=10.0, delay_seconds=0.1, seed=71)
        first = start_slow(server, slow)
        second = server.submit(master_file=master, dub_file=dub)
        for analysis_id in (first, second) * 10:
            assert fresh(server, "GET", f"/api/v1/analysis/{analysis_id}").status_code == 200

        assert fresh(server, "DELETE", f"/api/v1/analysis/{first}").status_code == 200

        for _ in range(20):
            view = fresh(server, "GET", f"/api/v1/analysis/{first}").json()
            assert view["cancel_requested"] is True
        assert server.wait_for(first)["status"] == "cancelled"
        assert server.wait_for(second)["status"] == "completed"
        seen = [fresh(server, "GET", f"/api/v1/analysis/{second}").json() for _ in range(20)]
        assert all(view == seen[0] for view in seen)
        looks = [fresh(server, "GET", "/health").json()["workers"] for _ in range(40)]
        assert {look["this_process_runs_jobs"] for look in looks} == {True, False}
        takes_over(server, start_slow(server, slow))


def takes_over(server, running):
    """Another process goes on when the one that runs the jobs dies."""
    log = [json.loads(line) for line in server.log.read_text().splitlines()]
    [runner] = [line["process"] for line in log if "runs the jobs" in line["message"]]

    os.kill(runner, signal.SIGKILL)

    server.wait_ready()
    assert server.wait_for(running)["status"] == "completed"


def fresh(server, method, path):
    """Ask on a connection of its own, so that any of the processes may answer."""
    with httpx2.Client(timeout=30.0, verify=False) as client:
        return client.request(method, server.url + path)
