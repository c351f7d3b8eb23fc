"""Decodes master and dub at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait

from sync_analyzer.media.decode import Decoding
from sync_analyzer.media.track import Media, Track
from sync_analyzer.run import Run

_LOOK_EVERY_SECONDS = 0.1


def decode_pair(
    master: Media, dub: Media, *, sample_rate_hz: int, run: Run | None = None
) -> tuple[Track, Track]:
    """
    Return both tracks, as `decode` gives them, decoded in two threads.

    Only this thread is heard by ``run``.

    Raises:
        MediaError: as `decode`; the master's where both files are at fault.
        AnalysisCancelled: the run was cancelled; nothing is at work any more by then.
    """
    run = run or Run()
    closely = threading.Lock()
    decodings = [
        Decoding(media=media, sample_rate_hz=sample_rate_hz, progress_label=label, closely=closely)
        for media, label in ((master, "Master"), (dub, "Dub"))
    ]
    watched = [_Watched("master"), _Watched("dub")]
    shares = _shares(master, dub)
    with ThreadPoolExecutor(max_workers=2) as pool:
        tracks: list[Future[Track]] = [
            pool.submit(decoding.run, Run(progress=one.progress, cancelled=one.stop.is_set))
            for decoding, one in zip(decodings, watched, strict=True)
        ]
        try:
            while wait(tracks, timeout=_LOOK_EVERY_SECONDS).not_done and not _failed(tracks[0]):
                fraction = sum(s * one.fraction for s, one in zip(shares, watched, strict=True))
                run.checkpoint(fraction, _both(*watched))
        finally:
            for one in watched:
                one.stop.set()
    return tracks[0].result(), tracks[1].result()


class _Watched:
    """What one thread last said, and the word to stop it."""

    def __init__(self, name: str) -> None:
        self.fraction = 0.0
        self.message = f"Decoding {name} - starting"
        self.stop = threading.Event()

    def progress(self, fraction: float, message: str) -> None:
        """Take note of the thread's progress."""
        self.fraction, self.message = fraction, message


def _both(master: _Watched, dub: _Watched) -> str:
    return f"{master.message}, {dub.message.removeprefix('Decoding ')}"


def _failed(track: Future[Track]) -> bool:
    return track.done() and track.exception() is not None


def _shares(*media: Media) -> list[float]:
    """Return the share of the work that each file is."""
    lengths = [max(one.duration_seconds, 1.0) for one in media]
    return [length / sum(lengths) for length in lengths]
