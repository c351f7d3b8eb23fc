"""Synthetic programmes by seed: a shared stereo bed, and voices that two files do not share."""

from __future__ import annotations

import numpy as np
import soxr
from scipy.signal import lfilter

from sync_analyzer.media.track import Media, Track, Waveform

RATE_HZ = 8000


def bed(*, seconds: float, seed: int) -> np.ndarray:
    """Return music-like notes and effects, shape ``(n_samples, 2)``."""
    rng = np.random.default_rng(seed)
    count = round(seconds * RATE_HZ)
    sound = np.zeros((count, 2), np.float64)
    at = 0.0
    while at < seconds:
        length = rng.uniform(0.2, 1.5)
        time = np.arange(int(length * RATE_HZ)) / RATE_HZ
        if rng.random() < 0.6:
            tone = rng.uniform(120, 1500)
            note = sum(
                np.sin(2 * np.pi * tone * h * time + rng.uniform(0, 6)) / h
                for h in range(1, 6)
                if tone * h < 3700
            )
        else:
            note = lfilter([1.0], [1.0, -rng.uniform(0.2, 0.9)], rng.standard_normal(len(time)))
        note = note * np.exp(-time * rng.uniform(2, 12)) * rng.uniform(0.3, 1.0)
        start = int(at * RATE_HZ)
        stop = min(count, start + len(note))
        pan = rng.uniform(-0.6, 0.6)
        sound[start:stop, 0] += note[: stop - start] * (1 - pan)
        sound[start:stop, 1] += note[: stop - start] * (1 + pan)
        at += rng.exponential(0.35)
    sound += 0.01 * rng.standard_normal((count, 2))
    return sound / np.sqrt(np.mean(sound**2))


def voice(*, seconds: float, seed: int) -> np.ndarray:
    """Return speech-like syllables in phrases with pauses, shape ``(n_samples,)``."""
    rng = np.random.default_rng(seed + 1000)
    count = round(seconds * RATE_HZ)
    sound = np.zeros(count)
    at = rng.uniform(0, 1)
    pitch = rng.uniform(90, 220)
    while at < seconds:
        for _ in range(int(rng.integers(3, 12))):
            length = int(rng.uniform(0.08, 0.25) * RATE_HZ)
            glide = pitch * np.linspace(1, rng.uniform(0.85, 1.15), length)
            buzz = np.sign(np.sin(2 * np.pi * np.cumsum(glide) / RATE_HZ)) + 0.2 * (
                rng.standard_normal(length)
            )
            for formant in rng.uniform((300, 900, 2200), (800, 2000, 3200)):
                radius = 0.96
                buzz = lfilter(
                    [1.0],
                    [1.0, -2 * radius * np.cos(2 * np.pi * formant / RATE_HZ), radius**2],
                    buzz,
                )
            buzz *= np.hanning(length) / (np.abs(buzz).max() + 1e-9)
            start = int(at * RATE_HZ)
            stop = min(count, start + length)
            if stop > start:
                sound[start:stop] += buzz[: stop - start]
            at += length / RATE_HZ
        at += rng.uniform(0.3, 1.5)
    return sound / np.sqrt(np.mean(sound**2))


def decibels(level: float) -> float:
    return float(10.0 ** (level / 20.0))


def mixed(shared: np.ndarray, *, speech_db: float, seed: int) -> np.ndarray:
    """Return the bed with a voice in the middle, ``speech_db`` above it."""
    speech = voice(seconds=len(shared) / RATE_HZ, seed=seed)[: len(shared)]
    return shared + decibels(speech_db) * speech[:, None]


def delayed(sound: np.ndarray, delay_samples: float) -> np.ndarray:
    """Return the sound later by a number of samples, fractions by a phase ramp."""
    pad = 2048
    padded = np.concatenate([np.zeros((pad, 2)), sound, np.zeros((pad, 2))])
    whole = int(np.floor(delay_samples))
    part = delay_samples - whole
    if part:
        turn = np.exp(-2j * np.pi * np.fft.rfftfreq(len(padded)) * part)
        padded = np.fft.irfft(np.fft.rfft(padded, axis=0) * turn[:, None], len(padded), axis=0)
    sound = padded[pad:-pad]
    if whole > 0:
        sound = np.concatenate([np.zeros((whole, 2)), sound])
    return sound[-whole:] if whole < 0 else sound


def played_at(sound: np.ndarray, *, rate: float) -> np.ndarray:
    """Return the sound resampled to last ``rate`` times as long."""
    channels = [
        soxr.resample(channel, RATE_HZ, RATE_HZ * rate, quality="VHQ") for channel in sound.T
    ]
    return np.stack(channels, axis=1)


def track(sound: np.ndarray) -> Track:
    """Return stereo samples as a decoded track at the analysis rate."""
    left, right = (0.1 * sound[:, 0]).astype(np.float32), (0.1 * sound[:, 1]).astype(np.float32)
    views = {"mid": (left + right) / 2, "side": (left - right) / 2}
    waves = {
        name: Waveform(samples=samples.astype(np.float16), sample_rate_hz=RATE_HZ)
        for name, samples in views.items()
        if float(np.abs(samples).max(initial=0.0)) > 0.0
    }
    waves.setdefault(
        "mid", Waveform(samples=np.zeros(len(left), np.float16), sample_rate_hz=RATE_HZ)
    )
    seconds = len(sound) / RATE_HZ
    return Track(
        media=Media(
            path="synthetic.wav",
            size_bytes=0,
            container="wav",
            stream=0,
            stream_count=1,
            codec="pcm_f32le",
            sample_rate_hz=RATE_HZ,
            channels=2,
            layout="stereo",
            duration_seconds=seconds,
        ),
        views=waves,
        duration_seconds=seconds,
    )
