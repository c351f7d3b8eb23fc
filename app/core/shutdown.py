"""Hears that the server is to stop while it still waits for its clients."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


class InFlight:
    """
    The requests that are being answered.

    A server that stops waits for them, and a client that sends nothing more, or reads
    nothing more, would keep it waiting for ever.
    """

    def __init__(self) -> None:
        self._requests: set[asyncio.Task[object]] = set()
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Tell whether requests are no longer waited for."""
        return self._is_over

    @contextmanager
    def request(self) -> Iterator[None]:
        """Count the task that enters the block as a request."""
        task = asyncio.current_task()
        assert task is not None
        self._requests.add(task)
        try:
            yield
        finally:
            self._requests.discard(task)

    def end_after(self, seconds: float) -> None:
        """Cancel what is still being answered then; call it in the event loop."""
        asyncio.get_running_loop().call_later(seconds, self._end)

    def _end(self) -> None:
        self._is_over = True
        for request in tuple(self._requests):
            request.cancel()


def on_stop_signal(act: Callable[[], None]) -> None:
    """Call ``act`` at the first SIGTERM or SIGINT, before the server's own handler."""
    if threading.current_thread() is not threading.main_thread():
        return  # only the main thread hears signals; tests run the service elsewhere
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(number, act)


def _chain(number: signal.Signals, act: Callable[[], None]) -> None:
    server_handler = signal.getsignal(number)
    if not callable(server_handler):
        return

    def handler(signum: int, frame: FrameType | None) -> None:
        act()
        server_handler(signum, frame)

    signal.signal(number, handler)
