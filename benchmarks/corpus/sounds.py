"""Noise, effects and ambiences, synthesised from a generator."""

from __future__ import annotations

import numpy as np
import scipy.fft

from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, rms

Rng = np.random.Generator


def noise(
    rng: Rng, length: int, low_hz: float = 40, high_hz: float = 20000, slope: float = -0.5
) -> Audio:
    """Return noise of unit level between two corners, its spectrum falling with ``slope``."""
    size = scipy.fft.next_fast_len(length, real=True)
    spectrum = scipy.fft.rfft(rng.standard_normal(size).astype(np.float32))
    hz = np.fft.rfftfreq(size, 1 / SR)
    hz[0] = 1
    tilt = (np.maximum(hz, low_hz) / 1000) ** slope
    spectrum *= tilt / (1 + (low_hz / hz) ** 4) / (1 + (hz / high_hz) ** 6)
    samples = scipy.fft.irfft(spectrum, size)[:length]
    return np.asarray(samples / rms(samples), np.float32)


def _footsteps(rng: Rng, length: int) -> np.ndarray:
    samples = np.zeros(length)
    for seconds in np.arange(0, length / SR, 0.35):
        start = int(seconds * SR)
        step = noise(rng, int(0.08 * SR), 80, 2500) * np.exp(-np.arange(int(0.08 * SR)) / 700)
        samples[start : start + len(step)] += step[: length - start]
    return samples


def _clank(rng: Rng, t: np.ndarray) -> np.ndarray:
    partials = [
        np.sin(2 * np.pi * rng.uniform(300, 4000) * t) * np.exp(-t * rng.uniform(4, 20))
        for _ in range(5)
    ]
    return np.sum(partials, 0)


def _sweep(rng: Rng, length: int) -> np.ndarray:
    hz = np.linspace(rng.uniform(200, 2500), rng.uniform(200, 2500), length)
    return np.sin(2 * np.pi * np.cumsum(hz) / SR)


def _ring(rng: Rng, t: np.ndarray) -> np.ndarray:
    tone = np.sign(np.sin(2 * np.pi * rng.uniform(300, 900) * t))
    return tone * (np.sin(2 * np.pi * 6 * t) > 0) * 0.4


def _rattle(rng: Rng, length: int, t: np.ndarray) -> np.ndarray:
    return noise(rng, length, 200, 6000) * np.abs(np.sin(2 * np.pi * rng.uniform(8, 40) * t))


def effect(rng: Rng) -> Audio:
    """Return one stereo effect of 0.15 to 1.5 s, of one of seven kinds."""
    kind, length = int(rng.integers(7)), int(rng.uniform(0.15, 1.5) * SR)
    t = np.arange(length) / SR
    decay = np.exp(-t * rng.uniform(3, 25))
    makers = (
        lambda: noise(rng, length, 60, rng.uniform(400, 3000)) * decay,
        lambda: noise(rng, length, 800, 12000, 0) * decay,
        lambda: _clank(rng, t),
        lambda: _sweep(rng, length) * decay,
        lambda: _footsteps(rng, length),
        lambda: _ring(rng, t),
        lambda: _rattle(rng, length, t) * decay,
    )
    samples = makers[kind]()
    pan = rng.uniform(-0.7, 0.7)
    samples = samples / (np.abs(samples).max() + 1e-9) * 0.35
    both = np.stack([samples * (1 - pan), samples * (1 + pan)], 1) * 0.7
    both[-200:] *= np.linspace(1, 0, min(200, len(both)))[:, None]
    return both.astype(np.float32)


def ambience(rng: Rng, length: int) -> Audio:
    """Return a stereo bed of dull noise, half of the time with chirps in it."""
    bed = np.repeat(noise(rng, length, 60, rng.uniform(800, 6000), -0.8)[:, None], 2, 1) * 0.02
    if rng.random() < 0.5:
        for _ in range(int(length / SR / 2)):
            size = int(rng.uniform(0.05, 0.3) * SR)
            start = int(rng.integers(0, max(1, length - size)))
            t = np.arange(size) / SR
            turn = rng.uniform(2000, 6000) * t + rng.uniform(20, 200) * (
                np.sin(2 * np.pi * rng.uniform(10, 30) * t) / 10
            )
            chirp = np.sin(2 * np.pi * turn) * np.hanning(size) * 0.03
            size = min(size, length - start)
            bed[start : start + size] += chirp[:size, None]
    return bed.astype(np.float32)


def applause_loop(rng: Rng, seconds: float) -> Audio:
    """Return a stretch of clapping, mono, at the level of a bed."""
    length = int(seconds * SR)
    claps = noise(rng, length, 500, 9000, 0) * (rng.random(length) < 0.0004)
    clap = np.exp(-np.arange(600) / 120.0) * rng.standard_normal(600)
    samples = np.convolve(claps, clap)[:length]
    return (samples / (rms(samples) + 1e-9) * 0.08).astype(np.float32)


def tone(hz: float, seconds: float, *, level: float = 0.1, phase: float = 0.0) -> Audio:
    """Return a steady sine, mono."""
    t = np.arange(int(seconds * SR)) / SR
    return (level * np.sin(2 * np.pi * hz * t + phase)).astype(np.float32)


def head(seconds: float) -> Audio:
    """Return a programme's head: 1 kHz tone, silence, and the 2-pop two seconds before the end."""
    samples = np.zeros(int(seconds * SR), np.float32)
    line_up = tone(1000.0, max(0.0, seconds - 4))
    samples[: len(line_up)] = line_up
    at = int((seconds - 2) * SR)
    if at > 0:
        samples[at : at + SR // 25] = tone(1000.0, 1 / 25)
    return np.repeat(samples[:, None], 2, 1)
