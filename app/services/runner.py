"""Sees to it that exactly one of the server processes on a DATA_DIR runs the jobs.

The one holds a lock that the system releases when the process ends, however it ends; the
others serve requests and try for the lock twice a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Protocol

from app.services.file_lock import FileLock

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_TRIES = 0.5


class Crew(Protocol):
    """What works while the lock is held: the dispatcher and its companions."""

    @property
    def is_healthy(self) -> bool:
        """Tell whether everybody is still at work."""
        ...

    def start(self) -> None:
        """Begin."""
        ...

    def wake(self) -> None:
        """Look for new jobs now."""
        ...

    def stop(self, *, grace_seconds: float) -> None:
        """Finish or put back what runs, and end."""
        ...


class Runner:
    """Holds the lock and the crew, or tries to."""

    def __init__(self, lock: FileLock, make_crew: Callable[[], Crew]) -> None:
        self._lock = lock
        self._make_crew = make_crew
        self._crew: Crew | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._try_on, name="runner", daemon=True)

    @property
    def is_running_jobs(self) -> bool:
        """Tell whether this process is the one."""
        return self._crew is not None

    @property
    def is_healthy(self) -> bool:
        """Tell whether the jobs are looked after, as far as this process knows."""
        return self._crew is None or self._crew.is_healthy

    def start(self) -> None:
        """Take over at once where nobody else does, and keep trying otherwise."""
        if not self._take_over():
            self._thread.start()

    def wake(self) -> None:
        """Tell the crew that there may be something new."""
        if self._crew is not None:
            self._crew.wake()

    def stop(self, *, grace_seconds: float) -> None:
        """Stop the crew and let go of the lock."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        if self._crew is not None:
            self._crew.stop(grace_seconds=grace_seconds)
            self._crew = None
        self._lock.release()

    def _try_on(self) -> None:
        while not self._stopping.wait(SECONDS_BETWEEN_TRIES):
            if self._take_over():
                return

    def _take_over(self) -> bool:
        if not self._lock.acquire():
            return False
        logger.info("this process runs the jobs from now on")
        crew = self._make_crew()
        crew.start()
        self._crew = crew
        return True
