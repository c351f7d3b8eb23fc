"""Jobs in memory: the whole `JobStore`, gone with the process."""

from __future__ import annotations

import dataclasses
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from app.services.errors import JobNotFound, JobNotReady
from app.services.job import Job, JobStatus
from app.services.ports import JobQuery


class MemoryJobStore:
    """Keeps jobs in dictionaries under one lock."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._jobs: dict[str, Job] = {}
        self._results: dict[str, bytes] = {}
        self._version = 0

    def add(self, jobs: Sequence[Job]) -> None:
        """Keep new jobs."""
        with self._lock:
            for job in jobs:
                self._keep(job)

    def get(self, job_id: str) -> Job:
        """Return the job as it is now."""
        with self._lock:
            try:
                return self._jobs[job_id]
            except KeyError:
                raise JobNotFound(job_id) from None

    def change(
        self, job_id: str, change: Callable[[Job], Job], *, result: bytes | None = None
    ) -> Job:
        """Replace the job by ``change(job)``."""
        with self._lock:
            changed = self._keep(change(self.get(job_id)))
            if result is not None:
                self._results[job_id] = result
            return changed

    def find(self, query: JobQuery) -> tuple[Sequence[Job], int]:
        """Return one page and the number of matches."""
        with self._lock:
            jobs = [job for job in self._jobs.values() if matches(job, query)]
        jobs.sort(key=lambda job: (job.created_at, job.id), reverse=not query.oldest_first)
        return jobs[query.offset : query.offset + query.limit], len(jobs)

    def counts(self) -> Mapping[JobStatus, int]:
        """Return how many jobs stand where."""
        with self._lock:
            return Counter(job.status for job in self._jobs.values())

    def result(self, job_id: str) -> bytes:
        """Return the result kept with a job."""
        with self._lock:
            job = self.get(job_id)
            if job_id not in self._results:
                raise JobNotReady(job_id, status=job.status.value)
            return self._results[job_id]

    def forget(self, job_ids: Sequence[str]) -> None:
        """Remove jobs and their results."""
        with self._lock:
            self._version += 1
            for job_id in job_ids:
                self._jobs.pop(job_id, None)
                self._results.pop(job_id, None)

    def version(self) -> int:
        """Return a number that moves with every change."""
        return self._version

    def close(self) -> None:
        """Hold nothing that needs closing."""

    def _keep(self, job: Job) -> Job:
        self._version += 1
        kept = dataclasses.replace(job, revision=self._version)
        self._jobs[job.id] = kept
        return kept


def matches(job: Job, query: JobQuery) -> bool:
    """Tell whether a query asks for this job."""
    return (
        (query.kinds is None or job.kind in query.kinds)
        and (query.statuses is None or job.status in query.statuses)
        and (query.batch_id is None or job.batch_id == query.batch_id)
    )
