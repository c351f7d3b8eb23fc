"""Tells waiting event streams that something changed, without one query for each of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from app.services.errors import StoreUnavailable
from app.services.ports import JobStore

TICK_SECONDS = 0.1

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look sees, for all who ask while the journal is in the same state."""

    state: asyncio.Event
    begun_at: float
    answer: asyncio.Future[Any]


class Feed:
    """
    One look at the journal ten times a second while anybody waits.

    ``close`` lets every stream end, so that a stopping server does not wait for clients.
    """

    def __init__(self, store: JobStore) -> None:
        self._store = store
        self._mark = 0
        self._changed = asyncio.Event()
        self._looks: dict[str, _Look] = {}
        self._waiting = 0
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    @property
    def is_closed(self) -> bool:
        """Tell whether the server is stopping."""
        return self._closed

    def start(self) -> None:
        """Begin looking; call it in the event loop."""
        self._task = asyncio.get_running_loop().create_task(self._look())

    def close(self) -> None:
        """Wake everybody for the last time."""
        self._closed = True
        self._changed.set()

    async def stop(self) -> None:
        """Close, and end the looking."""
        self.close()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def changed(self, *, timeout_seconds: float) -> None:
        """Wait until some job changed, the feed was closed, or the time is over."""
        if self._closed:
            return
        self._waiting += 1
        try:
            await asyncio.wait_for(self._changed.wait(), timeout_seconds)
        except asyncio.TimeoutError:
            return
        finally:
            self._waiting -= 1

    async def shared(self, key: str, look: Callable[[], T]) -> T:
        """
        Return what ``look`` sees; it runs in a thread, once for all streams that ask together.

        ``key`` names what is looked at. Many streams of one large batch cost as much as one.
        """
        at = time.monotonic()
        known = self._looks.get(key)
        if known is None or known.state is not self._changed or at - known.begun_at > TICK_SECONDS:
            self._looks = {k: v for k, v in self._looks.items() if v.state is self._changed}
            known = _Look(self._changed, at, asyncio.ensure_future(asyncio.to_thread(look)))
            self._looks[key] = known
        answer: T = await asyncio.shield(known.answer)
        return answer

    async def _look(self) -> None:
        while not self._closed:
            await asyncio.sleep(TICK_SECONDS)
            if not self._waiting:
                continue
            try:
                _, newest = self._store.changes(self._mark)
            except StoreUnavailable:
                continue
            if newest != self._mark:
                self._mark = newest
                self._changed.set()
                self._changed = asyncio.Event()
