import dataclasses
import threading
from datetime import timedelta

from app.services.errors import StoreUnavailable
from app.services.housekeeping import Housekeeper, forget_old_jobs
from app.services.job import Job, JobStatus, now
from app.services.memory_store import MemoryJobStore
from app.services.ports import JobQuery


def ended(store, count, *, days_ago):
    jobs = [
        dataclasses.replace(
            Job(id=f"job_{days_ago}_{number}", kind="analysis"),
            status=JobStatus.COMPLETED,
            finished_at=now() - timedelta(days=days_ago),
        )
        for number in range(count)
    ]
    store.add(jobs)


def left(store):
    return {job.id for job in store.find(JobQuery(limit=1000))[0]}


def test_jobs_are_forgotten_by_age_and_by_count_and_never_while_they_live():
    store = MemoryJobStore()
    store.add([Job(id="waiting", kind="analysis", created_at=now() - timedelta(days=99))])
    ended(store, 2, days_ago=40)
    ended(store, 5, days_ago=3)

    assert forget_old_jobs(store, days=30, count=3) == 4

    assert left(store) == {"waiting", "job_3_2", "job_3_3", "job_3_4"}
    assert forget_old_jobs(store, days=30, count=3) == 0


def test_a_chore_that_fails_does_not_keep_the_others_from_their_work():
    done = threading.Event()

    def fail():
        raise StoreUnavailable(reason="disk full")

    keeper = Housekeeper((fail, done.set))
    keeper.start()

    assert done.wait(5)
    keeper.stop()
