"""What every `JobStore` does."""

import dataclasses
import threading
from datetime import timedelta

import pytest

from app.services.errors import IllegalMove, JobNotFound, JobNotReady
from app.services.job import Job, JobStatus, new_id, now
from app.services.memory_store import MemoryJobStore
from app.services.ports import JobQuery
from app.services.sqlite_store import SqliteJobStore


@pytest.fixture(params=["memory", "sqlite"])
def store(request, tmp_path):
    made = MemoryJobStore() if request.param == "memory" else SqliteJobStore(tmp_path / "j.db")
    yield made
    made.close()


def a_job(**fields):
    return Job(**{"id": new_id("analysis"), "kind": "analysis", **fields})


def test_a_job_comes_back_as_it_was_given(store):
    job = a_job(task={"master": "/a b/ü.wav"}, request={"methods": ["mfcc"]}, batch_id="b")

    store.add([job])

    kept = store.get(job.id)
    assert kept.revision > 0
    for name in ("id", "kind", "task", "request", "status", "created_at", "batch_id"):
        assert getattr(kept, name) == getattr(job, name)


def test_an_unknown_id_is_not_found(store):
    with pytest.raises(JobNotFound):
        store.get("analysis_20250101_000000_00000000")
    with pytest.raises(JobNotFound):
        store.change("analysis_20250101_000000_00000000", lambda job: job)
    with pytest.raises(JobNotFound):
        store.result("analysis_20250101_000000_00000000")


def test_a_change_is_seen_by_the_next_read_and_raises_the_revision(store):
    job = a_job()
    store.add([job])
    before = store.get(job.id).revision

    store.change(job.id, lambda old: old.started(device="cpu"))

    assert store.get(job.id).status is JobStatus.PROCESSING
    assert store.get(job.id).revision > before


def test_a_change_that_raises_leaves_the_job_alone(store):
    job = a_job()
    store.add([job])

    with pytest.raises(IllegalMove):
        store.change(job.id, lambda old: old.completed(cached=False))

    assert store.get(job.id).status is JobStatus.PENDING


def test_a_result_is_kept_with_the_change_that_brings_it(store):
    job = a_job()
    store.add([job])
    with pytest.raises(JobNotReady):
        store.result(job.id)

    store.change(job.id, lambda old: old.started(device="cpu"))
    store.change(job.id, lambda old: old.completed(cached=False), result=b'{"a": 1}')

    assert store.result(job.id) == b'{"a": 1}'


def test_jobs_are_listed_newest_first_and_paged(store):
    jobs = [a_job() for _ in range(5)]
    store.add(jobs)

    page, total = store.find(JobQuery(offset=1, limit=2))

    assert total == 5
    assert [job.id for job in page] == [jobs[3].id, jobs[2].id]
    assert [j.id for j in store.find(JobQuery(oldest_first=True, limit=1))[0]] == [jobs[0].id]


def test_a_query_narrows_by_every_field(store):
    plain = a_job()
    repair = a_job(kind="repair")
    pair = a_job(batch_id="batch_1")
    called = a_job(callback_url="http://x", callback_due=now(), finished_at=now())
    store.add([plain, repair, pair, called])
    later = now() + timedelta(seconds=1)

    def ids(**fields):
        return {job.id for job in store.find(JobQuery(**fields))[0]}

    assert ids(kinds=frozenset({"repair"})) == {repair.id}
    assert ids(statuses=frozenset({JobStatus.FAILED})) == set()
    assert len(ids(statuses=frozenset({JobStatus.PENDING}))) == 4
    assert ids(batch_id="batch_1") == ids(in_batch=True) == {pair.id}
    assert pair.id not in ids(in_batch=False)
    assert pair.id not in ids(not_batches=frozenset({"batch_1"}))
    assert plain.id in ids(not_batches=frozenset({"batch_1"}))
    assert ids(callback_due_before=later) == ids(finished_before=later) == {called.id}
    assert ids(callback_due_before=now() - timedelta(hours=1)) == set()


def test_counts_and_batch_progress_add_up(store):
    jobs = [a_job(batch_id="b") for _ in range(3)]
    store.add(jobs)
    store.change(jobs[0].id, lambda job: job.started(device="cpu"))
    store.change(jobs[0].id, lambda job: job.progressed(fraction=0.5, message="half"))

    assert store.counts()[JobStatus.PENDING] == 2
    assert store.counts()[JobStatus.PROCESSING] == 1
    assert store.batch_progress("b") == {
        JobStatus.PENDING: (2, 0.0),
        JobStatus.PROCESSING: (1, 50.0),
    }
    assert store.batch_progress("none") == {}


def test_a_forgotten_job_and_its_result_are_gone(store):
    job = a_job()
    store.add([job])
    store.change(job.id, lambda old: old.started(device="cpu"))
    store.change(job.id, lambda old: old.completed(cached=False), result=b"{}")

    store.forget([job.id, "unknown"])

    with pytest.raises(JobNotFound):
        store.get(job.id)
    with pytest.raises(JobNotFound):
        store.result(job.id)


def test_changes_returns_what_moved_since(store):
    first, second = a_job(), a_job()
    store.add([first])
    _, mark = store.changes(0)
    assert store.changes(mark)[0] == ()

    store.add([second])
    store.change(first.id, lambda job: job.started(device="cpu"))
    store.change(first.id, lambda job: job.progressed(fraction=0.1, message="m"))

    changed, newest = store.changes(mark)
    assert {job.id for job in changed} == {first.id, second.id}
    assert newest == store.get(first.id).revision > mark


def test_concurrent_changes_are_all_kept(store):
    job = a_job(task={"n": 0})
    store.add([job])

    def add_fifty():
        for _ in range(50):
            store.change(job.id, add_one)

    def add_one(old):
        return dataclasses.replace(old, task={"n": old.task["n"] + 1})

    threads = [threading.Thread(target=add_fifty) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.get(job.id).task == {"n": 200}


def test_adding_is_all_or_none(store):
    job = a_job()
    store.add([job])

    with pytest.raises(ValueError, match="exists"):
        store.add([a_job(), job])

    assert store.find(JobQuery())[1] == 1
