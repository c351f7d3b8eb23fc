"""All-lag correlation of every window of the dub against the whole master."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync_analyzer.dsp.peaks import parabolic_shift, strongest

GROUP_LAGS = 2.5e5
"""So many values of curves are at work at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSearch:
    """
    What each window of the dub found anywhere in the master.

    ``dub_start_frames`` has shape ``(n_windows,)``. ``offset_frames`` and ``score`` have
    shape ``(n_windows, n_peaks)``, best first: master frame minus dub frame, and height in
    robust standard deviations of that window's own curve. ``stack`` is the sum of all
    windows' clipped scores by offset; ``stack[i]`` belongs to ``stack_offset_frames + i``.
    """

    window_frames: int
    dub_start_frames: NDArray[np.int64]
    offset_frames: NDArray[np.float64]
    score: NDArray[np.float32]
    stack: NDArray[np.float32]
    stack_offset_frames: int


def search_windows(
    master: NDArray[np.float32],
    dub: NDArray[np.float32],
    *,
    window_frames: int,
    hop_frames: int,
    peaks: int = 5,
    guard_frames: int = 10,
    clip: float = 12.0,
    told: Callable[[int, int], None] | None = None,
) -> WindowSearch:
    """
    Correlate every dub window with the master at every lag, by overlap-save.

    Args:
        master: shape ``(n_master_frames, n_features)``, zero mean over time.
        dub: shape ``(n_dub_frames, n_features)``, likewise.
        window_frames: length of a window; shortened to the dub where that is shorter.
        hop_frames: distance between window starts.
        peaks: how many peaks of each window to keep.
        guard_frames: two peaks of one window are at least this far apart.
        clip: a window adds at most this many standard deviations to the stack.
        told: called with how many windows are done and how many there are.
    """
    window_frames = min(window_frames, len(dub))
    starts = _starts(len(dub), window_frames, hop_frames)
    fft_frames = scipy.fft.next_fast_len(max(4 * window_frames, 1024), real=True)
    spectra, valid = _master_spectra(master, window_frames=window_frames, fft_frames=fft_frames)
    lags = len(master) + window_frames - 1
    first_offset = -(window_frames - 1) - int(starts[-1])
    stack = np.zeros(lags + int(starts[-1]), np.float32)
    offsets = np.zeros((len(starts), peaks))
    scores = np.zeros((len(starts), peaks), np.float32)
    # A few windows at a time: their curves are as long as the master.
    group = int(GROUP_LAGS / lags) + 1
    for first in range(0, len(starts), group):
        members = starts[first : first + group]
        curves = _curves(spectra, dub, members, window_frames, fft_frames, valid)[:, :lags]
        _standardise(curves)
        for window, curve in enumerate(curves, start=first):
            where, scores[window] = _top_peaks(curve, count=peaks, guard=guard_frames)
            offsets[window] = where - (window_frames - 1) - starts[window]
            at = int(starts[-1] - starts[window])
            stack[at : at + lags] += np.clip(curve, -4.0, clip, out=curve)
        if told is not None:
            told(first + len(members), len(starts))
    return WindowSearch(
        window_frames=window_frames,
        dub_start_frames=starts,
        offset_frames=offsets,
        score=scores,
        stack=stack,
        stack_offset_frames=first_offset,
    )


def _starts(dub_frames: int, window_frames: int, hop_frames: int) -> NDArray[np.int64]:
    last = dub_frames - window_frames
    starts = list(range(0, last + 1, hop_frames))
    if last - starts[-1] > hop_frames // 4:
        starts.append(last)
    return np.asarray(starts, np.int64)


def _master_spectra(
    master: NDArray[np.float32], *, window_frames: int, fft_frames: int
) -> tuple[NDArray[np.complex64], int]:
    """Return spectra of overlapping master blocks, shape ``(n_bins, n_features, n_blocks)``."""
    valid = fft_frames - window_frames + 1
    lags = len(master) + window_frames - 1
    blocks = -(-lags // valid)
    padded = np.zeros(((blocks - 1) * valid + fft_frames, master.shape[1]), np.float32)
    padded[window_frames - 1 : window_frames - 1 + len(master)] = master
    spectra = np.stack(
        [scipy.fft.rfft(padded[b * valid : b * valid + fft_frames], axis=0) for b in range(blocks)],
        axis=2,
    )
    return spectra, valid


def _curves(
    spectra: NDArray[np.complex64],
    dub: NDArray[np.float32],
    starts: NDArray[np.int64],
    window_frames: int,
    fft_frames: int,
    valid: int,
) -> NDArray[np.float32]:
    windows = np.stack([dub[s : s + window_frames] for s in starts])
    wanted = np.conj(scipy.fft.rfft(windows, fft_frames, axis=1)).transpose(1, 0, 2)
    product = np.matmul(np.ascontiguousarray(wanted), spectra)
    curves = scipy.fft.irfft(product, fft_frames, axis=0)[:valid]
    return np.ascontiguousarray(curves.transpose(1, 2, 0).reshape(len(starts), -1))


def _standardise(curves: NDArray[np.float32]) -> None:
    """Put every row, in place, in units of its own spread (of a thinned copy)."""
    thinned = curves[:, :: max(1, curves.shape[1] // 20_000)]
    centre = np.median(thinned, axis=1, keepdims=True)
    spread = 1.4826 * np.median(np.abs(thinned - centre), axis=1, keepdims=True)
    spread = np.maximum(spread, 0.5 * np.std(thinned, axis=1, keepdims=True))
    curves -= centre
    curves /= np.maximum(spread, 1e-9)


def _top_peaks(
    curve: NDArray[np.float32], *, count: int, guard: int
) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    found, heights = strongest(curve, count=count, guard=guard)
    where = np.zeros(count)
    height = np.zeros(count, np.float32)
    where[: len(found)] = [at + parabolic_shift(curve, int(at)) for at in found]
    height[: len(found)] = heights
    return where, height
