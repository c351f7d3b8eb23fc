"""What the process that runs the jobs does besides answering requests."""

from __future__ import annotations

from typing import Protocol

from app.services.dispatcher import Dispatcher
from app.services.pebble_executor import PebbleExecutor


class Companion(Protocol):
    """Somebody with a thread of their own."""

    def start(self) -> None:
        """Begin."""
        ...

    def stop(self) -> None:
        """End soon."""
        ...


class JobCrew:
    """The dispatcher with its workers and companions, started and stopped together."""

    def __init__(
        self, dispatcher: Dispatcher, executor: PebbleExecutor, companions: tuple[Companion, ...]
    ) -> None:
        self._dispatcher = dispatcher
        self._executor = executor
        self._companions = companions

    @property
    def is_healthy(self) -> bool:
        """Tell whether the dispatcher is at work."""
        return self._dispatcher.is_alive

    def start(self) -> None:
        """Take up the queue and let one worker do its imports."""
        self._executor.prestart("sync_analyzer.pipeline")
        self._dispatcher.start()
        for companion in self._companions:
            companion.start()

    def wake(self) -> None:
        """Look for new jobs now."""
        self._dispatcher.wake()

    def stop(self, *, grace_seconds: float) -> None:
        """Finish or put back what runs, and end."""
        for companion in self._companions:
            companion.stop()
        self._dispatcher.stop(grace_seconds=grace_seconds)
