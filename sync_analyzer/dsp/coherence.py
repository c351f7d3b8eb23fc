"""How much of what stands out in one sound is in the other as well."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter

THREADS = 2
FRAMES_AVERAGED, BINS_AVERAGED = 5, 3
CHANCE, FULL = 0.45, 0.85
"""Coherence that unrelated cells reach by chance, and that counts as the same sound."""
STRONG, PRESENT = 6.0, 3.0
"""A cell stands out when it holds this many times its bin's median energy; it is there too
in the other sound from half as much on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contained:
    """
    How much of one sound's outstanding cells the other has too.

    ``coherent`` counts cells of one waveform, ``present`` cells that stand out in the other
    as well, whatever their phase (wow and effects performed again leave nothing else);
    both weighted by how far the cell stands out, 0..1. ``cells`` is how many there are.
    """

    coherent: float
    present: float
    cells: int


def containment(
    first: NDArray[np.float32], second: NDArray[np.float32]
) -> tuple[Contained, Contained]:
    """
    Return what of the first sound is in the second, and what of the second in the first.

    Magnitude coherence |Sxy| / sqrt(Sxx Syy) of frames, averaged over five frames and three
    bins, counts from `CHANCE` (0) to `FULL` (1). Energies are averaged alike.

    Args:
        first: aligned, tapered frames, shape ``(n_frames, n_samples)``, in order of time.
        second: the same frames of the other sound.
    """
    # Transforms and running means release the interpreter.
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        one, two = pool.map(lambda frames: scipy.fft.rfft(frames, axis=1)[:, 3:], (first, second))
        cross = one * np.conj(two)
        energies = (spectrum.real**2 + spectrum.imag**2 for spectrum in (one, two))
        averages = pool.map(_averaged, (cross.real, cross.imag, *energies))
        real, imaginary, *averaged = averages
        # A running mean of floats may end a hair below zero.
        power = [np.maximum(energy, 0.0) for energy in averaged]
        ours, theirs = pool.map(_over_median, power)
    joint = np.sqrt(real**2 + imaginary**2)
    coherence = joint / (np.sqrt(power[0] * power[1]) + 1e-20)
    shared = np.clip((coherence - CHANCE) / (FULL - CHANCE), 0.0, 1.0)
    return _contained(ours, theirs, shared), _contained(theirs, ours, shared)


def _over_median(energy: NDArray[np.float32]) -> NDArray[np.floating]:
    """Return every cell's energy over its bin's median."""
    typical = np.median(energy, axis=0, keepdims=True) + 1e-4 * energy.mean()
    return np.asarray(energy / (typical + 1e-20))


def _averaged(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(uniform_filter(cells, (FRAMES_AVERAGED, BINS_AVERAGED)), np.float32)


def _contained(
    over: NDArray[np.floating], other_over: NDArray[np.floating], shared: NDArray[np.floating]
) -> Contained:
    """Return the shares for energies over their bin's median, one sound's and the other's."""
    strong = over > STRONG
    weight = np.log1p(over[strong])
    total = max(float(weight.sum()), 1e-20)
    return Contained(
        coherent=float((weight * shared[strong]).sum()) / total,
        present=float((weight * (other_over[strong] > PRESENT)).sum()) / total,
        cells=int(strong.sum()),
    )
