"""Frames cut out of a sound, silence where it has none."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.dsp.half import Samples, widened


def frames_at(samples: Samples, starts: NDArray[np.int64], *, size: int) -> NDArray[np.float32]:
    """
    Return ``size`` samples from each of the ``starts``; outside the sound there is silence.

    Args:
        samples: shape ``(n_samples,)``.
        starts: first sample of each frame, ascending, shape ``(n_frames,)``; may lie outside.
        size: samples a frame.

    Returns:
        shape ``(n_frames, size)``, a new array.
    """
    inside = (starts >= 0) & (starts <= len(samples) - size)
    if inside.all() and len(samples) >= size:
        rows = np.lib.stride_tricks.sliding_window_view(samples, size)
        return widened(cast("Samples", rows[starts]))
    return np.stack([read(samples, int(start), int(start) + size) for start in starts])


def read(samples: Samples, start: int, stop: int) -> NDArray[np.float32]:
    """Return samples ``[start, stop)``; outside the sound there is silence."""
    out = np.zeros(stop - start, np.float32)
    low, high = max(0, start), min(len(samples), stop)
    if high > low:
        out[low - start : high - start] = widened(samples[low:high])
    return out
