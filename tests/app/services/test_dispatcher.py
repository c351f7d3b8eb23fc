import dataclasses
from contextlib import contextmanager

import pytest
from service_parts import ThreadExecutor, wait_until, worker_config

from app.services.batch_state import settle_batch
from app.services.dispatcher import Dispatcher
from app.services.errors import StoreUnavailable
from app.services.job import FINAL, Job, JobStatus, new_id
from app.services.jobs import Jobs
from app.services.memory_store import MemoryJobStore
from app.services.ports import JobQuery


class Devices:
    """A pool of two devices that counts its leases."""

    def __init__(self):
        self.out = 0
        self.given = []

    @contextmanager
    def lease(self):
        self.out += 1
        self.given.append(f"cuda:{len(self.given) % 2}")
        try:
            yield self.given[-1]
        finally:
            self.out -= 1


class Bench:
    """A dispatcher with its parts."""

    def __init__(self, folder, **options):
        self.store = MemoryJobStore()
        self.devices = Devices()
        self.ended = []
        self.dispatcher = Dispatcher(
            self.store,
            ThreadExecutor(worker_config(folder)),
            self.devices,
            kinds=frozenset({"standin"}),
            on_end=self.ended.append,
            **{"max_concurrent_jobs": 2, "job_attempts": 3, **options},
        )
        self.jobs = Jobs(self.store, max_queued_jobs=100, wake=self.dispatcher.wake)

    def add(self, count=1, *, batch_id=None, **task):
        made = [
            Job(id=new_id("analysis"), kind="standin", task=task, batch_id=batch_id)
            for _ in range(count)
        ]
        self.jobs.submit(made)
        return [job.id for job in made]

    def status(self, job_id):
        return self.store.get(job_id).status

    def wait(self, ids):
        wait_until(lambda: all(self.status(one) in FINAL for one in ids))
        return [self.store.get(one) for one in ids]


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.dispatcher.stop(grace_seconds=0.0)


LONG = {"steps": 10_000, "step_seconds": 0.01}


def test_waiting_jobs_are_done_in_the_order_they_came(bench):
    ids = bench.add(4)

    bench.dispatcher.start()

    done = bench.wait(ids)
    assert [job.status for job in done] == [JobStatus.COMPLETED] * 4
    starts = [job.started_at for job in done]
    assert starts == sorted(starts)
    assert [job.id for job in bench.ended] != []


def test_no_more_run_than_may(bench):
    ids = bench.add(4, **LONG)

    bench.dispatcher.start()

    wait_until(lambda: bench.dispatcher.running == 2)
    states = [bench.status(one) for one in ids]
    assert states.count(JobStatus.PROCESSING) == 2
    assert states[2:] == [JobStatus.PENDING] * 2


def test_single_analyses_go_before_the_pairs_of_a_batch(tmp_path):
    bench = Bench(tmp_path, max_concurrent_jobs=1)
    bench.store.add([Job(id="batch_1", kind="batch", task={"max_parallel": 1})])
    pairs = bench.add(2, batch_id="batch_1")
    [single] = bench.add(1)

    bench.dispatcher.start()
    done = bench.wait([*pairs, single])
    bench.dispatcher.stop(grace_seconds=0.0)

    assert done[2].started_at < done[0].started_at


def test_a_batch_runs_no_more_pairs_at_a_time_than_it_asked_for(bench):
    bench.store.add([Job(id="batch_1", kind="batch", task={"max_parallel": 1})])
    bench.store.add([Job(id="batch_2", kind="batch", task={"max_parallel": 2})])
    first = bench.add(2, batch_id="batch_1", **LONG)
    second = bench.add(1, batch_id="batch_2", **LONG)

    bench.dispatcher.start()

    wait_until(lambda: bench.dispatcher.running == 2)
    assert [bench.status(one) for one in first] == [JobStatus.PROCESSING, JobStatus.PENDING]
    assert bench.status(second[0]) is JobStatus.PROCESSING


def test_a_running_job_is_cancelled_and_the_next_one_starts(bench):
    ids = bench.add(3, **LONG)
    bench.dispatcher.start()
    wait_until(lambda: bench.status(ids[0]) is JobStatus.PROCESSING)

    bench.jobs.cancel(ids[0])

    wait_until(lambda: bench.status(ids[0]) is JobStatus.CANCELLED)
    wait_until(lambda: bench.status(ids[2]) is JobStatus.PROCESSING)


def test_a_failure_is_written_down_with_its_code(bench):
    ids = bench.add(1, end="known_error")

    bench.dispatcher.start()

    [job] = bench.wait(ids)
    assert (job.status, job.error_code) == (JobStatus.FAILED, "EMPTY_FILE")
    assert job.error_details == {"file_path": "/some/file.wav"}


def test_a_device_is_leased_to_jobs_that_want_one_and_comes_back(bench):
    wanting = bench.add(2, wants_device=True)
    plain = bench.add(1)

    bench.dispatcher.start()
    done = bench.wait([*wanting, *plain])

    assert [job.device for job in done] == ["cuda:0", "cuda:1", "cpu"]
    wait_until(lambda: bench.devices.out == 0)


def test_a_device_comes_back_when_the_job_is_cancelled(bench):
    [wanting] = bench.add(1, wants_device=True, **LONG)
    bench.dispatcher.start()
    wait_until(lambda: bench.devices.out == 1)

    bench.jobs.cancel(wanting)

    wait_until(lambda: bench.devices.out == 0)


def test_stopping_puts_running_work_back_without_counting_the_attempt(tmp_path):
    bench = Bench(tmp_path)
    [job_id] = bench.add(1, **LONG)
    bench.dispatcher.start()
    wait_until(lambda: bench.status(job_id) is JobStatus.PROCESSING)

    bench.dispatcher.stop(grace_seconds=0.0)

    job = bench.store.get(job_id)
    assert (job.status, job.attempts, job.progress) == (JobStatus.PENDING, 0, 0.0)


def test_stopping_lets_short_work_finish_and_starts_nothing_new(tmp_path):
    bench = Bench(tmp_path, max_concurrent_jobs=1)
    first, second = bench.add(2, steps=10, step_seconds=0.05)
    bench.dispatcher.start()
    wait_until(lambda: bench.status(first) is JobStatus.PROCESSING)

    bench.dispatcher.stop(grace_seconds=5.0)

    assert bench.status(first) is JobStatus.COMPLETED
    assert bench.status(second) is JobStatus.PENDING


def test_what_an_earlier_dispatcher_left_is_taken_up(bench):
    interrupted, cancelled, worn = bench.add(3)
    for job_id in (interrupted, cancelled, worn):
        bench.store.change(job_id, lambda job: job.started(device="cpu"))
    bench.store.change(cancelled, lambda job: job.cancelling())
    bench.store.change(worn, lambda job: dataclasses.replace(job, attempts=3))

    bench.dispatcher.start()

    done = bench.wait([interrupted, cancelled, worn])
    assert [job.status.value for job in done] == ["completed", "cancelled", "failed"]
    assert done[2].error_code == "JOB_INTERRUPTED"


def test_a_journal_that_fails_for_a_while_costs_time_and_nothing_else(bench):
    ids = bench.add(2, wants_device=True)
    whole, failures = bench.store.change, [3]

    def failing(*args, **kwargs):
        if failures[0]:
            failures[0] -= 1
            raise StoreUnavailable(reason="disk full")
        return whole(*args, **kwargs)

    bench.store.change = failing

    bench.dispatcher.start()

    assert [job.status for job in bench.wait(ids)] == [JobStatus.COMPLETED] * 2
    wait_until(lambda: bench.devices.out == 0)


def test_progress_is_written_while_the_job_runs(bench):
    [job_id] = bench.add(1, steps=20, step_seconds=0.1)
    seen = set()

    bench.dispatcher.start()
    wait_until(lambda: seen.add(bench.store.get(job_id).progress) or len(seen) > 3)

    assert bench.status(job_id) is JobStatus.PROCESSING


def test_a_batch_is_settled_as_its_pairs_end(bench):
    bench.store.add([Job(id="batch_1", kind="batch", task={"max_parallel": 2})])
    pairs = bench.add(3, batch_id="batch_1")

    bench.dispatcher.start()
    bench.wait(pairs)

    wait_until(lambda: bench.status("batch_1") is JobStatus.COMPLETED)
    assert bench.store.find(JobQuery(batch_id="batch_1"))[1] == 3


def test_settling_an_unknown_batch_does_nothing(bench):
    settle_batch(bench.store, "batch_0")


def test_a_worker_that_cannot_be_started_fails_its_job_and_nothing_else(bench):
    first, second = bench.add(2)
    submit, failures = bench.dispatcher._executor.submit, [OSError("no more processes")]

    def failing(work, observer):
        if failures:
            raise failures.pop()
        submit(work, observer)

    bench.dispatcher._executor.submit = failing

    bench.dispatcher.start()

    done = bench.wait([first, second])
    assert (done[0].error_code, done[0].error_details["reason"]) == (
        "WORKER_DIED",
        "no more processes",
    )
    assert done[1].status is JobStatus.COMPLETED
