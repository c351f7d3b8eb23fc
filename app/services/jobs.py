"""Submitting, reading, listing and cancelling jobs of any kind."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.services.errors import JobFinished, JobNotFound, JobNotReady, QueueFull
from app.services.job import Job, JobStatus
from app.services.ports import JobQuery, JobStore


class Jobs:
    """
    The four verbs of a job's owner.

    ``wake`` is called after each change that a dispatcher should look at. Reading answers
    in well under a millisecond and may be called in the event loop; `submit` and `cancel`
    write to disk and belong in a thread.
    """

    def __init__(self, store: JobStore, *, max_queued_jobs: int, wake: Callable[[], None]) -> None:
        self._store = store
        self._max_queued_jobs = max_queued_jobs
        self._wake = wake

    def submit(self, jobs: Sequence[Job]) -> None:
        """
        Queue new jobs, all or none.

        Raises:
            QueueFull: more than ``max_queued_jobs`` would wait.
        """
        waiting = self._store.counts().get(JobStatus.PENDING, 0)
        if waiting + len(jobs) > self._max_queued_jobs:
            raise QueueFull(waiting=waiting, limit=self._max_queued_jobs, retry_after_seconds=30)
        self._store.add(jobs)
        self._wake()

    def get(self, job_id: str, *, kinds: frozenset[str] | None = None) -> Job:
        """
        Return a job as it is now.

        Raises:
            JobNotFound: no job of these kinds has this id.
        """
        job = self._store.get(job_id)
        if kinds is not None and job.kind not in kinds:
            raise JobNotFound(job_id)
        return job

    def counts(self) -> Mapping[JobStatus, int]:
        """Return how many jobs stand where."""
        return self._store.counts()

    def find(self, query: JobQuery) -> tuple[Sequence[Job], int]:
        """Return one page of jobs and how many match altogether."""
        return self._store.find(query)

    def result(self, job_id: str) -> bytes:
        """
        Return the result as JSON text.

        Raises:
            JobNotFound: no job has this id.
            JobNotReady: it is not completed.
        """
        job = self._store.get(job_id)
        if job.status is not JobStatus.COMPLETED:
            raise JobNotReady(job_id, status=job.status.value)
        return self._store.result(job_id)

    def result_dict(self, job_id: str) -> dict[str, Any]:
        """Return `result`, parsed."""
        parsed: dict[str, Any] = json.loads(self.result(job_id))
        return parsed

    def cancel(self, job_id: str, *, kinds: frozenset[str] | None = None) -> Job:
        """
        Ask for the end of a job: a waiting one ends now, a running one within a second.

        Raises:
            JobNotFound: no job of these kinds has this id.
            JobFinished: it has ended already.
        """
        self.get(job_id, kinds=kinds)
        job = self._store.change(job_id, _cancel)
        self._wake()
        return job


def _cancel(job: Job) -> Job:
    if job.is_final:
        raise JobFinished(job.id, status=job.status.value)
    return job.cancelled() if job.status is JobStatus.PENDING else job.cancelling()
