"""Jobs in memory, journaled to SQLite: survives the process and is shared between processes.

Every write is one transaction. Reads of a job are served from memory, which is brought up to
date first whenever another connection has committed (`PRAGMA data_version` tells, in
microseconds); so any process sees what any other has written, at once.
"""

from __future__ import annotations

import dataclasses
import sqlite3
import threading
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from app.services.errors import JobNotFound, JobNotReady, StoreUnavailable
from app.services.job import Job, JobStatus
from app.services.job_json import dump, instant, load
from app.services.ports import JobQuery
from app.services.sqlite_schema import connect, migrate

JOBS_IN_MEMORY = 20_000
REVISIONS_REMEMBERED = 100_000
"""How far a process may lag behind and still hear that a job was forgotten."""


class SqliteJobStore:
    """Keeps jobs in one SQLite file; several processes may open it."""

    def __init__(self, path: Path) -> None:
        migrate(path)
        self._writer = connect(path)
        self._write_lock = threading.Lock()
        self._reader = connect(path)
        self._read_lock = threading.Lock()
        self._memory: OrderedDict[str, Job] = OrderedDict()
        self._seen_data_version = -1
        (self._seen_revision,) = self._reader.execute("SELECT newest FROM revision").fetchone()

    def add(self, jobs: Sequence[Job]) -> None:
        """Keep new jobs, all or none."""
        with self._transaction() as writer:
            for job in jobs:
                kept = dataclasses.replace(job, revision=_next_revision(writer))
                try:
                    writer.execute(
                        "INSERT INTO jobs (id, kind, status, batch_id, progress, finished_at,"
                        " callback_due, revision, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (kept.id, kept.kind, *_columns(kept)),
                    )
                except sqlite3.IntegrityError as error:
                    raise ValueError(f"{job.id} exists already") from error

    def get(self, job_id: str) -> Job:
        """Return the job as it is now."""
        with self._reading() as reader:
            self._refresh()
            job = self._memory.get(job_id)
            if job is None:
                row = reader.execute("SELECT record FROM jobs WHERE id = ?", (job_id,)).fetchone()
                if row is None:
                    raise JobNotFound(job_id)
                job = load(row[0])
                self._remember(job)
            return job

    def change(
        self, job_id: str, change: Callable[[Job], Job], *, result: bytes | None = None
    ) -> Job:
        """Replace the job by ``change(job)`` in one transaction."""
        with self._transaction() as writer:
            row = writer.execute("SELECT record FROM jobs WHERE id = ?", (job_id,)).fetchone()
            if row is None:
                raise JobNotFound(job_id)
            old = load(row[0])
            new = change(old)
            if new is old:
                return old
            kept = dataclasses.replace(new, revision=_next_revision(writer))
            writer.execute(
                "UPDATE jobs SET status = ?, batch_id = ?, progress = ?, finished_at = ?,"
                " callback_due = ?, revision = ?, record = ? WHERE id = ?",
                (*_columns(kept), job_id),
            )
            if result is not None:
                writer.execute(
                    "INSERT OR REPLACE INTO results VALUES (?, ?)",
                    (job_id, zlib.compress(result, 3)),
                )
            return kept

    def find(self, query: JobQuery) -> tuple[Sequence[Job], int]:
        """Return one page and the number of matches."""
        where, values = _where(query)
        order = "ASC" if query.oldest_first else "DESC"
        with self._reading() as reader:
            (total,) = reader.execute(
                f"SELECT COUNT(*) FROM jobs WHERE {where}",  # noqa: S608 - fixed words only
                values,
            ).fetchone()
            rows = reader.execute(
                f"SELECT record FROM jobs WHERE {where} ORDER BY seq {order}"  # noqa: S608
                " LIMIT ? OFFSET ?",
                (*values, query.limit, query.offset),
            ).fetchall()
        return [load(record) for (record,) in rows], total

    def counts(self) -> Mapping[JobStatus, int]:
        """Return how many jobs stand where."""
        with self._reading() as reader:
            rows = reader.execute("SELECT status, COUNT(*) FROM jobs GROUP BY status").fetchall()
        return {JobStatus(status): count for status, count in rows}

    def batch_progress(self, batch_id: str) -> Mapping[JobStatus, tuple[int, float]]:
        """Return the number and the summed percent of a batch's pairs by state."""
        with self._reading() as reader:
            rows = reader.execute(
                "SELECT status, COUNT(*), SUM(progress) FROM jobs WHERE batch_id = ?"
                " GROUP BY status",
                (batch_id,),
            ).fetchall()
        return {JobStatus(status): (count, percent) for status, count, percent in rows}

    def result(self, job_id: str) -> bytes:
        """Return the result kept with a job."""
        with self._reading() as reader:
            row = reader.execute("SELECT content FROM results WHERE id = ?", (job_id,)).fetchone()
        if row is None:
            raise JobNotReady(job_id, status=self.get(job_id).status.value)
        return zlib.decompress(row[0])

    def forget(self, job_ids: Sequence[str]) -> None:
        """Remove jobs and their results."""
        with self._transaction() as writer:
            revision = _next_revision(writer)
            for job_id in job_ids:
                writer.execute("DELETE FROM jobs WHERE id = ?", (job_id,))
                writer.execute("DELETE FROM results WHERE id = ?", (job_id,))
                writer.execute("INSERT INTO forgotten VALUES (?, ?)", (revision, job_id))
            writer.execute(
                "DELETE FROM forgotten WHERE revision < ?", (revision - REVISIONS_REMEMBERED,)
            )

    def changes(self, since: int) -> tuple[Sequence[Job], int]:
        """Return the jobs changed after revision ``since``, and the newest revision."""
        with self._reading() as reader:
            self._refresh()
            if since >= self._seen_revision:
                return (), self._seen_revision
            rows = reader.execute(
                "SELECT record FROM jobs WHERE revision > ? ORDER BY revision", (since,)
            ).fetchall()
            return [load(record) for (record,) in rows], self._seen_revision

    def close(self) -> None:
        """Close both connections."""
        with self._write_lock, self._read_lock:
            self._writer.close()
            self._reader.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._write_lock:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    self._writer.execute("COMMIT")
                except BaseException:
                    if self._writer.in_transaction:
                        self._writer.execute("ROLLBACK")
                    raise
        except sqlite3.Error as error:
            raise StoreUnavailable(reason=str(error)) from error

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._read_lock:
                try:
                    yield self._reader
                finally:
                    if self._reader.in_transaction:
                        self._reader.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise StoreUnavailable(reason=str(error)) from error

    def _refresh(self) -> None:
        """Take over what was committed since the last look; the read lock is held."""
        (data_version,) = self._reader.execute("PRAGMA data_version").fetchone()
        if data_version == self._seen_data_version:
            return
        self._reader.execute("BEGIN")
        (newest,) = self._reader.execute("SELECT newest FROM revision").fetchone()
        changed = self._reader.execute(
            "SELECT record FROM jobs WHERE revision > ?", (self._seen_revision,)
        ).fetchall()
        forgotten = self._reader.execute(
            "SELECT id FROM forgotten WHERE revision > ?", (self._seen_revision,)
        ).fetchall()
        self._reader.execute("COMMIT")
        for (job_id,) in forgotten:
            self._memory.pop(job_id, None)
        for (record,) in changed:
            self._remember(load(record))
        self._seen_data_version, self._seen_revision = data_version, newest

    def _remember(self, job: Job) -> None:
        self._memory[job.id] = job
        self._memory.move_to_end(job.id)
        while len(self._memory) > JOBS_IN_MEMORY:
            self._memory.popitem(last=False)


def _columns(job: Job) -> tuple[object, ...]:
    return (
        job.status.value,
        job.batch_id,
        job.progress,
        instant(job.finished_at),
        instant(job.callback_due),
        job.revision,
        dump(job),
    )


def _next_revision(writer: sqlite3.Connection) -> int:
    writer.execute("UPDATE revision SET newest = newest + 1")
    (newest,) = writer.execute("SELECT newest FROM revision").fetchone()
    return int(newest)


def _where(query: JobQuery) -> tuple[str, list[object]]:
    terms: list[str] = ["1"]
    values: list[object] = []

    def one_of(column: str, wanted: Sequence[str], *, negated: bool = False) -> None:
        marks = ", ".join("?" * len(wanted))
        terms.append(f"{column} {'NOT IN' if negated else 'IN'} ({marks})")
        values.extend(wanted)

    def compare(term: str, value: object) -> None:
        if value is not None:
            terms.append(term)
            values.append(value)

    if query.kinds is not None:
        one_of("kind", sorted(query.kinds))
    if query.statuses is not None:
        one_of("status", sorted(status.value for status in query.statuses))
    if query.in_batch is not None:
        terms.append("batch_id IS NOT NULL" if query.in_batch else "batch_id IS NULL")
    if query.not_batches:
        one_of("COALESCE(batch_id, '')", sorted(query.not_batches), negated=True)
    compare("batch_id = ?", query.batch_id)
    compare("callback_due < ?", instant(query.callback_due_before))
    compare("finished_at < ?", instant(query.finished_before))
    return " AND ".join(terms), values
