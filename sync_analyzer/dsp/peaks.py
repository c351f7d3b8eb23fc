"""Peaks of sampled curves, to a fraction of a sample."""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

UPSAMPLING = 16


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


def band_limited_peak(curve: NDArray[np.floating]) -> tuple[float, float]:
    """
    Return the position, in samples from the middle, and height of the highest sample's peak.

    The curve is interpolated by its own spectrum before the parabola, which alone would be
    biased on a whitened peak.
    """
    at = int(curve.argmax())
    half = 32
    low = max(0, at - half)
    piece = np.asarray(curve[low : at + half + 1], np.float64)
    piece = piece * np.hanning(len(piece) + 2)[1:-1] if len(piece) == 2 * half + 1 else piece
    size = len(piece)
    fine = scipy.fft.irfft(scipy.fft.rfft(piece), size * UPSAMPLING) * UPSAMPLING
    near = slice(max(0, (at - low - 1) * UPSAMPLING), (at - low + 1) * UPSAMPLING + 1)
    top = int(fine[near].argmax()) + (near.start or 0)
    position = low + (top + parabolic_shift(fine, top)) / UPSAMPLING
    return position - len(curve) // 2, float(curve[at])


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
