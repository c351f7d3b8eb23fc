"""Whole-signal phase-transform correlation: every lag at once, where the files are short."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

LOW_HZ = 70.0


def phat_correlation(
    master: Sequence[NDArray[np.floating]],
    dub: Sequence[NDArray[np.floating]],
    *,
    sample_rate_hz: int,
) -> tuple[NDArray[np.float32], int]:
    """
    Return each view's GCC-PHAT over all lags (doi:10.1109/TASSP.1976.1162830).

    Args:
        master: views, each of shape ``(n_master,)``.
        dub: the same views, each of shape ``(n_dub,)``.
        sample_rate_hz: of all.

    Returns:
        shape ``(n_views, n_master + n_dub - 1)`` in units of each view's own root mean
        square, and the offset in samples of column 0; an offset is master sample minus dub
        sample.
    """
    n_master, n_dub = len(master[0]), len(dub[0])
    size = scipy.fft.next_fast_len(n_master + n_dub, real=True)
    hz = np.arange(size // 2 + 1) * (sample_rate_hz / size)
    band = (hz > LOW_HZ) & (hz < 0.48 * sample_rate_hz)
    curves = np.empty((len(master), n_master + n_dub - 1), np.float32)
    for index, (left, right) in enumerate(zip(master, dub, strict=True)):
        cross = scipy.fft.rfft(_tapered(left), size)
        cross *= np.conj(scipy.fft.rfft(_tapered(right), size))
        magnitude = np.abs(cross)
        cross /= magnitude + 1e-3 * float(magnitude.mean()) + 1e-20
        cross *= band
        circular = scipy.fft.irfft(cross, size)
        curves[index, : n_dub - 1] = circular[size - n_dub + 1 :]
        curves[index, n_dub - 1 :] = circular[:n_master]
        curves[index] /= float(np.sqrt(np.mean(curves[index] ** 2))) + 1e-12
    return curves, -(n_dub - 1)


def _tapered(samples: NDArray[np.floating], *, edge_samples: int = 400) -> NDArray[np.float32]:
    """Fade the ends, so that two edges do not match each other."""
    out = samples.astype(np.float32)
    edge = min(edge_samples, len(out) // 4)
    if edge:
        fade = np.linspace(0.0, 1.0, edge, dtype=np.float32)
        out[:edge] *= fade
        out[-edge:] *= fade[::-1]
    return out
