"""Whether another place fits as well: what repeats in the master is no evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment.lines import LOCK_SCORE, WIDE_LAG_SECONDS, Pair, delayed
from sync_analyzer.dsp.lagmap import lag_map
from sync_analyzer.dsp.peaks import band_limited_peak
from sync_analyzer.evidence import Line
from sync_analyzer.timebase import offset_at

PROBES = 32
MAX_RIVALS = 6
NEARLY = 0.9
NEAR_SECONDS = 0.02
ELSEWHERE_SECONDS = WIDE_LAG_SECONDS + NEAR_SECONDS
"""A rival nearer than this would find the answer itself inside its reach."""
REACH_SAMPLES = 2


def rival_heights(
    pair: Pair,
    chosen: Sequence[Line],
    frames: NDArray[np.int64],
    proposals: Sequence[Line],
) -> tuple[NDArray[np.float64], NDArray[np.float64], list[Line]]:
    """
    Return how high the chosen lines and the best of the others stand at the probes.

    Args:
        pair: the two files.
        chosen: the line of each probe.
        frames: the probes' frames, shape ``(n_probes,)``, ascending.
        proposals: other lines, each taken into account where it leads elsewhere.

    Returns:
        heights of the chosen and of the highest rival, both of shape ``(n_probes,)``, and
        the rivals that stand higher at a good part of the probes.
    """
    mine = np.zeros(len(frames))
    for line in dict.fromkeys(chosen):
        members = np.array([one is line or one == line for one in chosen])
        mine[members] = _heights(pair, line, frames[members], settled=True)
    highest = np.zeros(len(frames))
    better: list[Line] = []
    times = (frames + 1) * pair.hop_seconds
    middle = float(np.median(times))
    waiting = _apart(proposals, at_seconds=middle)
    tried: list[Line] = []
    while waiting and len(tried) < MAX_RIVALS:
        rival = waiting.pop(0)
        elsewhere = np.array(
            [
                abs(_offset(rival, t) - _offset(line, t)) > ELSEWHERE_SECONDS
                for line, t in zip(chosen, times, strict=True)
            ]
        )
        elsewhere &= np.isin(frames, pair.frames_of(rival))
        if elsewhere.sum() < 2:
            continue
        tried.append(rival)
        theirs = np.zeros(len(frames))
        theirs[elsewhere] = _heights(pair, rival, frames[elsewhere], settled=False)
        if (theirs > 1.1 * mine)[elsewhere].mean() > 0.3:
            better.append(rival)
        if (theirs > NEARLY * mine)[elsewhere].mean() > 0.5:
            # What comes again after so many seconds was there as long before, too.
            mirrored = _mirrored(rival, chosen[len(chosen) // 2])
            waiting = _apart([*tried, mirrored, *waiting], at_seconds=middle)[len(tried) :]
        highest = np.maximum(highest, theirs)
    return mine, highest, better


def _mirrored(rival: Line, chosen: Line) -> Line:
    """Return the line that lies as far from the chosen one as the rival, on the other side."""
    return replace(
        chosen,
        rate=2 * chosen.rate - rival.rate,
        offset_seconds=2 * chosen.offset_seconds - rival.offset_seconds,
    )


def probes_of(
    numbers: NDArray[np.int64], heights: NDArray[np.float32], *, count: int
) -> NDArray[np.int64]:
    """Return up to ``count`` of the frames that stand out, spread evenly over them."""
    strong = numbers[heights > 3.0]
    if len(strong) <= count:
        return strong
    return strong[np.linspace(0, len(strong) - 1, count).astype(np.int64)]


def _apart(lines: Sequence[Line], *, at_seconds: float) -> list[Line]:
    """Return the lines without those that lead where an earlier one leads."""
    kept: list[Line] = []
    for line in lines:
        here = _offset(line, at_seconds)
        if all(abs(here - _offset(other, at_seconds)) > NEAR_SECONDS for other in kept):
            kept.append(line)
    return kept


def _offset(line: Line, at: float) -> float:
    return offset_at(at, rate=line.rate, offset_seconds=line.offset_seconds)


def _heights(
    pair: Pair, line: Line, frames: NDArray[np.int64], *, settled: bool
) -> NDArray[np.float64]:
    """Return the probes' heights at the line, or at the one lag near it they agree on."""
    geometry = pair.geometry(max_lag_seconds=0.016 if settled else WIDE_LAG_SECONDS)
    rows = lag_map(
        pair.master,
        pair.dub,
        geometry=geometry,
        frames=frames,
        rate=line.rate,
        offset_seconds=line.offset_seconds,
        pitch_kept=line.pitch_kept,
    )
    if not settled:
        sums = np.clip(rows, -20.0, 30.0).sum(axis=1) / np.sqrt(len(frames))
        best = int(np.abs(sums).max(axis=1).argmax())
        peak = np.abs(sums[best]).argmax()
        lag, height = band_limited_peak(np.sign(sums[best, peak]) * sums[best])
        if height < LOCK_SCORE:
            return np.zeros(len(frames))
        there = delayed(line, delay_seconds=lag / pair.sample_rate_hz)
        return _heights(pair, there, frames, settled=True)
    size = np.abs(np.clip(rows, -30.0, 63.0))
    at = geometry.max_lag_samples
    near = size[:, :, at - REACH_SAMPLES : at + REACH_SAMPLES + 1]
    return np.asarray(near.max(axis=(0, 2)), np.float64)
