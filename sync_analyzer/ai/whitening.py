"""Makes embeddings comparable: what is common to all frames is taken away before a cosine."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from sync_analyzer.ai.embedding import Embeddings
from sync_analyzer.ai.encoder import Array


def whitened(
    master: Embeddings, dub: Embeddings, *, local_seconds: float, dimensions: int
) -> tuple[Array, Array]:
    """
    Return both sequences in one decorrelated space, shape ``(n_frames, <= dimensions)``.

    Each frame loses the mean of its own neighbourhood; the joint covariance of both files
    is diagonalised (PCA) and its strongest directions brought to equal weight; each
    frame's norm is bounded below 1, and frames that were not heard stay zero. Without this any
    two frames of such networks have a cosine near 1.
    """
    centred = [_without_local_mean(side, seconds=local_seconds) for side in (master, dub)]
    heard = np.concatenate([c[side.heard] for c, side in zip(centred, (master, dub), strict=True)])
    if len(heard) < 2:
        return np.zeros((len(centred[0]), 1), np.float32), np.zeros(
            (len(centred[1]), 1), np.float32
        )
    covariance = (heard.T @ heard).astype(np.float64) / len(heard)
    power, directions = np.linalg.eigh(covariance)
    power, directions = power[::-1][:dimensions], directions[:, ::-1][:, :dimensions]
    floor = 1e-2 * max(float(power[0]), 1e-20)
    projection = (directions / np.sqrt(np.maximum(power, 0.0) + floor)).astype(np.float32)
    first, second = (bounded(c @ projection) for c in centred)
    return first * master.heard[:, None], second * dub.heard[:, None]


def bounded(frames: Array) -> Array:
    """Return frames of norm 0..1: weak ones stay weak, no loud one outvotes the rest."""
    norm = np.sqrt(np.sum(frames**2, axis=1, keepdims=True))
    typical = 0.25 * float(np.sqrt(np.mean(norm**2))) if len(norm) else 1.0
    return np.asarray(frames / (norm + typical + 1e-12), np.float32)


def _without_local_mean(side: Embeddings, *, seconds: float) -> Array:
    """Take away the mean of the heard frames around each, in place of silence nothing."""
    count = max(3, round(seconds / side.step_seconds) | 1)
    mask = side.heard.astype(np.float32)
    weight = uniform_filter1d(mask, count, mode="constant") + 1e-9
    mean = uniform_filter1d(side.frames, count, axis=0, mode="constant") / weight[:, None]
    return np.asarray((side.frames - mean) * mask[:, None], np.float32)
