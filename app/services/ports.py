"""The seams of the service: where jobs are kept (`JobStore`) and where they run (`JobExecutor`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from app.services.job import Job, JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """
    Which jobs to list, in the order they were added, newest first unless ``oldest_first``.

    ``None`` asks for any. ``in_batch`` tells pairs of a batch from the rest.
    """

    kinds: frozenset[str] | None = None
    statuses: frozenset[JobStatus] | None = None
    batch_id: str | None = None
    in_batch: bool | None = None
    not_batches: frozenset[str] = frozenset()
    callback_due_before: datetime | None = None
    finished_before: datetime | None = None
    offset: int = 0
    limit: int = 100
    oldest_first: bool = False


class JobStore(Protocol):
    """
    Keeps jobs and their results. Every method may be called from any thread.

    Where the disk under it fails, every method raises `StoreUnavailable`.
    """

    def add(self, jobs: Sequence[Job]) -> None:
        """
        Keep new jobs, all or none.

        Raises:
            ValueError: one of the ids exists already.
        """
        ...

    def get(self, job_id: str) -> Job:
        """
        Return the job as it is now, whichever process changed it last.

        Raises:
            JobNotFound: no job has this id.
        """
        ...

    def change(
        self, job_id: str, change: Callable[[Job], Job], *, result: bytes | None = None
    ) -> Job:
        """
        Replace the job by ``change(job)`` and keep ``result`` with it, atomically.

        ``change`` may raise to leave everything as it was.

        Raises:
            JobNotFound: no job has this id.
        """
        ...

    def find(self, query: JobQuery) -> tuple[Sequence[Job], int]:
        """Return one page of the jobs that match, and how many match altogether."""
        ...

    def counts(self) -> Mapping[JobStatus, int]:
        """Return how many jobs stand where."""
        ...

    def batch_progress(self, batch_id: str) -> Mapping[JobStatus, tuple[int, float]]:
        """Return, for the pairs of a batch in each state, how many and their summed percent."""
        ...

    def result(self, job_id: str) -> bytes:
        """
        Return the result (JSON) kept with a job.

        Raises:
            JobNotFound: no job has this id.
            JobNotReady: it holds no result.
        """
        ...

    def forget(self, job_ids: Sequence[str]) -> None:
        """Remove jobs and their results; unknown ids are passed over."""
        ...

    def changes(self, since: int) -> tuple[Sequence[Job], int]:
        """
        Return the jobs whose ``revision`` is above ``since``, and the newest revision.

        A job changed twice is returned once, as it is now.
        """
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a task ended: a result, an error, or neither when it was cancelled."""

    result: bytes | None = None
    cached: bool = False
    error: str | None = None
    error_code: str | None = None
    error_details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What an executor is given: a job's task and where it runs."""

    job_id: str
    kind: str
    task: Mapping[str, Any]
    device: str = "cpu"
    request_id: str | None = None


class Observer(Protocol):
    """Hears of running work, from any thread; every work ends with exactly one ``ended``."""

    def progressed(self, job_id: str, fraction: float, message: str) -> None:
        """Hear that ``fraction`` (0..1) is done."""
        ...

    def ended(self, job_id: str, outcome: Outcome) -> None:
        """Hear how the work ended."""
        ...


class JobExecutor(Protocol):
    """Runs work somewhere else than in the event loop's process."""

    def submit(self, work: Work, observer: Observer) -> None:
        """Start the work; return at once."""
        ...

    def cancel(self, job_id: str) -> None:
        """Stop the work within a second; it ends with an empty `Outcome`."""
        ...

    def close(self) -> None:
        """Stop everything, leaving no process behind; what still ran ends cancelled."""
        ...


class DevicePool(Protocol):
    """Hands out devices, one job at a time each in turn."""

    def lease(self) -> AbstractContextManager[str]:
        """Return a context holding a device name: ``cpu`` or ``cuda:0``."""
        ...
