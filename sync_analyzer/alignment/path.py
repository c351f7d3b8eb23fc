"""Which line holds when: the best path of lines and "no evidence" through the programme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment.lines import Locked, Pair

STRENGTHS = ((0.5, 0.6), (1.5, 0.3), (4.0, 0.07), (10.0, 0.03))
"""Heights, in standard deviations, that a true ridge may have, and how often: mostly low."""
COMBINED_SHARE = 0.6
"""Weight of the views' sum against each of them alone."""
OVERLAP_DISCOUNT = 0.75
"""Neighbouring frames share half their samples and are not independent."""
FLOOR, CEILING = -2.0, 8.0
HIGH, HEIGHT_SHARE = 8.0, 0.2
"""Beyond the ceiling height counts a little still: loops fit well, the truth fits better."""
LOOSE_SAMPLES = 12
"""Wow and effects performed again keep within 1.5 ms of their line."""
ENTER = 14.0
"""Cost of entering a line: the log of the places it was chosen from."""
LEAVE = 2.0
NEARLY = 0.85
HOLE_FRAMES = 4
"""More frames in a row than this that say nothing split a stretch."""
SAYS_SOMETHING = 0.3
MIN_EVIDENCE = 3.0
FRAME_SHARE, RUN_SHARE = 0.05, 0.5
"""Of a usual frame: less is a frame that says nothing, a run that is noise."""
QUIET_FRAMES, QUIET_SHARE = 6, 0.2
"""So many frames that say nothing together, and little each, are a hole whatever each says."""


def frame_evidence(locked: Locked) -> NDArray[np.float64]:
    """
    Return each frame's log-likelihood ratio of "the dub lies here" against "by accident".

    A value on the line is N(0, 1) by accident and N(m, 1) when the line holds, m unknown:
    a weighted mean over a few strengths m and over the views alone and combined. A mean of
    likelihood ratios has expectation 1 by accident, so sums cannot drift upwards.
    """
    used = [view for view, sign in enumerate(locked.polarity) if sign != 0]
    middle = locked.rows.shape[1] // 2
    values = [(locked.rows[:, middle].astype(np.float64), 1.0)]
    if len(used) > 1:
        alone = (1.0 - COMBINED_SHARE) / len(used)
        values = [(values[0][0], COMBINED_SHARE)]
        values += [(locked.view_z[view].astype(np.float64), alone) for view in used]
    bounded = np.clip(OVERLAP_DISCOUNT * _log_ratio(values), FLOOR, CEILING)
    height = np.max([value for value, _ in values], axis=0)
    return np.asarray(bounded + HEIGHT_SHARE * np.clip(height - HIGH, 0.0, 60.0), np.float64)


def _log_ratio(values: Sequence[tuple[NDArray[np.float64], float]]) -> NDArray[np.float64]:
    """Return the log of the mean likelihood ratio over values, each with a share, and strengths."""
    ratios = [
        m * value - 0.5 * m * m + np.log(share * often)
        for value, share in values
        for m, often in STRENGTHS
    ]
    return np.asarray(np.logaddexp.reduce(np.stack(ratios), axis=0), np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Frames ``first`` to ``last`` (inclusive) on one line, and their summed evidence."""

    line: int
    first: int
    last: int
    evidence: float


def path_of(pair: Pair) -> list[Stretch]:
    """Return the best path through all lines confirmed so far, found once for each set."""
    lines = pair.confirmed
    count = int(pair.master_seconds / pair.hop_seconds) + 2
    return pair.derive(
        ("path", *map(id, lines)),
        lambda: best_path(lines, [frame_evidence(one) for one in lines], frame_count=count),
    )


def best_path(
    lines: Sequence[Locked], evidence: Sequence[NDArray[np.float64]], *, frame_count: int
) -> list[Stretch]:
    """
    Return the stretches of the most likely path, in order of master time.

    Viterbi over "no evidence" and every line; entering a line costs `ENTER`, leaving it
    `LEAVE`, so a stretch must bring more evidence than the choice of it could by chance.
    """
    states = len(lines) + 1
    emission = np.full((states, frame_count), FLOOR)
    emission[0] = 0.0
    for index, (line, values) in enumerate(zip(lines, evidence, strict=True), start=1):
        emission[index, line.frames] = values
    score = np.full(states, -np.inf)
    score[0] = 0.0
    back = np.zeros((frame_count, states), np.int16)
    for frame in range(frame_count):
        leave = score - LEAVE
        leave[0] = score[0]
        source = int(leave.argmax())
        entered = leave[source] - ENTER
        choice = np.where(score >= entered, np.arange(states), source)
        arrived = np.maximum(score, entered)
        choice[0], arrived[0] = source, leave[source]
        back[frame] = choice
        score = arrived + emission[:, frame]
    score[1:] -= LEAVE
    state = int(score.argmax())
    path = np.empty(frame_count, np.int16)
    for frame in range(frame_count - 1, -1, -1):
        path[frame] = state
        state = int(back[frame, state])
    return _stretches(_simplified(path, emission, lines), emission)


def _simplified(
    path: NDArray[np.int16], emission: NDArray[np.float64], lines: Sequence[Locked]
) -> NDArray[np.int16]:
    """
    Give runs to a heavier line of the path that fits them nearly as well, if only loosely.

    A loop fits at many places; without this, chance would invent edits inside it, and so
    would wow, which carries the truth to and fro about its line.
    """
    path = path.copy()
    runs = [(first, stop) for first, stop in _runs(path) if path[first] > 0]
    weight = np.zeros(len(emission))
    for first, stop in runs:
        weight[path[first]] += emission[path[first], first:stop].sum()
    for first, stop in sorted(runs, key=lambda run: weight[path[run[0]]]):
        mine = int(path[first])
        own = float(emission[mine, first:stop].sum())
        for other in np.argsort(-weight):
            if weight[other] <= weight[mine]:
                break
            fits = emission[other, first:stop].sum()
            if max(fits, _loosely(lines[other - 1], first, stop)) >= NEARLY * own:
                path[first:stop] = other
                break
    return path


def _loosely(line: Locked, first: int, stop: int) -> float:
    """Return the evidence of frames ``first`` to ``stop`` within `LOOSE_SAMPLES` of a line."""
    inside = (line.frames >= first) & (line.frames < stop)
    middle = line.rows.shape[1] // 2
    near = line.rows[inside, max(0, middle - LOOSE_SAMPLES) : middle + LOOSE_SAMPLES + 1]
    if near.size == 0:
        return FLOOR * (stop - first)
    ratio = _log_ratio([(near.max(axis=1).astype(np.float64), 1.0)]) - np.log(near.shape[1])
    bounded = np.clip(OVERLAP_DISCOUNT * ratio, FLOOR, CEILING)
    return float(bounded.sum()) + FLOOR * (stop - first - len(near))


def _runs(path: NDArray[np.int16]) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(path)) + 1
    bounds = [0, *edges.tolist(), len(path)]
    return [(first, stop) for first, stop in pairwise(bounds) if stop > first]


def _stretches(path: NDArray[np.int16], emission: NDArray[np.float64]) -> list[Stretch]:
    return [
        Stretch(
            line=int(path[first]) - 1,
            first=low,
            last=high - 1,
            evidence=float(emission[path[first], low:high].sum()),
        )
        for first, stop in _runs(path)
        if path[first] > 0
        for low, high in _without_holes(emission[path[first], first:stop], first)
    ]


def _without_holes(values: NDArray[np.float64], start: int) -> list[tuple[int, int]]:
    """
    Return the runs between holes as half-open ranges, holes at the ends cut off too.

    A run that adds up to less than `MIN_EVIDENCE` is noise inside a hole. Where the line is
    heard clearly, a frame or run counts only from a share of what is usual there.
    """
    said = np.flatnonzero(values > SAYS_SOMETHING)
    if len(said) == 0:
        return []
    usual = float(np.median(values[said]))
    little = max(SAYS_SOMETHING, FRAME_SHARE * usual)
    says = values > little
    said = np.flatnonzero(says & ~_quiet(values, usual))
    if len(said) == 0:
        return []
    breaks = np.flatnonzero(np.diff(said) > HOLE_FRAMES)
    firsts = [said[0], *said[breaks + 1]]
    lasts = [*said[breaks], said[-1]]
    return [
        _trimmed(values - FRAME_SHARE * usual, int(a), int(b) + 1, start)
        for a, b in zip(firsts, lasts, strict=True)
        if values[a : b + 1].sum() >= max(MIN_EVIDENCE, RUN_SHARE * usual)
    ]


def _trimmed(excess: NDArray[np.float64], first: int, stop: int, start: int) -> tuple[int, int]:
    """Return a run without ends that add nothing: a frame of chance beyond others without."""
    stop = first + int(np.cumsum(excess[first:stop]).argmax()) + 1
    first = stop - 1 - int(np.cumsum(excess[first:stop][::-1]).argmax())
    return start + first, start + stop


def _quiet(values: NDArray[np.float64], usual: float) -> NDArray[np.bool_]:
    """Return which frames lie among `QUIET_FRAMES` in a row that are quiet together."""
    if len(values) < QUIET_FRAMES:
        return np.zeros(len(values), np.bool_)
    rows = np.lib.stride_tricks.sliding_window_view(values, QUIET_FRAMES)
    quiet = rows.mean(axis=1) <= FRAME_SHARE * usual
    quiet &= rows.max(axis=1) <= QUIET_SHARE * usual
    return np.asarray(np.convolve(quiet, np.ones(QUIET_FRAMES)) > 0, np.bool_)
