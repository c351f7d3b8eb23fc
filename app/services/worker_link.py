"""The worker process's side of its slot: set-up, progress out, cancellation in.

One pipe per worker, so a worker that is killed can hold no lock that others need.
"""

from __future__ import annotations

import importlib
import logging
import os
import signal
import threading
import time
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import NoReturn

from app.core.logging import configure_logging
from app.services.ports import Outcome, Work
from app.services.worker import WorkerConfig, execute
from sync_analyzer.memory import give_memory_back, keep_freed_memory
from sync_analyzer.run import Run

SECONDS_BETWEEN_MESSAGES = 0.1
NICENESS = 10
"""Workers give way to the process that answers requests."""

logger = logging.getLogger(__name__)


class Link:
    """One worker's end of the pipe."""

    def __init__(self, pipe: Connection, config: WorkerConfig) -> None:
        self.config = config
        self._pipe = pipe
        self._cancel = threading.Event()
        self._job_id = ""
        self._last_sent = 0.0
        pipe.send(("hello", os.getpid()))
        threading.Thread(target=self._listen, name="cancellation", daemon=True).start()

    def run(self, work: Work) -> Outcome:
        """Do one piece of work, telling the other end how far it is."""
        self._cancel.clear()
        self._job_id = work.job_id
        self._last_sent = 0.0
        run = Run(progress=self._progress, cancelled=self._cancel.is_set, device=work.device)
        return execute(work, run, self.config)

    def _progress(self, fraction: float, message: str) -> None:
        at = time.monotonic()
        if at - self._last_sent < SECONDS_BETWEEN_MESSAGES and fraction < 1.0:
            return
        self._last_sent = at
        self._pipe.send(("progress", self._job_id, fraction, message))

    def _listen(self) -> NoReturn:
        """Take cancellations; leave at once when the server is gone."""
        while True:
            try:
                cancelled_id = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(1)
            if cancelled_id == self._job_id:
                self._cancel.set()


_link: list[Link] = []
"""The link of this process, put there once by `start_worker`."""


def start_worker(pipe: Connection, config: WorkerConfig) -> None:
    """Make this process a worker."""
    # Whoever stops the whole process group must not take running jobs along: the server
    # decides, and its way to end a worker is SIGKILL.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _give_way()
    keep_freed_memory()
    os.environ.update(config.ai_environment)
    configure_logging(
        level=config.log_level,
        path=config.log_file,
        max_bytes=config.log_max_bytes,
        backups=config.log_backups,
    )
    _link.append(Link(pipe, config))


def _give_way() -> None:
    """Let whoever answers requests have the processor as soon as it wants it."""
    with suppress(AttributeError, OSError):  # not every system has these
        os.nice(NICENESS)
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def warm_up(module: str) -> None:
    """Import what the first job would wait for."""
    importlib.import_module(module)


def run_work(work: Work) -> Outcome:
    """Do one piece of work in this worker."""
    try:
        return _link[0].run(work)
    finally:
        give_memory_back()
