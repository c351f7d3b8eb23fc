"""The speed of the dub: a named ratio, a free drift, or none, with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sync_analyzer.alignment.fit import Anchor, Fit, fit_common_slope
from sync_analyzer.evidence import Line
from sync_analyzer.timebase import NAMED_RATES

SNAP_SIGMAS = 3.5
SNAP_FLOOR = 0.3e-6
"""Two clocks that run this much alike are not told apart from a file."""
PITCH_KEPT_FLOOR = 1.5e-4
"""A stretcher's splices wander: its rate is not known better than this over a few minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeedFit:
    """``rate`` (dub seconds per master second), one standard deviation, and the name if exact."""

    rate: float
    rate_error: float
    named: str | None
    pitch_kept: bool
    residual_seconds: float


def settle_speed(base: Line, groups: Sequence[Sequence[Anchor]]) -> tuple[SpeedFit, Fit]:
    """
    Return the speed all groups share and the fit that goes with it.

    The free rate is replaced by 1 or a named ratio where that lies inside its own error:
    an exact cause is better knowledge than a slope.
    """
    scale = 1.0 if base.pitch_kept else base.rate
    free = fit_common_slope(groups, fixed_growth=None)
    rate = base.rate + scale * free.growth
    error = scale * free.growth_error
    named, exact = _snapped(rate, error if np.isfinite(error) else 1e-3, base.pitch_kept)
    fit = free
    if exact is not None:
        fit = fit_common_slope(groups, fixed_growth=(exact - base.rate) / scale)
        rate = exact
    return (
        SpeedFit(
            rate=rate,
            rate_error=float(error) if np.isfinite(error) else 1e-3,
            named=named,
            pitch_kept=base.pitch_kept,
            residual_seconds=fit.residual_seconds,
        ),
        fit,
    )


def _snapped(rate: float, error: float, pitch_kept: bool) -> tuple[str | None, float | None]:
    reach = max(SNAP_SIGMAS * error, SNAP_FLOOR)
    near_named = max(SNAP_SIGMAS * error, PITCH_KEPT_FLOOR if pitch_kept else SNAP_FLOOR)
    distances = {name: abs(float(exact) - rate) for name, exact in NAMED_RATES.items()}
    name = min(distances, key=lambda key: distances[key])
    if abs(rate - 1.0) <= reach and abs(rate - 1.0) <= distances[name]:
        return None, 1.0
    if distances[name] <= near_named:
        return name, float(NAMED_RATES[name])
    return None, None
