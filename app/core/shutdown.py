"""Hears that the server is to stop while it still waits for its clients."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType


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
