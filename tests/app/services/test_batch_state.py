import pytest

from app.services.batch_state import batch_fraction, settle_batch
from app.services.job import Job, JobStatus
from app.services.memory_store import MemoryJobStore


@pytest.fixture
def store():
    made = MemoryJobStore()
    made.add([Job(id="batch", kind="batch", task={"max_parallel": 2})])
    made.add([Job(id=f"pair{n}", kind="analysis", batch_id="batch") for n in range(4)])
    return made


def run(store, name, end):
    store.change(name, lambda job: job.started(device="cpu"))
    store.change(name, end)
    settle_batch(store, "batch")


def well(job):
    return job.completed(cached=False)


def badly(job):
    return job.failed(error="e", error_code="E", details={})


def test_a_batch_waits_runs_and_ends_as_its_pairs_do(store):
    settle_batch(store, "batch")
    assert store.get("batch").status is JobStatus.PENDING

    run(store, "pair0", well)
    half = store.get("batch")
    assert (half.status, half.progress) == (JobStatus.PROCESSING, 25.0)
    assert half.status_message == "1 of 4 pairs done"

    run(store, "pair1", badly)
    run(store, "pair2", well)
    run(store, "pair3", well)
    done = store.get("batch")
    assert (done.status, done.progress) == (JobStatus.COMPLETED, 100.0)
    assert done.status_message == "Complete: 3 done, 1 failed"


def test_a_batch_whose_pairs_all_fail_fails(store):
    for number in range(4):
        run(store, f"pair{number}", badly)

    assert store.get("batch").error_code == "ALL_PAIRS_FAILED"


def test_a_cancelled_batch_is_cancelled_once_its_last_pair_has_ended(store):
    store.change("batch", lambda job: job.cancelling())
    for number in range(3):
        store.change(f"pair{number}", lambda job: job.cancelled())
    store.change("pair3", lambda job: job.started(device="cpu"))
    settle_batch(store, "batch")
    assert store.get("batch").status is JobStatus.PROCESSING

    store.change("pair3", lambda job: job.cancelled())
    settle_batch(store, "batch")
    settle_batch(store, "batch")

    assert store.get("batch").status is JobStatus.CANCELLED


def test_the_fraction_counts_what_ended_whole_and_the_rest_by_its_progress():
    sums = {
        JobStatus.COMPLETED: (1, 100.0),
        JobStatus.FAILED: (1, 10.0),
        JobStatus.PROCESSING: (1, 50.0),
        JobStatus.PENDING: (1, 0.0),
    }

    assert batch_fraction(sums) == pytest.approx(0.625)
    assert batch_fraction({}) == 0.0
