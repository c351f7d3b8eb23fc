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
        self._revision = 0

    def add(self, jobs: Sequence[Job]) -> None:
        """Keep new jobs."""
        with self._lock:
            for job in jobs:
                if job.id in self._jobs:
                    raise ValueError(f"{job.id} exists already")
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
            jobs = [job for job in self._jobs.values() if _matches(job, query)]
        if not query.oldest_first:
            jobs.reverse()
        return jobs[query.offset : query.offset + query.limit], len(jobs)

    def counts(self) -> Mapping[JobStatus, int]:
        """Return how many jobs stand where."""
        with self._lock:
            return Counter(job.status for job in self._jobs.values())

    def batch_progress(self, batch_id: str) -> Mapping[JobStatus, tuple[int, float]]:
        """Return the number and the summed percent of a batch's pairs by state."""
        sums: dict[JobStatus, tuple[int, float]] = {}
        with self._lock:
            pairs = [job for job in self._jobs.values() if job.batch_id == batch_id]
        for job in pairs:
            count, percent = sums.get(job.status, (0, 0.0))
            sums[job.status] = (count + 1, percent + job.progress)
        return sums

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
            for job_id in job_ids:
                self._jobs.pop(job_id, None)
                self._results.pop(job_id, None)

    def changes(self, since: int) -> tuple[Sequence[Job], int]:
        """Return the jobs changed after revision ``since``, and the newest revision."""
        with self._lock:
            if since == self._revision:
                return (), since
            changed = [job for job in self._jobs.values() if job.revision > since]
            return sorted(changed, key=lambda job: job.revision), self._revision

    def close(self) -> None:
        """Hold nothing that needs closing."""

    def _keep(self, job: Job) -> Job:
        self._revision += 1
        kept = dataclasses.replace(job, revision=self._revision)
        self._jobs[job.id] = kept
        return kept


def _matches(job: Job, query: JobQuery) -> bool:
    due, finished = query.callback_due_before, query.finished_before
    wanted = (
        query.kinds is None or job.kind in query.kinds,
        query.statuses is None or job.status in query.statuses,
        query.batch_id is None or job.batch_id == query.batch_id,
        query.in_batch is None or (job.batch_id is not None) == query.in_batch,
        job.batch_id not in query.not_batches,
        due is None or (job.callback_due is not None and job.callback_due < due),
        finished is None or (job.finished_at is not None and job.finished_at < finished),
    )
    return all(wanted)
