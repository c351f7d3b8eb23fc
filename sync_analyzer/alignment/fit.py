"""Offset and rate to a fraction of a sample, from the frames that carry the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment.lines import Locked, Pair
from sync_analyzer.alignment.path import Stretch
from sync_analyzer.dsp.lagmap import Geometry
from sync_analyzer.dsp.peaks import band_limited_peak, parabolic_shift

VOTE_SCORE = 5.5
MIN_REPEATED = 8
"""Fewer residuals than this say nothing about how alike neighbours are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One precise vote: at ``master_seconds`` the dub is ``delay_seconds`` later than its line.

    ``score`` is the peak's height, ``spread_seconds`` the error to expect of it.
    """

    master_seconds: float
    delay_seconds: float
    score: float
    spread_seconds: float


def anchors_of(pair: Pair, locked: Locked, stretch: Stretch, *, frames_each: int) -> list[Anchor]:
    """Return one anchor per ``frames_each`` frames of the stretch, where a peak stands out."""
    return pair.derive(
        ("anchors", id(locked), stretch, frames_each),
        lambda: _anchors_of(locked, stretch, pair.geometry(max_lag_seconds=0.0), frames_each),
    )


def _anchors_of(
    locked: Locked, stretch: Stretch, geometry: Geometry, frames_each: int
) -> list[Anchor]:
    inside = (locked.frames >= stretch.first) & (locked.frames <= stretch.last)
    numbers = locked.frames[inside]
    rows = locked.rows[inside]
    found = []
    groups = max(1, len(numbers) // frames_each)
    for members in np.array_split(np.arange(len(numbers)), groups):
        if len(members) == 0:
            continue
        curve = rows[members].sum(axis=0) / np.sqrt(len(members))
        delay, score = peak_of(curve, blurred=locked.line.pitch_kept)
        if score < VOTE_SCORE:
            continue
        weight = np.maximum(rows[members, rows.shape[1] // 2], 0.1)
        centres = geometry.centre_seconds(numbers[members])
        found.append(
            Anchor(
                master_seconds=float(np.average(centres, weights=weight)),
                delay_seconds=delay / geometry.sample_rate_hz,
                score=score,
                spread_seconds=_spread(score, geometry.sample_rate_hz, locked.line.pitch_kept),
            )
        )
    return found


def _spread(score: float, sample_rate_hz: int, pitch_kept: bool) -> float:
    """Return the error of a peak: its width over its height, with a floor."""
    if pitch_kept:
        return 0.004
    return max(0.3 / score, 0.004) / sample_rate_hz


def peak_of(curve: NDArray[np.floating], *, blurred: bool) -> tuple[float, float]:
    """Return the position, in samples from the middle, and height of the highest peak."""
    if not blurred:
        return band_limited_peak(curve)
    at = int(curve.argmax())
    return at + parabolic_shift(curve, at) - len(curve) // 2, float(curve[at])


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """Delays ``delay_seconds[k] + growth * (t - centre_seconds[k])`` per stretch, one growth.

    ``growth_error`` and ``delay_error_seconds`` are one standard deviation;
    ``residual_seconds`` the weighted root mean square of what is left.
    """

    growth: float
    growth_error: float
    centre_seconds: NDArray[np.float64]
    delay_seconds: NDArray[np.float64]
    delay_error_seconds: NDArray[np.float64]
    residual_seconds: float


def fit_common_slope(groups: Sequence[Sequence[Anchor]], *, fixed_growth: float | None) -> Fit:
    """
    Fit one delay per group and one growth for all, by iteratively reweighted least squares.

    Huber weights at 2 robust standard deviations (Huber 1964, doi:10.1214/aoms/1177703732).

    Args:
        groups: anchors of each stretch; none may be empty.
        fixed_growth: hold the growth at this value instead of fitting it.
    """
    time = np.array([a.master_seconds for group in groups for a in group])
    delay = np.array([a.delay_seconds for group in groups for a in group])
    sigma = np.array([a.spread_seconds for group in groups for a in group])
    member = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
    weight = 1.0 / sigma**2
    growth, centre, level = 0.0, np.zeros(len(groups)), np.zeros(len(groups))
    left = delay
    scale = float(np.median(sigma))
    for _ in range(12):
        total = np.bincount(member, weight)
        centre = np.bincount(member, weight * time) / total
        level = np.bincount(member, weight * delay) / total
        run, rise = time - centre[member], delay - level[member]
        lever = float(np.sum(weight * run**2))
        if fixed_growth is not None:
            growth = fixed_growth
        elif lever > 0 and len(time) > len(groups):
            growth = float(np.sum(weight * run * rise)) / lever
        level = np.bincount(member, weight * (delay - growth * run)) / total
        left = delay - level[member] - growth * run
        scale = max(1.4826 * float(np.median(np.abs(left))), 0.2 * float(np.median(sigma)))
        reach = 2.0 * np.maximum(scale, sigma)
        weight = np.minimum(1.0, reach / np.maximum(np.abs(left), 1e-12)) / sigma**2
    total = np.bincount(member, weight)
    lever = float(np.sum(weight * (time - centre[member]) ** 2))
    freedom = max(1, len(time) - len(groups) - (fixed_growth is None))
    excess = max(1.0, float(np.sum(weight * left**2)) / freedom) * _repeated(time, left)
    known = fixed_growth is not None
    return Fit(
        growth=growth,
        growth_error=0.0 if known else (np.sqrt(excess / lever) if lever > 0 else np.inf),
        centre_seconds=centre,
        delay_seconds=level,
        delay_error_seconds=np.sqrt(excess / total),
        residual_seconds=float(np.sqrt(np.sum(weight * left**2) / np.sum(weight))),
    )


def _repeated(time: NDArray[np.float64], left: NDArray[np.float64]) -> float:
    """
    Return how many residuals in a row say the same, 1 where each speaks for itself.

    A slow wander (wow, a processed bed) looks like many anchors that agree on a slope. For
    first-order autocorrelation r the variance of a mean or slope grows by (1 + r) / (1 - r)
    (Bartlett 1946, doi:10.2307/2983611).
    """
    if len(left) < MIN_REPEATED:
        return 1.0
    in_order = left[np.argsort(time, kind="stable")]
    power = float(np.sum(in_order**2))
    if power <= 0.0:
        return 1.0
    alike = np.sum(in_order[1:] * in_order[:-1]) / power - 1.0 / np.sqrt(len(left))
    alike = float(np.clip(alike, 0.0, 0.9))
    return (1.0 + alike) / (1.0 - alike)
