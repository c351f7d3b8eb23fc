"""How loud a file is, hop by hop."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def loudness_mask(
    samples: NDArray[np.float16] | NDArray[np.float32], *, hop_samples: int
) -> NDArray[np.bool_]:
    """
    Return whether each hop is louder than 60 dB below the file's loud parts.

    Args:
        samples: shape ``(n_samples,)``.
        hop_samples: length of a hop; only every eighth sample is looked at.

    Returns:
        shape ``(n_samples // hop_samples,)``.
    """
    count = len(samples) // hop_samples
    power = np.empty(count, np.float64)
    for first in range(0, count, 1024):
        last = min(count, first + 1024)
        block = samples[first * hop_samples : last * hop_samples : 8].astype(np.float32)
        power[first:last] = np.mean(block.reshape(last - first, -1) ** 2, axis=1)
    if count == 0:
        return np.zeros(0, np.bool_)
    return np.asarray(power > max(1e-6 * float(np.percentile(power, 95)), 1e-10), np.bool_)
