"""Looks again at stretches the path left open, between what is already known on both sides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.alignment.candidates import same
from sync_analyzer.alignment.lines import Locked, Pair, lock, measure
from sync_analyzer.alignment.path import Stretch
from sync_analyzer.dsp.half import Samples, widened
from sync_analyzer.dsp.peaks import strongest
from sync_analyzer.dsp.phat import phat_correlation
from sync_analyzer.evidence import Line

MIN_OPEN_SECONDS = 1.5
MAX_PIECE_SECONDS = 30.0
MAX_REACH_SECONDS = 90.0
MAX_SAME_LINE_SECONDS = 12.0
"""A longer gap inside one line is silence or speech far more often than two edits."""
PEAK_SCORE = 7.0
SAME_RATE = 2e-3
"""A slower drift does not blur the peak of a piece."""
TOLD_SECONDS = 2.5e-4
"""Lines nearer than this all along say the same; one that is steeper may say more."""


def fill(pair: Pair, stretches: Sequence[Stretch]) -> bool:
    """Confirm new lines inside the open stretches of the dub; tell whether any was found."""
    if not stretches:
        return False
    found = False
    ends = [_ends(pair, stretch) for stretch in stretches]
    known = [pair.confirmed[stretch.line] for stretch in stretches]
    for left, right in zip([None, *range(len(ends))], [*range(len(ends)), None], strict=True):
        dub_low = 0.0 if left is None else ends[left][3]
        dub_high = pair.dub_seconds if right is None else ends[right][2]
        master_low = 0.0 if left is None else ends[left][1]
        master_high = pair.master_seconds if right is None else ends[right][0]
        neighbour = known[left if left is not None else right or 0]
        if (
            left is not None
            and right is not None
            and stretches[left].line == stretches[right].line
            and dub_high - dub_low > MAX_SAME_LINE_SECONDS
        ):
            continue
        if dub_high - dub_low < MIN_OPEN_SECONDS or master_high - master_low < MIN_OPEN_SECONDS:
            continue
        at_end = right is None
        found |= _search(pair, neighbour, (dub_low, dub_high), (master_low, master_high), at_end)
    return found


def _ends(pair: Pair, stretch: Stretch) -> tuple[float, float, float, float]:
    """Return master start and end, dub start and end of a stretch."""
    line = pair.confirmed[stretch.line].line
    start, stop = (stretch.first + 0.5) * pair.hop_seconds, (stretch.last + 1.5) * pair.hop_seconds
    return (
        start,
        stop,
        line.rate * start - line.offset_seconds,
        line.rate * stop - line.offset_seconds,
    )


def _search(
    pair: Pair,
    neighbour: Locked,
    dub_span: tuple[float, float],
    master_span: tuple[float, float],
    at_end: bool,
) -> bool:
    rate = neighbour.line.rate
    if neighbour.line.pitch_kept:
        return False
    sample_rate = pair.sample_rate_hz
    found = False
    low, high = dub_span
    pieces = np.arange(low, high, MAX_PIECE_SECONDS)[:8]
    for start in pieces:
        stop = min(high, start + MAX_PIECE_SECONDS)
        if stop - start < MIN_OPEN_SECONDS:
            continue
        expected = (start + neighbour.line.offset_seconds) / rate
        near = max(master_span[0], expected - MAX_REACH_SECONDS)
        far = min(master_span[1], expected + (stop - start) + MAX_REACH_SECONDS)
        if far - near < MIN_OPEN_SECONDS:
            continue
        master = [_cut(view, near, far, sample_rate) for view in pair.master]
        dub = [_played(_cut(view, start, stop, sample_rate), rate) for view in pair.dub]
        curves, first = phat_correlation(master, dub, sample_rate_hz=sample_rate)
        where, height = strongest(
            np.abs(curves).max(axis=0), count=3, guard=round(0.004 * sample_rate)
        )
        for at, score in zip(where, height, strict=True):
            if score < PEAK_SCORE:
                continue
            begins = near + float(at + first) / sample_rate
            ends = begins + (stop - start) / rate
            # The peak fixes the middle of the piece; the neighbour's rate goes through it.
            offset = rate * (begins + ends) / 2 - (start + stop) / 2
            line = Line(rate=rate, offset_seconds=offset, score=float(score))
            found |= _confirm_local(pair, line, (begins, ends))
    return found


def _cut(view: np.ndarray, start: float, stop: float, sample_rate: int) -> np.ndarray:
    return view[max(0, round(start * sample_rate)) : max(0, round(stop * sample_rate))]


def _played(samples: Samples, rate: float) -> Samples:
    """Return the dub's samples at the master's speed, where that makes a difference."""
    if abs(rate - 1.0) < SAME_RATE or len(samples) == 0:
        return samples
    return np.asarray(soxr.resample(widened(samples), rate, 1.0, quality="HQ"), np.float32)


def _confirm_local(pair: Pair, line: Line, master_span: tuple[float, float]) -> bool:
    frames = pair.frames_of(line)
    hop = pair.hop_seconds
    inside = frames[(frames + 2 >= master_span[0] / hop) & (frames <= master_span[1] / hop)]
    if len(inside) == 0:
        return False
    middle = float(np.mean(master_span))
    if any(
        same(other.line, line, at_seconds=middle, within_seconds=0.004)
        and bool(np.isin(inside, other.frames).all())
        for other in pair.confirmed
    ):
        return False
    found = lock(pair, line, frames=inside)
    if found is None:
        return False
    locked, polarity, score = found
    if _is_told(pair, locked, inside):
        return False
    margin = round(20.0 / hop)
    wide = frames[(frames >= inside[0] - margin) & (frames <= inside[-1] + margin)]
    pair.confirmed.append(measure(pair, locked, polarity=polarity, score=score, frames=wide))
    return True


def _is_told(pair: Pair, line: Line, frames: NDArray[np.int64]) -> bool:
    """Tell whether a confirmed line covers these frames and is this one from end to end."""
    ends = (frames[[0, -1]] + 1) * pair.hop_seconds
    return any(
        all(same(other.line, line, at_seconds=at, within_seconds=TOLD_SECONDS) for at in ends)
        and bool(np.isin(frames, other.frames).all())
        for other in pair.confirmed
    )
