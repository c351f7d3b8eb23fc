"""Computes spectrograms on a logarithmic frequency axis, for people to compare."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
LOWEST_HZ, HIGHEST_HZ = 60.0, 7600.0
ROWS, COLUMNS = 150, 440
_WINDOW = 1024
_RANGE_DB = 65.0


def spectrogram(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """
    Return levels 0..1 over time and logarithmic frequency.

    Args:
        samples: shape ``(n_samples,)`` at `RATE_HZ`.

    Returns:
        shape ``(ROWS, COLUMNS)``; row 0 is `HIGHEST_HZ`, the last one `LOWEST_HZ`; 1 is the
        loudest cell, 0 lies 65 dB below it or the sound is digital silence.
    """
    padded = np.pad(samples.astype(np.float64), _WINDOW // 2)
    starts = np.linspace(0, max(0, len(padded) - _WINDOW), COLUMNS).astype(np.int64)
    frames = padded[starts[:, None] + np.arange(_WINDOW)] * np.hanning(_WINDOW)
    power = np.abs(np.fft.rfft(frames, axis=1)) ** 2
    wanted = np.geomspace(HIGHEST_HZ, LOWEST_HZ, ROWS) / RATE_HZ * _WINDOW
    low = np.floor(wanted).astype(np.int64)
    share = (wanted - low)[:, None]
    rows = power.T[low] * (1 - share) + power.T[low + 1] * share
    loudest = rows.max()
    if loudest <= 0:
        return np.zeros((ROWS, COLUMNS))
    decibels = 10 * np.log10(np.maximum(rows / loudest, 1e-12))
    levels: NDArray[np.float64] = np.clip(1 + decibels / _RANGE_DB, 0, 1)
    return levels


def row_of(frequency_hz: float) -> float:
    """Return how far down (0..1) a frequency lies in the picture."""
    span = np.log(HIGHEST_HZ / LOWEST_HZ)
    return float(np.log(HIGHEST_HZ / frequency_hz) / span)
