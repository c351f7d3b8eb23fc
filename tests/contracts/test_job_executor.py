"""What every `JobExecutor` does, and what the one with processes does beyond it."""

import json
import os
import signal
import time

import psutil
import pytest
from service_parts import Recorder, ThreadExecutor, wait_until, worker_config

from app.services.errors import NoFreeWorker
from app.services.pebble_executor import PebbleExecutor
from app.services.ports import Outcome, Work

GIGABYTE = 1 << 30


def pebble(tmp_path, *, workers=1, time_limit_seconds=60.0, memory_limit_bytes=4 * GIGABYTE):
    return PebbleExecutor(
        worker_config(tmp_path),
        workers=workers,
        time_limit_seconds=time_limit_seconds,
        memory_limit_bytes=memory_limit_bytes,
    )


@pytest.fixture(scope="module", params=["thread", "pebble"])
def executor(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp(request.param)
    made = ThreadExecutor(worker_config(folder)) if request.param == "thread" else pebble(folder)
    yield made
    made.close()


@pytest.fixture
def processes(tmp_path):
    made = []

    def make(**limits):
        made.append(pebble(tmp_path, **limits))
        return made[-1]

    yield make
    for one in made:
        one.close()


def work(job_id, **task):
    return Work(job_id=job_id, kind="standin", task=task)


def run(executor, job):
    recorder = Recorder()
    executor.submit(job, recorder)
    return recorder, recorder.outcome(job.job_id)


def test_a_result_comes_back_as_json(executor):
    _, outcome = run(executor, work("a", echo={"ü": [1, 2.5, None]}, cached=True))

    assert json.loads(outcome.result)["echo"] == {"ü": [1, 2.5, None]}
    assert outcome.cached
    assert outcome.error is None


def test_progress_is_heard_in_order(executor):
    recorder, _ = run(executor, work("b", steps=5, step_seconds=0.15))

    fractions = [fraction for _, fraction, _ in recorder.progress]
    assert fractions == sorted(fractions)
    assert len(fractions) >= 5
    assert "window 2/5" in recorder.progress[1][2]


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("known_error", "EMPTY_FILE"),
        ("unknown_error", "INTERNAL_ERROR"),
        ("out_of_memory", "OUT_OF_MEMORY"),
        ("not_finite", "INTERNAL_ERROR"),
    ],
)
def test_an_error_comes_back_as_a_sentence_and_a_code(executor, end, code):
    _, outcome = run(executor, work(f"c-{end}", end=end))

    assert outcome.result is None
    assert outcome.error_code == code
    assert outcome.error.endswith((".", "id."))
    assert "Traceback" not in outcome.error


def test_cancelled_work_ends_with_an_empty_outcome(executor):
    recorder = Recorder()
    executor.submit(work("d", steps=10_000, step_seconds=0.01), recorder)
    wait_until(lambda: recorder.progress)

    executor.cancel("d")

    assert recorder.outcome("d", seconds=2.0) == Outcome()


def test_cancelling_what_does_not_run_does_nothing(executor):
    executor.cancel("never heard of")


def test_a_worker_serves_one_job_after_another(processes):
    executor = processes()

    pids = {json.loads(run(executor, work(f"j{n}"))[1].result)["pid"] for n in range(3)}

    assert len(pids) == 1
    assert os.getpid() not in pids


def test_work_deaf_to_cancellation_is_killed_within_a_second(processes):
    executor = processes()
    recorder = Recorder()
    executor.submit(work("deaf", steps=1, step_seconds=60.0, stubborn=True), recorder)
    wait_until(lambda: recorder.progress)
    time.sleep(0.3)
    children = psutil.Process().children(recursive=True)
    burners = [child for child in children if child.cpu_times().user > 0.1]
    asked = time.monotonic()

    executor.cancel("deaf")

    assert recorder.outcome("deaf", seconds=5.0) == Outcome()
    assert time.monotonic() - asked < 1.0
    assert burners
    wait_until(lambda: not any(_burns(child) for child in burners), seconds=1.0)


def _burns(process):
    try:
        return process.is_running() and process.status() not in ("zombie", "sleeping", "dead")
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(("end", "how"), [("death", "signal 9"), ("exit", "exit code 3")])
def test_a_worker_that_dies_fails_its_own_job_and_the_next_one_runs(processes, end, how):
    executor = processes()
    run(executor, work("warm"))

    _, outcome = run(executor, work("dies", end=end))
    _, following = run(executor, work("next"))

    assert outcome.error_code == "WORKER_DIED"
    assert how in outcome.error
    assert following.error is None


def test_an_idle_worker_that_is_killed_is_replaced(processes):
    executor = processes()
    pid = json.loads(run(executor, work("one"))[1].result)["pid"]
    os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)

    _, outcome = run(executor, work("two"))

    assert outcome.error is None


def test_a_job_over_its_time_limit_is_stopped(processes):
    executor = processes(time_limit_seconds=1.0)

    _, outcome = run(executor, work("slow", steps=1, step_seconds=30.0))

    assert outcome.error_code == "JOB_TIME_LIMIT"
    assert "1 s" in outcome.error


def test_a_job_over_its_memory_limit_is_stopped(processes):
    executor = processes(memory_limit_bytes=GIGABYTE // 2)

    _, outcome = run(executor, work("hungry", end="eat_memory"))

    assert outcome.error_code == "JOB_MEMORY_LIMIT"


def test_more_work_than_workers_is_refused(processes):
    executor = processes()
    recorder = Recorder()
    executor.submit(work("first", steps=100, step_seconds=0.1), recorder)

    with pytest.raises(NoFreeWorker):
        executor.submit(work("second"), recorder)


def test_closing_ends_what_runs_and_leaves_no_process(tmp_path):
    others = {child.pid for child in psutil.Process().children(recursive=True)}
    executor = pebble(tmp_path, workers=2)
    recorder = Recorder()
    for name in ("x", "y"):
        executor.submit(work(name, steps=1000, step_seconds=0.1), recorder)
    wait_until(lambda: len({job_id for job_id, *_ in recorder.progress}) == 2)
    mine = {child.pid for child in psutil.Process().children(recursive=True)} - others

    executor.close()

    assert recorder.outcome("x") == recorder.outcome("y") == Outcome()
    wait_until(lambda: not _workers(mine), seconds=5.0)


def _workers(pids):
    alive = []
    for pid in pids:
        try:
            process = psutil.Process(pid)
            command = " ".join(process.cmdline())
        except psutil.Error:
            continue
        if process.status() != "zombie" and "resource_tracker" not in command:
            alive.append(pid)
    return alive
