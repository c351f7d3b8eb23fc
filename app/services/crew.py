"""What the process that runs the jobs does besides answering requests."""

from __future__ import annotations

from app.services.dispatcher import Dispatcher
from app.services.pebble_executor import PebbleExecutor


class JobCrew:
    """The dispatcher with its workers, started and stopped together."""

    def __init__(self, dispatcher: Dispatcher, executor: PebbleExecutor) -> None:
        self._dispatcher = dispatcher
        self._executor = executor

    @property
    def is_healthy(self) -> bool:
        """Tell whether the dispatcher is at work."""
        return self._dispatcher.is_alive

    def start(self) -> None:
        """Take up the queue and let one worker do its imports."""
        self._executor.prestart("sync_analyzer.pipeline")
        self._dispatcher.start()

    def wake(self) -> None:
        """Look for new jobs now."""
        self._dispatcher.wake()

    def stop(self, *, grace_seconds: float) -> None:
        """Finish or put back what runs, and end."""
        self._dispatcher.stop(grace_seconds=grace_seconds)
