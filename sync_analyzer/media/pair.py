"""Decodes master and dub at the same time, in two threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait

from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.media.decode import decode
from sync_analyzer.media.track import Media, Track
from sync_analyzer.run import Run

_POLL_SECONDS = 0.2


def decode_pair(
    master: Media, dub: Media, *, sample_rate_hz: int, run: Run | None = None
) -> tuple[Track, Track]:
    """
    Return both tracks, as `decode` gives them.

    The decoders and resamplers work outside Python's lock, so two threads keep two cores
    busy and nothing is copied between processes. Progress and cancellation stay in the
    calling thread.

    Raises:
        MediaError: as `decode`, for the first file found at fault.
        AnalysisCancelled: the run was cancelled; both threads have ended by then.
    """
    run = run or Run()
    stop = threading.Event()
    sides = [_Side(master, "Master", stop), _Side(dub, "Dub", stop)]
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="decode") as threads:
        futures = [threads.submit(side.decode, sample_rate_hz=sample_rate_hz) for side in sides]
        try:
            _watch(futures, sides, run)
        finally:
            stop.set()
    for future in futures:
        error = future.exception()
        if error is not None and not isinstance(error, AnalysisCancelled):
            raise error
    return futures[0].result(), futures[1].result()


class _Side:
    """One file being decoded in its thread, and how far it is."""

    def __init__(self, media: Media, label: str, stop: threading.Event) -> None:
        self._media = media
        self._label = label
        self._stop = stop
        self.fraction = 0.0
        self.message = f"{label.lower()} - starting"

    @property
    def weight(self) -> float:
        """The side's share of the work, not scaled."""
        return max(self._media.duration_seconds, 1.0)

    def decode(self, *, sample_rate_hz: int) -> Track:
        """Decode the file, in whatever thread this is called."""
        track = decode(
            self._media,
            sample_rate_hz=sample_rate_hz,
            run=Run(progress=self._note, cancelled=self._stop.is_set),
            progress_label=self._label,
        )
        self.fraction = 1.0
        return track

    def _note(self, fraction: float, message: str) -> None:
        self.fraction = fraction
        self.message = message.removeprefix("Decoding ")


def _watch(futures: Sequence[Future[Track]], sides: Sequence[_Side], run: Run) -> None:
    """Pass on progress and cancellation until both are done or one has failed."""
    total = sum(side.weight for side in sides)
    pending = True
    while pending:
        fraction = sum(side.weight * side.fraction for side in sides) / total
        run.checkpoint(fraction, "Decoding " + ", ".join(side.message for side in sides))
        done, waiting = wait(futures, timeout=_POLL_SECONDS, return_when=FIRST_EXCEPTION)
        pending = bool(waiting) and not any(future.exception() for future in done)
