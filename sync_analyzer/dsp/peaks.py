"""Peaks of sampled curves, to a fraction of a sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def parabolic_shift(curve: NDArray[np.floating], index: int) -> float:
    """
    Return where between the neighbours the peak at ``index`` lies, -0.5..0.5 samples.

    The vertex of the parabola through three points; 0 at the ends of the curve.
    """
    if not 0 < index < len(curve) - 1:
        return 0.0
    before, here, after = (float(curve[index + step]) for step in (-1, 0, 1))
    bend = before - 2.0 * here + after
    if bend >= 0.0:
        return 0.0
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))


def strongest(
    curve: NDArray[np.floating], *, count: int, guard: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """
    Return up to ``count`` peaks at least ``guard`` samples apart, highest first.

    Returns:
        indices and heights, both of shape ``(n_found,)``.
    """
    rest = curve.copy()
    found: list[int] = []
    for _ in range(count):
        at = int(rest.argmax())
        if not np.isfinite(rest[at]):
            break
        found.append(at)
        rest[max(0, at - guard) : at + guard + 1] = -np.inf
    where = np.asarray(found, np.int64)
    return where, np.asarray(curve, dtype=np.float64)[where]
