"""The only place for progress, cancellation and the device of one piece of running work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sync_analyzer.errors import AnalysisCancelled

Progress = Callable[[float, str], None]


def _silent(fraction: float, message: str) -> None:
    """Report to nobody."""


def _never() -> bool:
    return False


@dataclass(slots=True, kw_only=True)
class Run:
    """
    What a piece of work knows about the run it belongs to.

    ``part`` hands consecutive spans of the progress bar to children; ``checkpoint``
    reports progress inside one's own span and stops the work when it was cancelled.
    """

    progress: Progress = _silent
    cancelled: Callable[[], bool] = _never
    device: str = "cpu"
    _start: float = 0.0
    _span: float = 1.0
    _used: float = field(default=0.0)

    def part(self, share: float) -> Run:
        """Return a child for the next ``share`` (0..1) of this run's own span."""
        share = max(0.0, min(share, 1.0 - self._used))
        child = Run(
            progress=self.progress,
            cancelled=self.cancelled,
            device=self.device,
            _start=self._start + self._span * self._used,
            _span=self._span * share,
        )
        self._used += share
        return child

    def checkpoint(self, fraction: float, message: str) -> None:
        """
        Report ``fraction`` (0..1) of this span as done.

        Raises:
            AnalysisCancelled: the owner asked for the work to stop.
        """
        if self.cancelled():
            raise AnalysisCancelled
        self.progress(self._start + self._span * max(0.0, min(fraction, 1.0)), message)
