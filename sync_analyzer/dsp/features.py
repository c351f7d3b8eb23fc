"""Frame features of a log-mel picture: what it sounds like, how it moves, what starts."""

from __future__ import annotations

import numpy as np
import scipy.fft
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

Features = NDArray[np.float32]


def mfcc(log_mel: Features, *, coefficients: int = 13) -> Features:
    """
    Mel-frequency cepstral coefficients, the level left out, normalised over time.

    The orthonormal DCT-II of each frame (Davis and Mermelstein 1980,
    doi:10.1109/TASSP.1980.1163420).

    Args:
        log_mel: shape ``(n_frames, n_bands)``.
        coefficients: how many, counted from the level; the level itself is dropped.

    Returns:
        shape ``(n_frames, coefficients - 1)``, each frame of norm 0..1.
    """
    cepstrum = scipy.fft.dct(log_mel, type=2, norm="ortho", axis=1)[:, 1:coefficients]
    return _balanced(cepstrum)


def onset_flux(log_mel: Features) -> Features:
    """
    Half-wave rectified change in log energy per band, in units of its own recent size.

    Bello et al. 2005 (doi:10.1109/TSA.2005.851998), per band as in SuperFlux, clipped so
    that one explosion does not outvote a scene.

    Args:
        log_mel: shape ``(n_frames, n_bands)``.

    Returns:
        the same shape, each frame of norm 0..1.
    """
    rise = np.zeros_like(log_mel)
    rise[1:] = np.maximum(log_mel[1:] - log_mel[:-1], 0.0)
    return _balanced(rise)


def spectral_contrast(log_mel: Features) -> Features:
    """
    Log energy per band against its own neighbourhood in time and frequency.

    What a band does differently from the second around it and from the other bands.

    Args:
        log_mel: shape ``(n_frames, n_bands)``.

    Returns:
        the same shape, each frame of norm 0..1.
    """
    return _balanced(log_mel - log_mel.mean(axis=1, keepdims=True))


def _balanced(features: Features, *, neighbourhood: int = 101) -> Features:
    """Take the local mean away, weigh dimensions alike, clip, and bound each frame's norm."""
    if len(features) == 0:
        return features.astype(np.float32)
    centred = features - uniform_filter1d(features, neighbourhood, axis=0, mode="nearest")
    centred /= np.sqrt(np.einsum("ij,ij->j", centred, centred) / len(centred)) + 1e-6
    clipped = np.clip(centred, -3.0, 3.0, out=centred)
    norm = np.sqrt(np.einsum("ij,ij->i", clipped, clipped))
    clipped /= (norm + 0.25 * np.sqrt(features.shape[1]))[:, None]
    return np.asarray(clipped, dtype=np.float32)


def retimed(features: Features, *, rate: float) -> Features:
    """
    Return the features read at ``rate`` times their speed, by linear interpolation.

    Frame ``i`` of the result shows what frame ``(i + 1/2) * rate - 1/2`` showed.
    """
    if rate == 1.0 or len(features) < 2:
        return features
    count = int(len(features) / rate)
    position = np.clip((np.arange(count) + 0.5) * rate - 0.5, 0, len(features) - 1.001)
    low = position.astype(np.int64)
    part = (position - low).astype(np.float32)[:, None]
    return np.asarray(features[low] * (1.0 - part) + features[low + 1] * part, np.float32)


def coarser(features: Features, *, factor: int) -> Features:
    """Return means of ``factor`` frames each; a rest shorter than that is dropped."""
    count = len(features) // factor
    thinned = features[: count * factor].reshape(count, factor, -1).mean(axis=1)
    return np.asarray(thinned, np.float32)
