"""What the journal does beyond the contract: last, migrate, and be shared."""

import sqlite3
import statistics
import subprocess
import sys
import textwrap
import time

import pytest

from app.services import sqlite_schema
from app.services.errors import JobNotFound, StoreUnavailable
from app.services.job import Job, JobStatus, new_id
from app.services.ports import JobQuery
from app.services.sqlite_schema import UnusableJournal
from app.services.sqlite_store import SqliteJobStore


def a_job():
    return Job(id=new_id("analysis"), kind="analysis")


def test_jobs_and_results_survive_reopening(tmp_path):
    job = a_job()
    store = SqliteJobStore(tmp_path / "jobs.db")
    store.add([job])
    store.change(job.id, lambda old: old.started(device="cpu"))
    store.change(job.id, lambda old: old.completed(cached=False), result=b'{"x": 1}')
    store.close()

    again = SqliteJobStore(tmp_path / "jobs.db")

    assert again.get(job.id).status is JobStatus.COMPLETED
    assert again.result(job.id) == b'{"x": 1}'
    again.close()


def test_two_stores_on_one_file_see_each_other_at_once(tmp_path):
    job = a_job()
    one, other = SqliteJobStore(tmp_path / "jobs.db"), SqliteJobStore(tmp_path / "jobs.db")
    one.add([job])
    assert other.get(job.id).status is JobStatus.PENDING

    one.change(job.id, lambda old: old.started(device="cpu"))
    assert other.get(job.id).status is JobStatus.PROCESSING

    other.forget([job.id])
    with pytest.raises(JobNotFound):
        one.get(job.id)
    one.close()
    other.close()


def test_a_process_killed_between_writes_loses_nothing_it_had_written(tmp_path):
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from app.services.job import Job
        from app.services.sqlite_store import SqliteJobStore
        store = SqliteJobStore(Path(sys.argv[1]))
        for number in range(20):
            store.add([Job(id=f"job_{number}", kind="analysis")])
        store._writer.execute("BEGIN IMMEDIATE")
        store._writer.execute("DELETE FROM jobs")
        os.kill(os.getpid(), signal.SIGKILL)
        """
    )

    subprocess.run([sys.executable, "-c", program, str(tmp_path / "jobs.db")], check=False)

    store = SqliteJobStore(tmp_path / "jobs.db")
    assert store.counts() == {JobStatus.PENDING: 20}
    store.close()


def test_a_journal_that_fails_in_use_says_so_whatever_it_is_asked(tmp_path):
    store = SqliteJobStore(tmp_path / "jobs.db")
    store.add([job := a_job()])
    other = sqlite3.connect(tmp_path / "jobs.db")
    for table in ("jobs", "results", "revision"):
        other.execute(f"DROP TABLE {table}")
    other.close()

    for ask in (
        lambda: store.get(job.id),
        lambda: store.find(JobQuery()),
        lambda: store.counts(),
        lambda: store.batch_progress("batch"),
        lambda: store.result(job.id),
        lambda: store.changes(0),
        lambda: store.add([a_job()]),
        lambda: store.change(job.id, lambda old: old.started(device="cpu")),
        lambda: store.forget([job.id]),
    ):
        with pytest.raises(StoreUnavailable):
            ask()
    store.close()


def test_a_damaged_journal_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "jobs.db"
    path.write_bytes(b"this is no database" * 400)

    with pytest.raises(UnusableJournal, match="Move it away"):
        SqliteJobStore(path)


def test_a_journal_from_the_future_is_refused_with_a_sentence(tmp_path):
    path = tmp_path / "jobs.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()

    with pytest.raises(UnusableJournal, match="version 999"):
        SqliteJobStore(path)


def test_an_old_journal_is_brought_to_the_newest_version(tmp_path, monkeypatch):
    path = tmp_path / "jobs.db"
    job = a_job()
    store = SqliteJobStore(path)
    store.add([job])
    store.close()

    step = "ALTER TABLE jobs ADD COLUMN colour TEXT; UPDATE jobs SET colour = 'blue'"
    monkeypatch.setattr(sqlite_schema, "MIGRATIONS", (*sqlite_schema.MIGRATIONS, step))
    migrated = SqliteJobStore(path)

    assert migrated.get(job.id).id == job.id
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT colour FROM jobs").fetchall() == [("blue",)]
    assert connection.execute("PRAGMA user_version").fetchone() == (2,)
    connection.close()
    migrated.close()


def test_memory_is_bounded_and_what_fell_out_is_read_again(tmp_path, monkeypatch):
    monkeypatch.setattr("app.services.sqlite_store.JOBS_IN_MEMORY", 10)
    store = SqliteJobStore(tmp_path / "jobs.db")
    jobs = [a_job() for _ in range(50)]
    store.add(jobs)

    assert [store.get(job.id).id for job in jobs] == [job.id for job in jobs]
    assert len(store._memory) == 10
    store.close()


def test_reading_a_job_costs_the_same_among_ten_thousand(tmp_path):
    store = SqliteJobStore(tmp_path / "jobs.db")
    job = a_job()
    store.add([job])

    def seconds():
        costs = []
        for _ in range(300):
            started = time.perf_counter()
            store.get(job.id)
            costs.append(time.perf_counter() - started)
        return statistics.median(costs)

    few = seconds()
    for start in range(0, 10_000, 1000):
        many = [Job(id=f"job_{start + number}", kind="analysis") for number in range(1000)]
        store.add(many)
    store.get(job.id)

    assert seconds() < 4 * few + 1e-5
    store.close()
