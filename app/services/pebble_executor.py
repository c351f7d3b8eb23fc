"""Runs work in worker processes of this machine."""

from __future__ import annotations

import logging
import threading
import time
from multiprocessing.connection import wait

from app.services.errors import NoFreeWorker
from app.services.ports import Observer, Work
from app.services.worker import WorkerConfig
from app.services.worker_slot import WorkerSlot

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_CHECKS = 0.1


class PebbleExecutor:
    """
    A fixed number of worker processes, each started when first needed.

    One thread listens to all of them and looks after their limits.
    """

    def __init__(
        self,
        config: WorkerConfig,
        *,
        workers: int,
        time_limit_seconds: float,
        memory_limit_bytes: int,
    ) -> None:
        self._slots = tuple(
            WorkerSlot(
                config,
                time_limit_seconds=time_limit_seconds,
                memory_limit_bytes=memory_limit_bytes,
            )
            for _ in range(workers)
        )
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._monitor = threading.Thread(target=self._watch, name="workers", daemon=True)
        self._monitor.start()

    def prestart(self, module: str) -> None:
        """Start one worker and let it import ``module``, so that the first job need not wait."""
        self._slots[0].prestart(module)

    def submit(self, work: Work, observer: Observer) -> None:
        """
        Start the work in a free worker, a warm one first.

        Raises:
            NoFreeWorker: all are busy.
        """
        with self._lock:
            free = [slot for slot in self._slots if slot.job_id is None]
            if not free:
                raise NoFreeWorker(workers=len(self._slots))
            slot = min(free, key=lambda one: one.pipe is None)
            slot.submit(work, observer)

    def cancel(self, job_id: str) -> None:
        """Stop the work within a second."""
        for slot in self._slots:
            if slot.job_id == job_id:
                slot.cancel()

    def close(self) -> None:
        """Kill all workers."""
        self._closing.set()
        self._monitor.join()
        for slot in self._slots:
            slot.close()

    def _watch(self) -> None:
        next_check = 0.0
        while not self._closing.is_set():
            pipes = {slot.pipe: slot for slot in self._slots if slot.pipe is not None}
            try:
                ready = wait(list(pipes), timeout=SECONDS_BETWEEN_CHECKS)
            except (OSError, ValueError):  # a slot was reset meanwhile
                continue
            if not pipes:
                time.sleep(SECONDS_BETWEEN_CHECKS)
            for pipe in ready:
                pipes[pipe].receive()  # type: ignore[index]
            if time.monotonic() >= next_check:
                next_check = time.monotonic() + SECONDS_BETWEEN_CHECKS
                for slot in self._slots:
                    slot.check()
