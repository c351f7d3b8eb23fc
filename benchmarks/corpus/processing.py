"""What happens to sound on its way: rooms, filters, dynamics, wow and flutter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy.signal import firwin2, hilbert, lfilter, oaconvolve

from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, gain, mono
from benchmarks.corpus.sounds import Rng

Process = Callable[[Audio], Audio]


def _each(samples: Audio, change: Callable[[Audio], np.ndarray]) -> Audio:
    columns = [change(samples[:, c]) for c in range(samples.shape[1])]
    return np.asarray(np.stack(columns, 1), np.float32)


def room(rng: Rng, seconds: float, direct_db: float) -> Audio:
    """Return a room's response of unit energy: the direct sound, then decaying noise."""
    length = int(seconds * SR)
    t = np.arange(length) / SR
    response = rng.standard_normal(length) * 10 ** (-3 * t / seconds)
    response[:600] = 0
    response *= gain(-direct_db) / np.sqrt(np.sum(response**2))
    response[0] = 1
    return (response / np.sqrt(np.sum(response**2))).astype(np.float32)


def in_room(samples: Audio, rng: Rng, seconds: float, direct_db: float) -> Audio:
    """Return the sound in a room, another response on each channel."""
    length = len(samples)
    return _each(samples, lambda x: oaconvolve(x, room(rng, seconds, direct_db))[:length])


def _shape(samples: Audio, corners_hz: Sequence[float], gains_db: np.ndarray) -> Audio:
    """Filter with a linear phase of no delay; the gains are at the corners."""
    response = firwin2(1023, np.array(corners_hz) / 24000, 10 ** (gains_db / 20))
    response = response.astype(np.float32)
    return _each(samples, lambda x: oaconvolve(x, response, "same"))


def recolour(samples: Audio, rng: Rng) -> Audio:
    """Return the bed with a mild equaliser, as another mixer would set it."""
    return _shape(samples, [0, 100, 400, 1500, 6000, 24000], rng.uniform(-4, 4, 6))


def equalise(samples: Audio, rng: Rng, depth_db: float = 9) -> Audio:
    """Return the sound through a strong equaliser."""
    corners_hz = [0, 80, 300, 1000, 3000, 8000, 24000]
    return _shape(samples, corners_hz, rng.uniform(-depth_db, depth_db, 7))


def all_pass(samples: Audio, rng: Rng, sections: int = 6) -> Audio:
    """Return the sound with its phase turned about random frequencies (up to a few ms late)."""
    for _ in range(sections):
        hz = float(np.exp(rng.uniform(np.log(150), np.log(6000))))
        quality = rng.uniform(0.5, 1.2)
        turn = 2 * np.pi * hz / SR
        alpha = math.sin(turn) / 2 / quality
        poles = np.array([1 + alpha, -2 * math.cos(turn), 1 - alpha])
        samples = lfilter(poles[::-1] / poles[0], poles / poles[0], samples, axis=0)
    return np.asarray(samples, np.float32)


def ride_gain(samples: Audio, rng: Rng, depth_db: float = 9) -> Audio:
    """Return the sound with its level moved by hand, a move every three seconds or so."""
    length = len(samples)
    moves = max(2, int(length / SR / 3))
    at = np.sort(np.r_[0, rng.uniform(0, length, moves), length])
    curve_db = np.interp(np.arange(length), at, rng.uniform(-depth_db, depth_db, moves + 2))
    return np.asarray(samples * (10 ** (curve_db / 20))[:, None], np.float32)


def gate(samples: Audio, threshold_db: float = -42) -> Audio:
    """Return the sound with everything under the threshold pulled down by 40 dB."""
    blocks = mono(samples)[: len(samples) // 480 * 480].reshape(-1, 480)
    opened = (np.sqrt(np.mean(blocks**2, 1) + 1e-14) > gain(threshold_db)).astype(float)
    opened = np.maximum(np.convolve(opened, np.ones(15) / 15, "same"), 0.01)
    at = np.arange(len(opened)) * 480 + 240
    return np.asarray(samples * np.interp(np.arange(len(samples)), at, opened)[:, None], np.float32)


def squash(samples: Audio, drive_db: float = 14) -> Audio:
    """Return the sound driven hard into a limiter."""
    return np.asarray(0.5 * np.tanh(samples * gain(drive_db) / 0.5), np.float32)


def quarter_turn(samples: Audio) -> Audio:
    """Return the sound with every frequency turned by 90 degrees."""
    import scipy.fft

    size = scipy.fft.next_fast_len(len(samples))
    return np.asarray(np.imag(hilbert(samples, size)[: len(samples)]), np.float32)


def matrix_surround(samples: Audio) -> Audio:
    """Return Lt/Rt-like stereo: the difference of the channels turned by 90 degrees."""
    side = quarter_turn((samples[:, 0] - samples[:, 1]) * 0.5)
    middle = (samples[:, 0] + samples[:, 1]) * 0.5
    return np.stack([middle + side, middle - side], 1)


def wow(samples: Audio, *, depth_seconds: float, hz: float) -> Audio:
    """
    Return the sound with its speed swinging: ``y(t) = x(t - w(t))``.

    ``w`` has mean 0 and starts at 0: a sine of ``depth_seconds`` at ``hz`` and a flutter of
    20 µs at 7.3 Hz. Interpolated with a Kaiser-windowed sinc of 32 taps.
    """
    half, grid = 16, 512
    t = np.arange(len(samples)) / SR
    swing = depth_seconds * np.sin(2 * np.pi * hz * t) + 2e-5 * np.sin(2 * np.pi * 7.3 * t)
    position = np.arange(len(samples)) - SR * swing
    whole = np.floor(position).astype(np.int64)
    rest = position - whole
    padded = np.pad(samples, ((24, 24),) + ((0, 0),) * (samples.ndim - 1))
    window = np.kaiser(2 * half * grid + 1, 8)
    at = np.linspace(-half, half, len(window))
    out = np.zeros_like(samples)
    for tap in range(-half + 1, half + 1):
        distance = rest - tap
        weight = np.sinc(distance) * np.interp(distance, at, window)
        taken = padded[np.clip(whole + tap + 24, 0, len(padded) - 1)]
        out += (taken * (weight[:, None] if samples.ndim > 1 else weight)).astype(np.float32)
    return out
