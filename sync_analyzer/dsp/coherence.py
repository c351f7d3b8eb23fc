"""How much of what stands out in one sound is in the other as well."""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

FRAMES_AVERAGED, BINS_AVERAGED = 5, 3
CHANCE, FULL = 0.45, 0.85
"""Coherence that unrelated cells reach by chance, and that counts as the same sound."""
STRONG = 6.0
"""A cell stands out when it holds this many times its bin's median energy."""


def containment(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> tuple[float, float, int, int]:
    """
    Return which share of each sound's outstanding cells the other shares.

    Magnitude coherence |Sxy| / sqrt(Sxx Syy) of frames, averaged over five frames and three
    bins, from `CHANCE` (0) to `FULL` (1), over the cells where a sound stands out.

    Args:
        first: aligned, tapered frames, shape ``(n_frames, n_samples)``, in order of time.
        second: the same frames of the other sound.

    Returns:
        shares 0..1 of the first's and of the second's outstanding cells, and their numbers.
    """
    one = scipy.fft.rfft(first, axis=1)[:, 3:]
    two = scipy.fft.rfft(second, axis=1)[:, 3:]
    cross = one * np.conj(two)
    size = (FRAMES_AVERAGED, BINS_AVERAGED)
    joint = np.hypot(uniform_filter(cross.real, size), uniform_filter(cross.imag, size))
    # A running mean of floats may end a hair below zero.
    power = [np.maximum(uniform_filter(x.real**2 + x.imag**2, size), 0.0) for x in (one, two)]
    coherence = joint / (np.sqrt(power[0] * power[1]) + 1e-20)
    shared = np.clip((coherence - CHANCE) / (FULL - CHANCE), 0.0, 1.0)
    shares, counts = [], []
    for energy in power:
        floor = np.median(energy, axis=0, keepdims=True) + 1e-4 * energy.mean() + 1e-20
        strong = energy > STRONG * floor
        counts.append(int(strong.sum()))
        weight = np.where(strong, np.log1p(energy / floor), 0.0)
        total = float(weight.sum())
        shares.append(float((weight * shared).sum()) / total if total > 0 else 0.0)
    return shares[0], shares[1], counts[0], counts[1]
