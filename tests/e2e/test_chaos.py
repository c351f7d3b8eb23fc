"""Jobs while workers and server are killed at random: each ends rightly, none is lost."""

import json
import random
import signal
import time
from contextlib import suppress

import psutil
import pytest
from live_server import FINAL, LiveServer

DELAYS_SECONDS = (0.05, 0.1, 0.2, 0.4)
REASONS = {"WORKER_DIED", "JOB_INTERRUPTED"}


@pytest.mark.parametrize(
    ("job_count", "server_kills", "worker_kills", "seed"),
    [
        pytest.param(12, 2, 3, 1, id="12 jobs"),
        pytest.param(50, 8, 20, 2, id="50 jobs", marks=pytest.mark.slow),
    ],
)
def test_every_job_ends_rightly_whatever_is_killed(
    tmp_path, job_count, server_kills, worker_kills, seed
):
    chance = random.Random(seed)
    with LiveServer(tmp_path, ENABLE_CACHING="false", JOB_ATTEMPTS=10) as server:
        truth = submit_all(server, job_count)
        done_before = {}
        kills = ["server"] * server_kills + ["worker"] * worker_kills
        chance.shuffle(kills)

        for kill in kills:
            time.sleep(chance.uniform(0.1, 0.8))
            if kill == "server":
                done_before |= finished(server, truth)
                server.kill()
                server.start()
            else:
                kill_a_worker(server, chance)

        views = {analysis_id: server.wait_for(analysis_id, seconds=180.0) for analysis_id in truth}
        check(views, truth, done_before)
        server.wait_idle()
        assert server.wait_for(server.submit(**pair(server, 0)))["status"] == "completed"
        assert list((server.uploads / ".incoming").glob("*")) == []


def pair(server, number):
    delay_seconds = DELAYS_SECONDS[number % len(DELAYS_SECONDS)]
    master, dub = server.pair(
        f"chaos{number % 4}", seconds=45.0, delay_seconds=delay_seconds, seed=80 + number % 4
    )
    return {"master_file": master, "dub_file": dub, "methods": ["correlation"]}


def submit_all(server, count):
    bodies = [pair(server, number) for number in range(4)]
    return {
        server.submit(**bodies[number % 4]): DELAYS_SECONDS[number % 4] for number in range(count)
    }


def finished(server, truth):
    views = {analysis_id: server.analysis(analysis_id) for analysis_id in truth}
    return {name: view for name, view in views.items() if view["status"] in FINAL}


def kill_a_worker(server, chance):
    """Kill a random process that is a worker of the server: busy, idle or just starting."""
    top = psutil.Process(server.process.pid)
    children = [child for child in top.children(recursive=True) if is_worker(child)]
    if children:
        with suppress(psutil.NoSuchProcess):
            chance.choice(children).send_signal(signal.SIGKILL)


def is_worker(process):
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.Error:
        return False


def check(views, truth, done_before):
    completed = 0
    for analysis_id, view in views.items():
        if view["status"] == "completed":
            completed += 1
            offset = view["result"]["consensus_offset"]["offset_seconds"]
            assert offset == pytest.approx(-truth[analysis_id], abs=0.001), json.dumps(view)[:300]
        else:
            assert view["status"] == "failed", view
            assert view["error_code"] in REASONS, view
    assert completed >= len(truth) // 2
    for analysis_id, before in done_before.items():
        assert views[analysis_id] == before
