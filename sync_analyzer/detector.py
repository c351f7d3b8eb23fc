"""The seam every method implements: two tracks in, `Evidence` out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Protocol

from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSpec:
    """How a detector is listed: its name on the wire and one sentence."""

    name: str
    summary: str


class Detector(Protocol):
    """
    One way to compare two tracks.

    Implementations are frozen dataclasses whose fields are their options, bound to
    ``DETECTOR`` in a module of `sync_analyzer.core` or `sync_analyzer.ai`.
    """

    spec: ClassVar[DetectorSpec]

    def __init__(self, *, window_seconds: float = 30.0) -> None:
        """Take the length of the windows to compare."""
        ...

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """
        Return everything this method can say about where the dub lies.

        Raises:
            AnalysisCancelled: between two steps, once the run was cancelled.
            DetectorUnavailable: a package or weights are missing.
        """
        ...
