"""
Straight ridges in a lag map, at every length and slope, in N log N additions.

The Taylor tree of pulsar astronomy (Taylor 1974, A&AS 15, 367): neighbouring blocks are
added with every relative shift, and their sums again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Ridge:
    """
    One straight ridge: lag ``lag_samples`` at the first row, rising by ``slope`` a row.

    ``score`` is its sum over the root of the number of rows; negative where the two
    sounds have opposite polarity.
    """

    lag_samples: float
    slope: float
    score: float


def best_ridge(rows: NDArray[np.float32], *, base_slopes: tuple[int, ...] = (0,)) -> Ridge:
    """
    Return the straight ridge of the greatest absolute sum through all rows.

    Args:
        rows: shape ``(n_rows, n_lags)``, the middle column being lag 0.
        base_slopes: whole samples per row around which slopes from -1 to 1 are tried.
    """
    count = len(rows)
    size = 1 << max(0, int(np.ceil(np.log2(max(count, 1)))))
    padded = np.zeros((size, rows.shape[1]), np.float32)
    best = Ridge(lag_samples=0.0, slope=0.0, score=0.0)
    middle = rows.shape[1] // 2
    for base in base_slopes:
        for direction in (1, -1):
            padded[:count] = _sheared(rows, base)[:, ::direction]
            sums = _tree(padded)
            slope_index, column = divmod(int(np.abs(sums).argmax()), sums.shape[1])
            score = float(sums[slope_index, column]) / np.sqrt(count)
            if abs(score) > abs(best.score):
                lag = column - middle if direction == 1 else rows.shape[1] - 1 - column - middle
                slope = base + direction * slope_index / max(size - 1, 1)
                best = Ridge(lag_samples=float(lag), slope=slope, score=score)
    return best


def _sheared(rows: NDArray[np.float32], samples_per_row: int) -> NDArray[np.float32]:
    if samples_per_row == 0:
        return rows
    out = np.zeros_like(rows)
    for index, row in enumerate(rows):
        shift = index * samples_per_row
        if abs(shift) < len(row):
            _add_shifted(out[index], row, shift)
    return out


def _add_shifted(out: NDArray[np.float32], row: NDArray[np.float32], shift: int) -> None:
    """Add ``row[lag + shift]`` to ``out[lag]`` where both exist."""
    if shift >= 0:
        out[: len(out) - shift] += row[shift:]
    else:
        out[-shift:] += row[:shift]


def _tree(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return sums over all rows, shape ``(n_rows, n_lags)``: one row per total shift."""
    level = rows[:, None, :]
    while level.shape[0] > 1:
        blocks, slopes, lags = level.shape
        merged = np.zeros((blocks // 2, 2 * slopes, lags), np.float32)
        for total in range(2 * slopes):
            half, start = total // 2, (total + 1) // 2
            merged[:, total] = level[0::2, half]
            shifted = merged[:, total, : lags - start] if start else merged[:, total]
            shifted += level[1::2, half, start:]
        level = merged
    return np.asarray(level[0], np.float32)
