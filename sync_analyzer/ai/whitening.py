"""Makes embeddings comparable: what is common to all frames is taken away before a cosine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
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
    sides = (master, dub)
    centred = [_centred(side, seconds=local_seconds) for side in sides]
    count = sum(len(frames) for frames in centred)
    if count < 2:
        return np.zeros((len(master.frames), 1), np.float32), np.zeros(
            (len(dub.frames), 1), np.float32
        )
    covariance = sum((c.T @ c).astype(np.float64) for c in centred) / count
    power, directions = np.linalg.eigh(covariance)
    power, directions = power[::-1][:dimensions], directions[:, ::-1][:, :dimensions]
    floor = 1e-2 * max(float(power[0]), 1e-20)
    projection = (directions / np.sqrt(np.maximum(power, 0.0) + floor)).astype(np.float32)
    first, second = (
        _in_place(bounded(c @ projection), side) for c, side in zip(centred, sides, strict=True)
    )
    return first, second


def bounded(frames: Array) -> Array:
    """Return frames of norm 0..1: weak ones stay weak, no loud one outvotes the rest."""
    norm = np.sqrt(np.sum(frames**2, axis=1, keepdims=True))
    typical = 0.25 * float(np.sqrt(np.mean(norm**2))) if len(norm) else 1.0
    return np.asarray(frames / (norm + typical + 1e-12), np.float32)


def _in_place(heard: Array, side: Embeddings) -> Array:
    frames = np.zeros((len(side.frames), heard.shape[1]), np.float32)
    frames[side.heard] = heard
    return frames


def _centred(side: Embeddings, *, seconds: float) -> Array:
    """
    Return the heard frames, each less the mean of the heard frames around it.

    Goes from one stretch of heard sound to the next, so that a long file of which little was
    embedded costs as little memory as what was embedded.
    """
    count = max(3, round(seconds / side.step_seconds) | 1)
    pieces = [np.zeros((0, side.frames.shape[1]), np.float32)]
    for stretch in _stretches(side.heard, gap_frames=count):
        mask, frames = side.heard[stretch], side.frames[stretch]
        weight = uniform_filter1d(mask.astype(np.float32), count, mode="constant") + 1e-9
        mean = uniform_filter1d(frames, count, axis=0, mode="constant") / weight[:, None]
        pieces.append((frames - mean)[mask])
    return np.concatenate(pieces)


def _stretches(heard: NDArray[np.bool_], *, gap_frames: int) -> list[slice]:
    """Return slices from one heard frame to another that no longer gap divides."""
    at = np.flatnonzero(heard)
    groups = np.split(at, np.flatnonzero(np.diff(at) > gap_frames) + 1)
    return [slice(int(group[0]), int(group[-1]) + 1) for group in groups if len(group)]
