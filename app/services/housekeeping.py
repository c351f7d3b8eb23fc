"""What the process that runs the jobs tidies up now and then."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

from app.services.errors import StoreUnavailable
from app.services.job import FINAL, now
from app.services.ports import JobQuery, JobStore

logger = logging.getLogger(__name__)

PERIOD_SECONDS = 30.0
FORGET_AT_ONCE = 500


def forget_old_jobs(store: JobStore, *, days: float, count: int) -> int:
    """Forget jobs that ended more than ``days`` ago, and the oldest beyond ``count``."""
    old = JobQuery(
        statuses=FINAL,
        finished_before=now() - timedelta(days=days),
        limit=FORGET_AT_ONCE,
        oldest_first=True,
    )
    ids = [job.id for job in store.find(old)[0]]
    _, total = store.find(JobQuery(statuses=FINAL, limit=1))
    surplus = total - len(ids) - count
    if surplus > 0:
        query = JobQuery(
            statuses=FINAL, limit=min(surplus, FORGET_AT_ONCE), oldest_first=True, offset=len(ids)
        )
        ids += [job.id for job in store.find(query)[0]]
    if ids:
        store.forget(ids)
    return len(ids)


class Housekeeper:
    """Does its chores in a thread, every half minute."""

    def __init__(self, chores: tuple[Callable[[], object], ...]) -> None:
        self._chores = chores
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="housekeeper", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the chore at hand."""
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stopping.is_set():
            for chore in self._chores:
                _try(chore)
            self._stopping.wait(PERIOD_SECONDS)


def _try(chore: Callable[[], object]) -> None:
    try:
        chore()
    except (OSError, StoreUnavailable):
        logger.exception("a chore failed; it is tried again later")
