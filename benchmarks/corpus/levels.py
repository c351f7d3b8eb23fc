"""Levels: decibels, effective values, the gate, the limiter, and the sum to mono."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[np.float32]
"""Samples at `SAMPLE_RATE_HZ`: shape ``(n,)`` for mono, ``(n, channels)`` otherwise."""

SAMPLE_RATE_HZ = 48_000
GATE_BLOCK = 4_800
GATE_FLOOR = 1e-3
KNEE = 0.7


def gain(decibels: float) -> float:
    """Return the factor of a gain in decibels."""
    return float(10 ** (decibels / 20.0))


def rms(samples: NDArray[np.floating]) -> float:
    """Return the effective value, never quite zero."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)) + 1e-20))


def mono(samples: Audio) -> Audio:
    """Return the mean of the channels."""
    return samples if samples.ndim == 1 else samples.mean(1)


def stereo(samples: NDArray[np.floating]) -> Audio:
    """Return one channel on both sides."""
    return np.repeat(np.asarray(samples, np.float32)[:, None], 2, 1)


def gated_level(samples: Audio) -> float:
    """Return the effective value over the blocks that are not silent."""
    whole = mono(samples)[: len(samples) // GATE_BLOCK * GATE_BLOCK].reshape(-1, GATE_BLOCK)
    levels = np.sqrt(np.mean(whole**2, 1) + 1e-12)
    loud = levels > GATE_FLOOR
    return float(np.sqrt(np.mean(levels[loud] ** 2))) if loud.any() else GATE_FLOOR


def limit(samples: NDArray[np.floating]) -> Audio:
    """Return the samples with everything above the knee bent softly below 0.9."""
    out = np.array(samples, np.float32)
    hot = np.abs(out) >= KNEE
    over = out[hot]
    out[hot] = np.sign(over) * (KNEE + 0.2 * np.tanh((np.abs(over) - KNEE) / 0.2))
    return out
