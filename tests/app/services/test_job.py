import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.errors import IllegalMove
from app.services.job import FINAL, LEGAL_MOVES, Job, JobStatus, new_id, now


def a_job(**fields):
    return Job(id="analysis_x", kind="analysis", **fields)


def moves(job):
    return {
        JobStatus.PROCESSING: lambda: job.started(device="cpu"),
        JobStatus.COMPLETED: lambda: job.completed(cached=False),
        JobStatus.FAILED: lambda: job.failed(error="e", error_code="E", details={}),
        JobStatus.CANCELLED: job.cancelled,
        JobStatus.PENDING: lambda: job.requeued("again"),
    }


@pytest.mark.parametrize("old", list(JobStatus))
@pytest.mark.parametrize("new", list(JobStatus))
def test_a_job_moves_as_the_table_says_and_not_otherwise(old, new):
    job = a_job(status=old)

    if new in LEGAL_MOVES[old]:
        assert moves(job)[new]().status is new
    else:
        with pytest.raises(IllegalMove):
            moves(job)[new]()


def test_nothing_leads_out_of_a_final_state():
    assert all(LEGAL_MOVES[status] == frozenset() for status in FINAL)
    assert {status for status in JobStatus if not LEGAL_MOVES[status]} == set(FINAL)


@given(st.lists(st.floats(-1.0, 2.0), min_size=1))
def test_progress_never_falls_and_stays_between_0_and_100(fractions):
    job = a_job().started(device="cpu")
    before = 0.0

    for fraction in fractions:
        job = job.progressed(fraction=fraction, message="m")
        assert before <= job.progress <= 100.0
        before = job.progress


def test_only_running_work_progresses():
    with pytest.raises(IllegalMove):
        a_job().progressed(fraction=0.5, message="m")


def test_completion_is_estimated_from_the_speed_so_far():
    started = now() - timedelta(seconds=30)
    job = a_job(status=JobStatus.PROCESSING, started_at=started)

    quarter = job.progressed(fraction=0.25, message="m")

    left_seconds = (quarter.estimated_completion - now()).total_seconds()
    assert left_seconds == pytest.approx(90.0, abs=1.0)
    assert job.progressed(fraction=0.001, message="m").estimated_completion is None
    assert quarter.completed(cached=False).estimated_completion is None


def test_a_requeued_job_starts_from_nothing():
    job = a_job().started(device="cuda:0").progressed(fraction=0.5, message="m")

    again = job.requeued("the server stopped")

    assert (again.progress, again.started_at, again.attempts) == (0.0, None, 1)


def test_a_job_with_a_callback_is_due_when_it_ends():
    job = a_job(callback_url="http://x").started(device="cpu")

    assert job.callback_due is None
    assert job.completed(cached=False).callback_due is not None
    assert a_job().cancelled().callback_due is None


def test_ids_look_as_documented_and_differ():
    ids = {new_id("analysis") for _ in range(100)}

    assert len(ids) == 100
    assert all(re.fullmatch(r"analysis_\d{8}_\d{6}_[0-9a-f]{8}", one) for one in ids)
