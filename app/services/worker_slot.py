"""One place for one worker: a pebble pool of a single process, and the pipe to it.

A pool of its own for each worker means that a worker killed at the worst moment can leave
nothing locked but its own pool, which is then thrown away with it.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

import psutil
from pebble import ProcessPool

from app.services.errors import JobFailure, JobTimedOut, JobTooBig, WorkerDied
from app.services.ports import Observer, Outcome, Work
from app.services.worker import WorkerConfig
from app.services.worker_link import run_work, start_worker, warm_up

logger = logging.getLogger(__name__)

CANCEL_GRACE_SECONDS = 0.4
"""How long a cancelled job may take to stop by itself before its process is killed."""

POOL_END_SECONDS = 5.0
"""How long a pool may take to give its locks back when the service stops."""


@dataclass(slots=True)
class Running:
    """What a slot is busy with."""

    work: Work
    observer: Observer
    started: float = field(default_factory=time.monotonic)
    kill_after: float | None = None
    failure: JobFailure | None = None
    cancelled: bool = False


class WorkerSlot:
    """A worker process that is replaced whenever it dies."""

    def __init__(
        self,
        config: WorkerConfig,
        *,
        time_limit_seconds: float,
        memory_limit_bytes: int,
    ) -> None:
        self._config = config
        self._time_limit_seconds = time_limit_seconds
        self._memory_limit_bytes = memory_limit_bytes
        self._lock = threading.RLock()
        self._pool: Any = None
        self._pipe: Connection | None = None
        self._far_end: Connection | None = None
        self._pid: int | None = None
        self._running: Running | None = None
        self._ends: list[threading.Thread] = []

    @property
    def job_id(self) -> str | None:
        """The job this slot is busy with."""
        running = self._running
        return running.work.job_id if running else None

    @property
    def pipe(self) -> Connection | None:
        """Where the worker's messages arrive; ``None`` before the first work."""
        return self._pipe

    def prestart(self, module: str) -> None:
        """Start the process and let it import what the first job needs."""
        with self._lock:
            self._open()
            self._pool.schedule(warm_up, args=(module,))

    def submit(self, work: Work, observer: Observer) -> None:
        """Give the idle worker a piece of work."""
        with self._lock:
            assert self._running is None, "the slot is busy"
            if self._pool is None or not self._pool.active:
                self._open()
            self._running = Running(work, observer)
            future: Future[Outcome] = self._pool.schedule(run_work, args=(work,))
        future.add_done_callback(self._ended)

    def cancel(self) -> None:
        """Ask the work to stop; `check` kills it if it does not."""
        with self._lock:
            if self._running is None or self._running.cancelled:
                return
            self._running.cancelled = True
            self._running.kill_after = time.monotonic() + CANCEL_GRACE_SECONDS
            with suppress(OSError):
                assert self._pipe is not None
                self._pipe.send(self._running.work.job_id)

    def receive(self) -> None:
        """Take one waiting message of the worker and pass it on."""
        pipe = self._pipe
        if pipe is None:
            return
        try:
            message = pipe.recv()
        except (EOFError, OSError):
            return
        if message[0] == "hello":
            self._pid = message[1]
            return
        _, job_id, fraction, text = message
        running = self._running
        if running is not None and running.work.job_id == job_id and not running.cancelled:
            running.observer.progressed(job_id, fraction, text)

    def check(self) -> None:
        """Kill the worker if its job was cancelled, takes too long or too much memory."""
        with self._lock:
            running = self._running
            if running is None or self._pid is None:
                return
            at = time.monotonic()
            if running.kill_after is not None:
                if at >= running.kill_after:
                    self._kill()
                return
            if at - running.started > self._time_limit_seconds:
                running.failure = JobTimedOut(limit_seconds=self._time_limit_seconds)
            elif (used := _private_bytes(self._pid)) > self._memory_limit_bytes:
                running.failure = JobTooBig(limit_bytes=self._memory_limit_bytes, used_bytes=used)
            if running.failure is not None:
                running.kill_after = at
                self._kill()

    def close(self) -> None:
        """Kill the worker; running work ends with an empty outcome."""
        with self._lock:
            running, self._running = self._running, None
            self._drop()
        for end in self._ends:
            end.join(timeout=POOL_END_SECONDS)
        if running is not None:
            running.observer.ended(running.work.job_id, Outcome())

    def _open(self) -> None:
        self._drop()
        context = multiprocessing.get_context("spawn")
        self._pipe, self._far_end = context.Pipe(duplex=True)
        self._pool = ProcessPool(
            max_workers=1,
            initializer=start_worker,
            initargs=(self._far_end, self._config),
            context=context,
        )

    def _drop(self) -> None:
        """Throw away the pool with its process and locks."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()  # first, or it would replace the process that is killed next
            self._kill()
            end = threading.Thread(target=pool.join, name="pool end", daemon=True)
            end.start()
            self._ends = [other for other in self._ends if other.is_alive()] + [end]
        for pipe_end in (self._pipe, self._far_end):
            if pipe_end is not None:
                pipe_end.close()  # a worker that was just starting leaves when it sees this
        self._pipe = self._far_end = self._pid = None

    def _kill(self) -> None:
        if self._pid is not None:
            with suppress(ProcessLookupError):
                os.kill(self._pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    def _ended(self, future: Future[Outcome]) -> None:
        with self._lock:
            running, self._running = self._running, None
            if running is None:
                return  # the slot was closed meanwhile
            error = future.exception()
            if error is not None:
                logger.warning("worker of %s ended: %r", running.work.job_id, error)
                self._drop()
        outcome = future.result() if error is None else _outcome_of(running, error)
        running.observer.ended(running.work.job_id, outcome)


def _outcome_of(running: Running, error: BaseException) -> Outcome:
    if running.cancelled:
        return Outcome()
    exit_code = getattr(error, "exitcode", getattr(error, "code", None))
    failure = running.failure or WorkerDied(exit_code=exit_code)
    return Outcome(
        error=failure.message, error_code=failure.error_code, error_details=failure.details
    )


def _private_bytes(pid: int) -> int:
    """Return the memory a process holds for itself, shared file pages left out."""
    try:
        memory = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    return int(memory.rss - getattr(memory, "shared", 0))
