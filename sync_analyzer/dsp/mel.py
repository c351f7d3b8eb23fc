"""Log-mel energies, the one time-frequency picture every feature method starts from."""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync_analyzer.dsp.frames import frames_at
from sync_analyzer.dsp.half import Samples

FRAME_SECONDS = 0.032
BANDS = 24
LOW_HZ = 60.0
BLOCK_SAMPLES = 3 << 14
"""What is transformed at once: few enough samples to stay in a core's own cache."""


def mel_filterbank(
    *, sample_rate_hz: int, fft_samples: int, bands: int = BANDS, low_hz: float = LOW_HZ
) -> NDArray[np.float32]:
    """
    Triangular filters with unit area on the mel scale, mel = 2595 log10(1 + f / 700).

    Returns:
        shape ``(fft_samples // 2 + 1, bands)``; from ``low_hz`` to 0.96 of Nyquist.
    """
    high_hz = 0.48 * sample_rate_hz
    mels = np.linspace(_mel(low_hz), _mel(high_hz), bands + 2)
    edges_hz = 700.0 * (10.0 ** (mels / 2595.0) - 1.0)
    bins_hz = np.arange(fft_samples // 2 + 1) * sample_rate_hz / fft_samples
    rising = (bins_hz[:, None] - edges_hz[None, :-2]) / np.diff(edges_hz)[None, :-1]
    falling = (edges_hz[None, 2:] - bins_hz[:, None]) / np.diff(edges_hz)[None, 1:]
    weights = np.maximum(0.0, np.minimum(rising, falling))
    # A band narrower than a bin would be empty: give it its nearest bin.
    empty = weights.sum(axis=0) == 0
    nearest = np.abs(bins_hz[:, None] - edges_hz[None, 1:-1]).argmin(axis=0)
    weights[nearest[empty], np.flatnonzero(empty)] = 1.0
    return np.asarray(weights / weights.sum(axis=0), dtype=np.float32)


def _mel(hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hz / 700.0))


def log_mel(samples: Samples, *, sample_rate_hz: int, hop_samples: int) -> NDArray[np.float32]:
    """
    Return ``log(energy + floor)`` in mel bands, the floor 80 dB under the loudest frame.

    Args:
        samples: shape ``(n_samples,)``; half precision is widened block by block.
        sample_rate_hz: rate of the samples.
        hop_samples: distance between frames.

    Returns:
        shape ``(n_samples // hop_samples, BANDS)``; frame ``i`` is centred on sample
        ``i * hop_samples + hop_samples / 2``.
    """
    fft_samples = int(2 ** np.ceil(np.log2(FRAME_SECONDS * sample_rate_hz)))
    window = np.hanning(fft_samples + 1)[:-1].astype(np.float32)
    bank = mel_filterbank(sample_rate_hz=sample_rate_hz, fft_samples=fft_samples)
    frames = len(samples) // hop_samples
    energy = np.empty((frames, BANDS), np.float32)
    lead = (fft_samples - hop_samples) // 2
    block = max(1, BLOCK_SAMPLES // fft_samples)
    for first in range(0, frames, block):
        last = min(frames, first + block)
        starts = np.arange(first, last) * hop_samples - lead
        pieces = frames_at(samples, starts, size=fft_samples)
        pieces *= window
        spectrum = scipy.fft.rfft(pieces, axis=1, overwrite_x=True)
        energy[first:last] = (spectrum.real**2 + spectrum.imag**2) @ bank
    floor = max(float(energy.max(initial=0.0)) * 1e-8, 1e-12)
    return np.asarray(np.log(energy + np.float32(floor)), np.float32)
