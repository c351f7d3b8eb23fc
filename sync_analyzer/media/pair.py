"""Decodes master and dub at the same time."""

from __future__ import annotations

from sync_analyzer.media.decode import decode
from sync_analyzer.media.track import Media, Track
from sync_analyzer.run import Run


def decode_pair(
    master: Media, dub: Media, *, sample_rate_hz: int, run: Run | None = None
) -> tuple[Track, Track]:
    """
    Return both tracks, as `decode` does.

    Raises:
        MediaError, AnalysisCancelled: as `decode`.
    """
    run = run or Run()
    first = decode(master, sample_rate_hz=sample_rate_hz, run=run.part(0.5))
    return first, decode(
        dub, sample_rate_hz=sample_rate_hz, run=run.part(0.5), progress_label="Dub"
    )
