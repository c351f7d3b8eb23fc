"""Delay a sound by any fraction of a sample, and measure delays between sounds."""

from __future__ import annotations

import math

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, mono

PAD = 4096
UPSAMPLING = 4
BAND_HZ = (150, 6000)
FLUX_HOP = 96


def _delay_by_fraction(samples: Audio, fraction: float) -> Audio:
    size = scipy.fft.next_fast_len(len(samples) + 2 * PAD, real=True)
    turn = np.exp(-2j * np.pi * np.arange(size // 2 + 1) / size * fraction)
    columns = []
    for channel in np.atleast_2d(samples.T):
        padded = np.pad(channel.astype(float), (PAD, size - len(channel) - PAD))
        columns.append(scipy.fft.irfft(scipy.fft.rfft(padded) * turn, size)[PAD:][: len(channel)])
    out = np.stack(columns, 1).astype(np.float32)
    return out[:, 0] if samples.ndim == 1 else out


def delayed(samples: Audio, delay_samples: float) -> Audio:
    """Return the samples late by any number of samples, of the same length."""
    whole = math.floor(delay_samples)
    fraction = delay_samples - whole
    moved = _delay_by_fraction(samples, fraction) if fraction > 1e-9 else samples
    out = np.zeros_like(moved)
    if whole > 0:
        out[whole:] = moved[:-whole]
    elif whole < 0:
        out[:whole] = moved[-whole:]
    else:
        out = moved
    return out


def measured_delay_seconds(
    first: NDArray[np.floating], second: NDArray[np.floating], *, max_seconds: float
) -> float:
    """Return how late ``second`` is, from their correlation within the band, either polarity."""
    size = scipy.fft.next_fast_len(len(first) + len(second), real=True)
    cross = scipy.fft.rfft(second.astype(float), size)
    cross *= np.conj(scipy.fft.rfft(first.astype(float), size))
    hz = np.fft.rfftfreq(size, 1 / SR)
    cross *= (hz > BAND_HZ[0]) & (hz < BAND_HZ[1])
    fine = np.zeros(size * UPSAMPLING // 2 + 1, complex)
    fine[: len(cross)] = cross
    curve = scipy.fft.irfft(fine, size * UPSAMPLING)
    reach = int(max_seconds * SR * UPSAMPLING)
    around = np.abs(np.concatenate([curve[-reach:], curve[: reach + 1]]))
    best = int(np.argmax(around))
    shift = 0.0
    if 0 < best < len(around) - 1:
        left, top, right = around[best - 1 : best + 2]
        shift = (left - right) / (2 * (left - 2 * top + right) + 1e-20)
    return float((best + shift - reach) / SR / UPSAMPLING)


def _flux(samples: Audio) -> NDArray[np.float64]:
    """Return the rising part of the log energy, a value every `FLUX_HOP` samples."""
    edges = np.diff(mono(samples), prepend=0)
    blocks = edges[: len(edges) // FLUX_HOP * FLUX_HOP].reshape(-1, FLUX_HOP)
    energy = np.convolve(np.log(np.mean(blocks**2, 1) + 1e-9), np.hanning(9) / 4, "same")
    return np.maximum(np.diff(energy, prepend=energy[0]), 0)


def measured_stretch(before: Audio, after: Audio, *, rate: float) -> tuple[float, float, int]:
    """
    Return how late a time-stretcher is, how far it wanders about that, and from how many windows.

    Its own input and output are compared by their envelopes in windows of 8 s; the delay is
    the median in seconds, the wander the 90th percentile of the distances from it.
    """
    one, other = _flux(before), _flux(after)
    length = int(len(one) * rate)
    one = np.interp(np.arange(length) / rate, np.arange(len(one)), one)
    window, reach = int(8 * SR / FLUX_HOP), int(0.15 * SR / FLUX_HOP)
    found = []
    for start in range(reach, min(length, len(other)) - window - reach, window // 2):
        left = one[start : start + window] - one[start : start + window].mean()
        right = other[start - reach : start + window + reach]
        right = right - right.mean()
        curve = np.correlate(right, left, "valid")
        best = int(np.argmax(curve))
        size = np.linalg.norm(left) * np.linalg.norm(right[best : best + window]) + 1e-9
        if curve[best] > 0.3 * size and 0 < best < 2 * reach:
            bend = 2 * (curve[best - 1] - 2 * curve[best] + curve[best + 1])
            shift = (curve[best - 1] - curve[best + 1]) / bend
            found.append((best + shift - reach) * FLUX_HOP / SR)
    lags = np.array(found or [0.0])
    middle = float(np.median(lags))
    return middle, float(np.percentile(np.abs(lags - middle), 90)), len(found)
