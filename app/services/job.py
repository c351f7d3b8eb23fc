"""
A job: what was asked, where it stands, how it ended. The only place for its legal moves.

::

    pending ──▶ processing ──▶ completed
       │  ▲          │  ├────▶ failed
       │  └──────────┘  └────▶ cancelled
       └──────▶ failed, cancelled

``processing ──▶ pending`` is a job put back because its server stopped.
"""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from enum import Enum
from types import MappingProxyType
from typing import Any

from app.services.errors import IllegalMove


class JobStatus(str, Enum):
    """Where a job stands."""

    PENDING = "pending"  # waits for a worker
    PROCESSING = "processing"  # a worker has it
    COMPLETED = "completed"  # the result is there
    FAILED = "failed"  # `error` and `error_code` say why
    CANCELLED = "cancelled"  # its owner asked for the end


FINAL = frozenset({JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.CANCELLED})

LEGAL_MOVES: Mapping[JobStatus, frozenset[JobStatus]] = MappingProxyType(
    {
        JobStatus.PENDING: frozenset({JobStatus.PROCESSING, JobStatus.FAILED, JobStatus.CANCELLED}),
        JobStatus.PROCESSING: FINAL | {JobStatus.PENDING},
        JobStatus.COMPLETED: frozenset(),
        JobStatus.FAILED: frozenset(),
        JobStatus.CANCELLED: frozenset(),
    }
)

LEAST_FRACTION_FOR_ESTIMATE = 0.02


def now() -> datetime:
    """Return this instant, UTC, to the microsecond."""
    return datetime.now(timezone.utc)


def new_id(prefix: str, at: datetime | None = None) -> str:
    """Return an id like ``analysis_20250827_143052_abc12345``."""
    return f"{prefix}_{(at or now()):%Y%m%d_%H%M%S}_{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """
    One piece of work and its state; changes give a new record.

    ``task`` is what the worker gets, ``request`` what the client said (shown in listings);
    both are plain JSON types. ``progress`` is in percent (0..100) and never falls while the
    job runs. ``callback_due`` is when the webhook is to be tried (next). ``revision`` is the
    store's own count of writes; 0 before the first.
    """

    id: str
    kind: str
    task: Mapping[str, Any] = field(default_factory=dict)
    request: Mapping[str, Any] = field(default_factory=dict)
    status: JobStatus = JobStatus.PENDING
    progress: float = 0.0
    status_message: str = "Waiting for a free worker"
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    started_at: datetime | None = None
    finished_at: datetime | None = None
    estimated_completion: datetime | None = None
    cancel_requested: bool = False
    attempts: int = 0
    device: str | None = None
    cached: bool = False
    batch_id: str | None = None
    callback_url: str | None = None
    callback_due: datetime | None = None
    callback_attempts: int = 0
    callback_status: str | None = None
    request_id: str | None = None
    error: str | None = None
    error_code: str | None = None
    error_details: Mapping[str, Any] | None = None
    revision: int = 0

    @property
    def is_final(self) -> bool:
        """Tell whether nothing more will happen to this job."""
        return self.status in FINAL

    def moved(self, status: JobStatus, message: str, **changes: Any) -> Job:
        """
        Return the job in another state.

        Raises:
            IllegalMove: `LEGAL_MOVES` does not list it.
        """
        if status not in LEGAL_MOVES[self.status]:
            raise IllegalMove(self.id, old=self.status.value, new=status.value)
        return dataclasses.replace(
            self, status=status, status_message=message, updated_at=now(), **changes
        )

    def started(self, *, device: str) -> Job:
        """Return the job in the hands of a worker."""
        return self.moved(
            JobStatus.PROCESSING,
            "Starting",
            started_at=now(),
            progress=0.0,
            device=device,
            attempts=self.attempts + 1,
        )

    def progressed(self, *, fraction: float, message: str) -> Job:
        """
        Return the job with ``fraction`` (0..1) of its work done.

        Progress never falls; completion is estimated from the speed measured so far.

        Raises:
            IllegalMove: the job is not being processed.
        """
        if self.status is not JobStatus.PROCESSING:
            raise IllegalMove(self.id, old=self.status.value, new=JobStatus.PROCESSING.value)
        at = now()
        percent = max(self.progress, round(100.0 * min(max(fraction, 0.0), 1.0), 1))
        return dataclasses.replace(
            self,
            progress=percent,
            status_message=message,
            updated_at=at,
            estimated_completion=self._estimate(percent / 100.0, at),
        )

    def completed(self, *, cached: bool) -> Job:
        """Return the job with its result there."""
        return self._ended(
            JobStatus.COMPLETED,
            "Complete (from cache)" if cached else "Complete",
            progress=100.0,
            cached=cached,
        )

    def failed(self, *, error: str, error_code: str, details: Mapping[str, Any]) -> Job:
        """Return the job ended by an error."""
        return self._ended(
            JobStatus.FAILED,
            error,
            error=error,
            error_code=error_code,
            error_details=details,
        )

    def cancelled(self) -> Job:
        """Return the job ended by its owner."""
        return self._ended(JobStatus.CANCELLED, "Cancelled", cancel_requested=True)

    def requeued(self, reason: str) -> Job:
        """Return the job waiting again, because its server stopped."""
        return self.moved(
            JobStatus.PENDING, reason, started_at=None, estimated_completion=None, progress=0.0
        )

    def cancelling(self) -> Job:
        """Return the job marked: whoever holds it should stop."""
        return dataclasses.replace(
            self, cancel_requested=True, status_message="Cancelling", updated_at=now()
        )

    def _ended(self, status: JobStatus, message: str, **changes: Any) -> Job:
        at = now()
        if self.callback_url is not None:
            changes |= {"callback_due": at, "callback_status": "waiting"}
        return self.moved(status, message, finished_at=at, estimated_completion=None, **changes)

    def _estimate(self, fraction: float, at: datetime) -> datetime | None:
        if self.started_at is None or fraction < LEAST_FRACTION_FOR_ESTIMATE:
            return self.estimated_completion
        elapsed_seconds = (at - self.started_at).total_seconds()
        return at + timedelta(seconds=elapsed_seconds * (1.0 - fraction) / fraction)
