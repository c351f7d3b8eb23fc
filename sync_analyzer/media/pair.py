"""Decodes master and dub at the same time."""

from __future__ import annotations

import os

from sync_analyzer.media.child import Child, ChildFailed
from sync_analyzer.media.decode import Decoding
from sync_analyzer.media.track import Media, Track
from sync_analyzer.run import Run

_WORTH_A_PROCESS_SECONDS = 300.0
"""A child costs a few tenths of a second; shorter files are decoded one after the other."""


def decode_pair(
    master: Media, dub: Media, *, sample_rate_hz: int, run: Run | None = None
) -> tuple[Track, Track]:
    """
    Return both tracks, as `decode` gives them.

    Long files are decoded in two processes, the dub's views coming over in shared memory.
    Two threads would not do: every packet passes Python's lock several times, and two
    decoders that fight for it take longer than one after the other.

    Raises:
        MediaError: as `decode`; the master's where both files are at fault.
        AnalysisCancelled: the run was cancelled; no process is left by then.
    """
    run = run or Run()
    first, second = (
        Decoding(media=media, sample_rate_hz=sample_rate_hz, progress_label=label)
        for media, label in ((master, "Master"), (dub, "Dub"))
    )
    share = _share(master, dub)
    if not _is_worth_a_process(master, dub):
        return first.run(run.part(share)), second.run(run.part(1 - share))
    with Child(dub, sample_rate_hz=sample_rate_hz, progress_label="Dub") as child:
        master_track = first.run(_beside(child, run, share=share))
        try:
            return master_track, child.track(_after(run, share=share))
        except ChildFailed:
            return master_track, second.run(_after(run, share=share))


def _share(master: Media, dub: Media) -> float:
    """Return the master's share of the work."""
    lengths = [max(media.duration_seconds, 1.0) for media in (master, dub)]
    return lengths[0] / sum(lengths)


def _is_worth_a_process(master: Media, dub: Media) -> bool:
    shorter_seconds = min(master.duration_seconds, dub.duration_seconds)
    return Child.available and shorter_seconds >= _WORTH_A_PROCESS_SECONDS and _cores() > 1


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _beside(child: Child, run: Run, *, share: float) -> Run:
    """Return the run of what this process does while the child works."""

    def progress(fraction: float, message: str) -> None:
        child.look()
        both = share * fraction + (1 - share) * child.fraction
        run.checkpoint(both, f"{message}, {child.message}")

    return Run(progress=progress)


def _after(run: Run, *, share: float) -> Run:
    """Return the run of waiting for the child."""
    return Run(progress=lambda done, message: run.checkpoint(share + (1 - share) * done, message))
