"""Whether a proposed line can still add anything to what is confirmed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import binary_dilation

from sync_analyzer.alignment.lines import Pair
from sync_analyzer.alignment.path import path_of
from sync_analyzer.evidence import Line, Vote

MIN_OPEN_SHARE = 0.25
MIN_OPEN_TOTAL = 0.03
MIN_OPEN_RUN = 8
MARGIN_FRAMES = 24


def covered_frames(pair: Pair) -> NDArray[np.bool_]:
    """Return, for every frame of the master, whether the best path has evidence there."""
    count = int(pair.master_seconds / pair.hop_seconds) + 2
    covered = np.zeros(count, np.bool_)
    for stretch in path_of(pair):
        covered[stretch.first : stretch.last + 1] = True
    return covered


def open_frames(covered: NDArray[np.bool_], *, margin: int = MARGIN_FRAMES) -> NDArray[np.bool_]:
    """Return the frames without evidence and those around them."""
    return np.asarray(binary_dilation(~covered, iterations=margin), np.bool_)


def may_add(pair: Pair, line: Line, votes: Sequence[Vote], *, covered: NDArray[np.bool_]) -> bool:
    """
    Tell whether the line claims frames that are still open.

    A line with votes claims their windows; one without claims all frames of both files, and
    may be worth it for one open stretch: that is where a short segment between edits hides.
    """
    if not covered.any():
        return True
    frames = pair.frames_of(line)
    if len(frames) == 0:
        return False
    left = frames[~covered[np.minimum(frames, len(covered) - 1)]]
    if len(left) < max(3, MIN_OPEN_TOTAL * len(frames)):
        return False
    if not votes:
        return len(left) > MIN_OPEN_SHARE * len(frames) or _longest_run(left) >= MIN_OPEN_RUN
    return any(_open_share(pair, vote, covered) > MIN_OPEN_SHARE for vote in votes)


def _longest_run(frames: NDArray[np.int64]) -> int:
    """Return how many of the frames, ascending, follow each other without a hole."""
    breaks = np.flatnonzero(np.diff(frames) != 1) + 1
    return int(np.diff([0, *breaks, len(frames)]).max())


def _open_share(pair: Pair, vote: Vote, covered: NDArray[np.bool_]) -> float:
    half = vote.duration_seconds / 2
    low = max(0, int((vote.master_seconds - half) / pair.hop_seconds) - 1)
    high = max(low + 1, int((vote.master_seconds + half) / pair.hop_seconds))
    window = covered[low:high]
    return float(1.0 - window.mean()) if len(window) else 0.0
