"""
The lag between two files where it is constant for moments and then jumps.

A time-stretcher that works on samples (WSOLA, Verhelst and Roelands 1993,
doi:10.1109/ICASSP.1993.319366) copies its input unchanged for a tenth of a second or a few,
and makes up for the speed at splices, by leaving out or repeating a few milliseconds. Within
a copy the lag is constant; at a splice it jumps. All lags here are dub sample minus master
sample.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.fft
from numpy.typing import NDArray

FRAME_SAMPLES = 1024
REACH_SAMPLES = 600
LOW_HZ, HIGH_HZ = 100.0, 10_000.0
_QUIET = 1e-4
_BATCH = 512
_FLOOR, _CAP = 3.5, 12.0
_JUMP_COST = 15.0
_PULL = 0.03 / 24**2
"""Per square sample from the expected lag: 0.03 per square millisecond at 24 kHz."""


def lag_scores(
    master: Sequence[NDArray[np.float32]],
    dub: Sequence[NDArray[np.float32]],
    *,
    master_starts: NDArray[np.int64],
    dub_starts: NDArray[np.int64],
    sample_rate_hz: int,
) -> NDArray[np.float32]:
    """
    Return how well each frame fits at every lag around the expected one (GCC-PHAT).

    Args:
        master: views, each of shape ``(n_master,)``.
        dub: the same views, each of shape ``(n_dub,)``.
        master_starts: first sample of each frame, shape ``(n_frames,)``; a frame that does
            not lie inside of both files scores 0.
        dub_starts: where each frame is expected in the dub, shape ``(n_frames,)``.
        sample_rate_hz: of all.

    Returns:
        shape ``(n_frames, 2 * REACH_SAMPLES + 1)``, in units of each frame's own root mean
        square, the largest of all views; column ``REACH_SAMPLES`` is the expected lag.
    """
    scores = np.zeros((len(master_starts), 2 * REACH_SAMPLES + 1), np.float32)
    inside = (master_starts >= 0) & (master_starts + FRAME_SAMPLES <= len(master[0]))
    inside &= (dub_starts >= 0) & (dub_starts + FRAME_SAMPLES <= len(dub[0]))
    rows = np.flatnonzero(inside)
    for first in range(0, len(rows), _BATCH):
        some = rows[first : first + _BATCH]
        for left, right in zip(master, dub, strict=True):
            one, other = (
                side[starts[some, None] + np.arange(FRAME_SAMPLES)]
                for side, starts in ((left, master_starts), (right, dub_starts))
            )
            found = _correlated(one, other, sample_rate_hz=sample_rate_hz)
            scores[some] = np.maximum(scores[some], found)
    return scores


def _correlated(
    master: NDArray[np.float32], dub: NDArray[np.float32], *, sample_rate_hz: int
) -> NDArray[np.float32]:
    size = 2 * FRAME_SAMPLES
    hz = np.arange(size // 2 + 1) * (sample_rate_hz / size)
    band = (hz > LOW_HZ) & (hz < HIGH_HZ)
    taper = np.hanning(FRAME_SAMPLES).astype(np.float32)
    cross = np.conj(scipy.fft.rfft(master * taper, size)) * scipy.fft.rfft(dub * taper, size)
    magnitude = np.abs(cross)
    cross *= band / (magnitude + 0.1 * magnitude.mean(axis=1, keepdims=True) + 1e-20)
    curves = scipy.fft.irfft(cross, size)
    near = np.concatenate([curves[:, -REACH_SAMPLES:], curves[:, : REACH_SAMPLES + 1]], axis=1) / (
        np.sqrt(np.mean(curves**2, axis=1, keepdims=True)) + 1e-12
    )
    heard = (np.abs(master).max(axis=1) > _QUIET) & (np.abs(dub).max(axis=1) > _QUIET)
    return np.asarray(np.abs(near) * heard[:, None], np.float32)


class LagPath:
    """
    The most likely lag of every frame: constant, with jumps that cost (Viterbi's algorithm).

    Frames are handed in one after another; what is kept of each is one bit per lag. One
    frame alone never makes a jump there and back worth its cost, so a stray is passed over;
    where frames say nothing, the path stays near the expected lag, in jumps.
    """

    def __init__(self) -> None:
        deviation = np.arange(-REACH_SAMPLES, REACH_SAMPLES + 1)
        self._prior = -_PULL * deviation.astype(np.float64) ** 2
        self._total = np.zeros(len(deviation))
        self._expected: list[int] = []
        self._best: list[int] = []
        self._stays: list[NDArray[np.uint8]] = []

    def add(self, scores: NDArray[np.float32], *, expected_lag: int) -> None:
        """
        Take in the next frame.

        Args:
            scores: shape ``(2 * REACH_SAMPLES + 1,)``, a row of `lag_scores`.
            expected_lag: the lag of the middle column, in samples.
        """
        shift = expected_lag - self._expected[-1] if self._expected else 0
        best = int(self._total.argmax())
        jumped = self._total[best] - _JUMP_COST
        stayed = _shifted(self._total, shift)
        stays = stayed >= jumped
        gain = np.clip(scores - _FLOOR, 0.0, _CAP) + self._prior
        self._best.append(best + (self._expected[-1] if self._expected else expected_lag))
        self._stays.append(np.packbits(stays))
        self._expected.append(expected_lag)
        self._total = np.where(stays, stayed, jumped) + gain
        self._total -= self._total.max()

    def lags(self) -> NDArray[np.int64]:
        """Return the lag of every frame, in samples, shape ``(n_frames,)``."""
        count = len(self._expected)
        path = np.zeros(count, np.int64)
        if not count:
            return path
        lag = int(self._total.argmax()) + self._expected[-1]
        for frame in range(count - 1, -1, -1):
            path[frame] = lag
            column = lag - self._expected[frame]
            if not self._stays[frame][column >> 3] >> (7 - (column & 7)) & 1:
                lag = self._best[frame]
        return path - REACH_SAMPLES


def _shifted(values: NDArray[np.float64], shift: int) -> NDArray[np.float64]:
    """Return the values of the same lags seen from an expected lag ``shift`` samples on."""
    out = np.full(len(values), -np.inf)
    if abs(shift) < len(values):
        first, last = max(0, shift), len(values) + min(0, shift)
        out[first - shift : last - shift] = values[first:last]
    return out


def clear_lags(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """
    Return each frame's own lag against the expected one, NaN without one clear peak.

    Args:
        scores: shape ``(n_frames, 2 * REACH_SAMPLES + 1)``.

    Returns:
        shape ``(n_frames,)``, in samples.
    """
    guard, clear_score, rival_share = 96, 7.0, 0.7
    peak = scores.argmax(axis=1)
    columns = np.arange(scores.shape[1])
    away = np.abs(columns[None, :] - peak[:, None]) > guard
    rivals = np.where(away, scores, 0.0).max(axis=1, initial=0.0)
    best = scores.max(axis=1, initial=0.0)
    clear = (best > clear_score) & (rivals < rival_share * best)
    return np.where(clear, peak - float(REACH_SAMPLES), np.nan)
