"""
Whitened correlation of short frames along one line through the two files.

A row of the map shows, for one frame of the master, how well the dub fits at small delays
around the place where the line expects it. Frames are tapered and each bin counts alike
(GCC-PHAT, Knapp and Carter 1976, doi:10.1109/TASSP.1976.1162830), so shared music shows
through louder speech wherever it owns some bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
import scipy.fft
import soxr
from numpy.typing import NDArray

from sync_analyzer.dsp.frames import frames_at, read
from sync_analyzer.dsp.half import Samples

LOW_HZ = 70.0
BLOCK_FRAMES = 16
THREADS = 2
MARGIN_SAMPLES = 256
PLACED_SAMPLES = 0.25
"""A frame whose two ends a rate moves by less than this is placed, not resampled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Geometry:
    """Frame ``i`` is centred on master sample ``(i + 1) * hop_samples``."""

    sample_rate_hz: int
    frame_samples: int
    hop_samples: int
    max_lag_samples: int

    def centre_seconds(self, frames: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the master times of the frames' centres."""
        return np.asarray((frames + 1) * self.hop_samples / self.sample_rate_hz, np.float64)


def lag_map(
    master: Sequence[Samples],
    dub: Sequence[Samples],
    *,
    geometry: Geometry,
    frames: NDArray[np.int64],
    rate: float,
    offset_seconds: float,
    pitch_kept: bool = False,
) -> NDArray[np.float32]:
    """
    Return how each frame fits at each delay around ``dub_time = rate * t - offset_seconds``.

    Args:
        geometry: rate, frame grid and range of delays.
        master: the views, each of shape ``(n_samples,)``, at ``geometry.sample_rate_hz``.
        dub: as many views in the same order.
        frames: ascending frame numbers, shape ``(n_frames,)``.
        rate: dub seconds per master second.
        offset_seconds: at master time 0.
        pitch_kept: compare without resampling, the frames only placed by the rate.

    Returns:
        shape ``(n_views, n_frames, 2 * max_lag_samples + 1)``, each row in units of its own
        root mean square; column ``max_lag_samples + k`` is a dub later by ``k`` samples than
        the line says. A silent frame is all zero.
    """
    lags = geometry.max_lag_samples
    out = np.zeros((len(master), len(frames), 2 * lags + 1), np.float32)
    one_piece = pitch_kept or abs(rate - 1.0) * geometry.frame_samples < PLACED_SAMPLES
    jobs = [
        (view, block)
        for block in _blocks(frames, together=one_piece)
        for view in range(len(master))
    ]

    def fill(job: tuple[int, slice]) -> None:
        view, block = job
        spectrum = _cross_spectrum(
            master[view], dub[view], geometry, frames[block], rate, offset_seconds, pitch_kept
        )
        correlation = scipy.fft.irfft(spectrum, geometry.frame_samples, axis=1)
        out[view, block, lags:] = correlation[:, : lags + 1]
        out[view, block, :lags] = correlation[:, -lags:]

    if len(jobs) > 1:
        # The transforms release the interpreter; every job writes rows of its own.
        with ThreadPoolExecutor(max_workers=min(THREADS, len(jobs))) as pool:
            list(pool.map(fill, jobs))
    else:
        fill(jobs[0])
    size = np.sqrt(np.einsum("vfl,vfl->vf", out, out) / out.shape[2])
    out /= np.maximum(size, 1e-12)[:, :, None]
    return out


def _blocks(frames: NDArray[np.int64], *, together: bool) -> list[slice]:
    """Cut the frame list into blocks; of neighbours, where they are to be resampled at once."""
    breaks = np.zeros(0, np.int64) if together else np.flatnonzero(np.diff(frames) != 1) + 1
    edges = [0, *breaks.tolist(), len(frames)]
    return [
        slice(first, min(first + BLOCK_FRAMES, high))
        for low, high in pairwise(edges)
        for first in range(low, high, BLOCK_FRAMES)
    ]


def _cross_spectrum(
    master: Samples,
    dub: Samples,
    geometry: Geometry,
    frames: NDArray[np.int64],
    rate: float,
    offset_seconds: float,
    pitch_kept: bool,
) -> NDArray[np.complex64]:
    size = geometry.frame_samples
    taper, band = _weights(size, geometry.sample_rate_hz)
    starts = (frames + 1) * geometry.hop_samples - size // 2
    left = frames_at(master, starts, size=size)
    left *= taper
    if pitch_kept or abs(rate - 1.0) * size < PLACED_SAMPLES:
        right, part = _placed(dub, geometry, starts, rate, offset_seconds)
    else:
        right, part = _retimed(dub, geometry, starts, rate, offset_seconds)
    right *= taper
    one = scipy.fft.rfft(left, axis=1, overwrite_x=True)
    two = scipy.fft.rfft(right, axis=1, overwrite_x=True)
    np.conjugate(one, out=one)
    one *= two
    magnitude = np.abs(one)
    magnitude += 1e-3 * magnitude.mean(axis=1, keepdims=True) + 1e-20
    np.divide(band, magnitude, out=magnitude)
    one *= magnitude
    if part.any():
        shared = part[:1] if np.ptp(part) == 0.0 else part
        one *= _earlier(shared, size)
    return np.asarray(one, np.complex64)


def _earlier(samples: NDArray[np.float64], size: int) -> NDArray[np.complex64]:
    """Return, a row each, the spectrum factor that moves a frame earlier by so many samples."""
    turns = np.arange(size // 2 + 1, dtype=np.float32) * np.float32(2.0 * np.pi / size)
    angle = np.outer(samples.astype(np.float32), turns)
    factor = np.empty(angle.shape, np.complex64)
    # numpy's complex exponential takes forty times as long.
    np.cos(angle, out=factor.real)
    np.sin(angle, out=factor.imag)
    return factor


def aligned_frames(
    master: Samples,
    dub: Samples,
    geometry: Geometry,
    frames: NDArray[np.int64],
    *,
    rate: float,
    offset_seconds: float,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return tapered frames of both files along a line, to the nearest sample of the dub."""
    size = geometry.frame_samples
    taper, _ = _weights(size, geometry.sample_rate_hz)
    starts = (frames + 1) * geometry.hop_samples - size // 2
    place = _placed if abs(rate - 1.0) * size < PLACED_SAMPLES else _retimed
    right, _ = place(dub, geometry, starts, rate, offset_seconds)
    return frames_at(master, starts, size=size) * taper, right * taper


@lru_cache(maxsize=8)
def _weights(size: int, sample_rate_hz: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the taper of a frame and the band's weights, fading at both ends."""
    hz = np.arange(size // 2 + 1) * sample_rate_hz / size
    band = np.clip((hz - LOW_HZ) / LOW_HZ, 0.0, 1.0) * np.clip(
        (0.48 * sample_rate_hz - hz) / (0.04 * sample_rate_hz), 0.0, 1.0
    )
    taper = np.hanning(size + 1)[:-1]
    return taper.astype(np.float32), band.astype(np.float32)


def _placed(
    dub: Samples, geometry: Geometry, starts: NDArray[np.int64], rate: float, offset: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the dub's frames at the places the line names, their own speed untouched."""
    size = geometry.frame_samples
    wanted = rate * (starts + size / 2) - offset * geometry.sample_rate_hz - size / 2
    whole = np.floor(wanted).astype(np.int64)
    return frames_at(dub, whole, size=size), wanted - whole


def _retimed(
    dub: Samples, geometry: Geometry, starts: NDArray[np.int64], rate: float, offset: float
) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Return the dub's frames resampled to the master's speed."""
    size = geometry.frame_samples
    span = int(starts[-1] - starts[0]) + size
    first = rate * starts[0] - offset * geometry.sample_rate_hz
    begin = int(np.floor(first)) - MARGIN_SAMPLES
    piece = read(dub, begin, begin + int(np.ceil(rate * span)) + 2 * MARGIN_SAMPLES + 2)
    stretched = soxr.resample(
        piece, geometry.sample_rate_hz, geometry.sample_rate_hz / rate, quality="HQ"
    )
    at = (first - begin) / rate
    whole = int(np.floor(at))
    rows = np.lib.stride_tricks.sliding_window_view(stretched, size)
    return rows[whole + (starts - starts[0])], np.full(len(starts), at - whole)
