"""Takes waiting jobs to the executor and writes down what becomes of them.

One dispatcher runs at a time, over all server processes (`app.services.runner` sees to it).
It writes from one thread only; what the executor says is put into queues for that thread.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

from app.services.batch_state import settle_batch
from app.services.errors import (
    IllegalMove,
    JobInterrupted,
    JobNotFound,
    ServiceError,
    StoreUnavailable,
    WorkerDied,
)
from app.services.job import Job, JobStatus
from app.services.ports import DevicePool, JobExecutor, JobQuery, JobStore, Outcome, Work

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
SECONDS_BETWEEN_WRITES = 0.25
EVERYTHING = 1_000_000


@dataclass(slots=True)
class Held:
    """A job in the executor's hands."""

    lease: ExitStack
    batch_id: str | None
    news: tuple[float, str] | None = None
    last_write: float = 0.0
    cancelling: bool = False


class Dispatcher:
    """The observer of running work, and the one who starts it."""

    def __init__(
        self,
        store: JobStore,
        executor: JobExecutor,
        devices: DevicePool,
        *,
        kinds: frozenset[str],
        max_concurrent_jobs: int,
        job_attempts: int,
        on_end: Callable[[Job], None] = lambda job: None,
    ) -> None:
        self._store = store
        self._executor = executor
        self._devices = devices
        self._kinds = kinds
        self._max_concurrent_jobs = max_concurrent_jobs
        self._job_attempts = job_attempts
        self._on_end = on_end
        self._held: dict[str, Held] = {}
        self._endings: deque[tuple[str, Outcome]] = deque()
        self._wake = threading.Event()
        self._draining = False
        self._stopped = False
        self._thread = threading.Thread(target=self._work, name="dispatcher", daemon=True)

    @property
    def running(self) -> int:
        """How many jobs are in the executor's hands."""
        return len(self._held)

    @property
    def is_alive(self) -> bool:
        """Tell whether the dispatcher is at work."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Take up what an earlier dispatcher left, then serve."""
        self._recover()
        self._thread.start()

    def wake(self) -> None:
        """Look at the jobs now instead of at the next tick."""
        self._wake.set()

    def stop(self, *, grace_seconds: float) -> None:
        """Start nothing new, let running jobs finish for a while, put the rest back."""
        self._draining = True
        deadline = time.monotonic() + grace_seconds
        while self._held and time.monotonic() < deadline:
            time.sleep(0.05)
        self._executor.close()
        self._stopped = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        self._write_endings()

    def progressed(self, job_id: str, fraction: float, message: str) -> None:
        """Hear that ``fraction`` (0..1) is done."""
        held = self._held.get(job_id)
        if held is not None:
            held.news = (fraction, message)

    def ended(self, job_id: str, outcome: Outcome) -> None:
        """Hear how the work ended."""
        self._endings.append((job_id, outcome))
        self._wake.set()

    def _work(self) -> None:
        while not self._stopped:
            self._wake.wait(TICK_SECONDS)
            self._wake.clear()
            try:
                self._write_endings()
                self._write_progress()
                self._pass_on_cancellations()
                while not self._draining and self._start_one():
                    pass
            except StoreUnavailable as error:
                logger.error("%s", error.message)
                time.sleep(1.0)

    def _recover(self) -> None:
        query = JobQuery(
            statuses=frozenset({JobStatus.PROCESSING}), limit=EVERYTHING, oldest_first=True
        )
        for job in self._store.find(query)[0]:
            if job.kind in self._kinds:
                self._store.change(job.id, self._picked_up)
                if job.batch_id:
                    settle_batch(self._store, job.batch_id)
            elif job.kind == "batch":
                settle_batch(self._store, job.id)

    def _picked_up(self, job: Job) -> Job:
        if job.cancel_requested:
            return job.cancelled()
        if job.attempts >= self._job_attempts:
            failure = JobInterrupted(attempts=job.attempts)
            return job.failed(
                error=failure.message, error_code=failure.error_code, details=failure.details
            )
        logger.info(
            "job %s is queued again: the server stopped under it", job.id, extra=_about(job)
        )
        return job.requeued("Waiting again: the server was restarted")

    def _start_one(self) -> bool:
        """Start the next job; tell whether there was one to start."""
        if len(self._held) >= self._max_concurrent_jobs:
            return False
        job = self._next()
        if job is None:
            return False
        lease = ExitStack()
        wants_device = bool(job.task.get("wants_device"))
        device = lease.enter_context(self._devices.lease()) if wants_device else "cpu"
        try:
            started = self._store.change(job.id, lambda old: old.started(device=device))
        except (IllegalMove, JobNotFound):  # cancelled or forgotten at this moment
            lease.close()
            return True
        except StoreUnavailable:
            lease.close()
            raise
        self._held[job.id] = Held(lease, job.batch_id)
        if job.batch_id:
            settle_batch(self._store, job.batch_id)
        logger.info("job %s starts on %s", job.id, device, extra=_about(job))
        self._hand_over(started, device)
        return True

    def _hand_over(self, job: Job, device: str) -> None:
        work = Work(
            job_id=job.id,
            kind=job.kind,
            task=job.task,
            device=device,
            request_id=job.request_id,
        )
        try:
            self._executor.submit(work, self)
        except (ServiceError, RuntimeError, OSError) as error:  # no process could be started
            logger.exception("no worker for job %s", job.id, extra=_about(job))
            failure = WorkerDied(exit_code=None)
            self.ended(
                job.id,
                Outcome(
                    error=failure.message,
                    error_code=failure.error_code,
                    error_details={"reason": str(error)},
                ),
            )

    def _next(self) -> Job | None:
        """Return the oldest waiting job: of those outside batches first, then of batches."""
        pending = JobQuery(
            kinds=self._kinds,
            statuses=frozenset({JobStatus.PENDING}),
            limit=1,
            oldest_first=True,
        )
        for query in (
            dataclasses.replace(pending, in_batch=False),
            dataclasses.replace(pending, in_batch=True, not_batches=self._busy_batches()),
        ):
            jobs, _ = self._store.find(query)
            if jobs:
                return jobs[0]
        return None

    def _busy_batches(self) -> frozenset[str]:
        """Return the batches that run as many pairs as they may."""
        running = Counter(held.batch_id for held in self._held.values() if held.batch_id)
        return frozenset(
            batch_id
            for batch_id, count in running.items()
            if count >= self._store.get(batch_id).task["max_parallel"]
        )

    def _pass_on_cancellations(self) -> None:
        for job_id, held in tuple(self._held.items()):
            if not held.cancelling and self._store.get(job_id).cancel_requested:
                held.cancelling = True
                self._executor.cancel(job_id)

    def _write_progress(self) -> None:
        at = time.monotonic()
        for job_id, held in tuple(self._held.items()):
            if held.news is None or at - held.last_write < SECONDS_BETWEEN_WRITES:
                continue
            (fraction, message), held.news = held.news, None
            held.last_write = at

            def step(job: Job, fraction: float = fraction, message: str = message) -> Job:
                if job.cancel_requested:
                    return job
                return job.progressed(fraction=fraction, message=message)

            self._store.change(job_id, step)

    def _write_endings(self) -> None:
        while self._endings:
            job_id, outcome = self._endings[0]
            self._end(job_id, outcome)
            self._endings.popleft()

    def _end(self, job_id: str, outcome: Outcome) -> None:
        try:
            job = self._store.change(
                job_id, lambda old: _ended_as(old, outcome), result=outcome.result
            )
        except (IllegalMove, JobNotFound) as error:
            logger.warning("the end of job %s came too late: %s", job_id, error)
            job = None
        held = self._held.pop(job_id, None)
        if held is not None:
            held.lease.close()
        if job is not None:
            logger.info("job %s is %s", job_id, job.status.value, extra=_about(job))
            if job.is_final:
                self._on_end(job)
            if job.batch_id:
                settle_batch(self._store, job.batch_id)


def _about(job: Job) -> dict[str, dict[str, str]]:
    """Return what puts a log line to its job and to the request that made it."""
    return {"fields": {"job_id": job.id, "request_id": job.request_id or "-"}}


def _ended_as(job: Job, outcome: Outcome) -> Job:
    if job.cancel_requested:
        return job.cancelled()
    if outcome.error is not None:
        return job.failed(
            error=outcome.error,
            error_code=outcome.error_code or "INTERNAL_ERROR",
            details=outcome.error_details,
        )
    if outcome.result is None:
        waiting = job.requeued("Waiting again: the server was stopped")
        return dataclasses.replace(waiting, attempts=job.attempts - 1)
    return job.completed(cached=outcome.cached)
