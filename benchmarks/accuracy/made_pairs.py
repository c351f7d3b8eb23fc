"""Small pairs with exact truth from arrays alone: a bed both share, and voices they do not."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, resample_poly

from benchmarks.accuracy.manifest import Pair

SAMPLE_RATE_HZ = 24_000
FORMANTS_HZ = ((730, 1090, 2440), (270, 2290, 3010), (530, 1840, 2480), (570, 840, 2410))
"""Four vowels by their first three resonances (Peterson and Barney 1952)."""

Samples = NDArray[np.float64]


def bed(seed: int, seconds: float) -> Samples:
    """Return music and effects in stereo: struck notes, noise bursts, a soft hiss."""
    rng = np.random.default_rng((seed, 1))
    length = int(seconds * SAMPLE_RATE_HZ)
    out = 0.002 * rng.standard_normal((length, 2))
    at = 0.0
    while at < seconds - 0.1:
        sound = _note(rng) if rng.random() < 0.7 else _burst(rng)
        _place(out, sound * rng.uniform(0.3, 1.0), at, pan=rng.uniform(-0.8, 0.8))
        at += rng.exponential(0.35)
    return out


def _place(out: Samples, sound: Samples, at_seconds: float, *, pan: float) -> None:
    start = int(at_seconds * SAMPLE_RATE_HZ)
    end = min(len(out), start + len(sound))
    out[start:end] += sound[: end - start, None] * (np.array([1 - pan, 1 + pan]) / 2)


def _decay(rng: np.random.Generator, seconds: float) -> tuple[Samples, Samples]:
    t = np.arange(int(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return t, np.exp(-t * rng.uniform(4, 15)) * np.minimum(1, t / 0.004)


def _note(rng: np.random.Generator) -> Samples:
    t, envelope = _decay(rng, 0.9)
    hz = 220 * 2 ** (rng.integers(-12, 24) / 12)
    partials = [np.sin(2 * np.pi * hz * h * t + rng.uniform(0, 6.28)) / h for h in (1, 2, 3, 5)]
    return np.asarray(0.1 * envelope * np.sum(partials, 0))


def _burst(rng: np.random.Generator) -> Samples:
    t, envelope = _decay(rng, 0.4)
    return np.asarray(0.1 * envelope * lfilter([1], [1, -0.6], rng.standard_normal(len(t))))


def voice(seed: int, seconds: float) -> Samples:
    """Return a speech-like voice, mono: buzzing syllables with moving resonances and pauses."""
    rng = np.random.default_rng((seed, 2))
    out = np.zeros(int(seconds * SAMPLE_RATE_HZ))
    at, pitch_hz = rng.uniform(0.2, 1.0), rng.uniform(90, 200)
    while at < seconds - 0.5:
        syllable = _syllable(rng, pitch_hz * rng.uniform(0.85, 1.2))
        start = int(at * SAMPLE_RATE_HZ)
        out[start : start + len(syllable)] += syllable
        at += len(syllable) / SAMPLE_RATE_HZ + (rng.exponential(0.8) if rng.random() < 0.2 else 0)
    return out


def _syllable(rng: np.random.Generator, pitch_hz: float) -> Samples:
    length = int(rng.uniform(0.12, 0.3) * SAMPLE_RATE_HZ)
    turns = np.cumsum(pitch_hz * (1 + 0.1 * np.sin(np.arange(length) / 900))) / SAMPLE_RATE_HZ
    sound = np.diff(np.floor(turns), prepend=0) + 0.03 * rng.standard_normal(length)
    for hz in FORMANTS_HZ[int(rng.integers(len(FORMANTS_HZ)))]:
        turn, radius = 2 * np.pi * hz / SAMPLE_RATE_HZ, 0.97
        sound = lfilter([1 - radius], [1, -2 * radius * np.cos(turn), radius**2], sound)
    return np.asarray(sound / (np.sqrt(np.mean(sound**2)) + 1e-9) * 0.05 * np.hanning(length))


def mix(music_and_effects: Samples, speech: Samples, *, speech_db: float) -> Samples:
    """Return both together, the speech ``speech_db`` over the bed by effective value."""
    levels = [np.sqrt(np.mean(x**2)) + 1e-12 for x in (music_and_effects, speech)]
    loud = speech * (levels[0] / levels[1] * 10 ** (speech_db / 20))
    both = music_and_effects + loud[:, None]
    return np.asarray(both * (0.5 / max(0.5, float(np.abs(both).max()))))


def late(samples: Samples, delay_seconds: float) -> Samples:
    """Return the samples late by any time, fractions of a sample included, with silence before."""
    size = len(samples) + int(abs(delay_seconds) * SAMPLE_RATE_HZ) + 4096
    turn = np.exp(-2j * np.pi * np.fft.rfftfreq(size, 1 / SAMPLE_RATE_HZ) * delay_seconds)
    moved = np.fft.irfft(np.fft.rfft(samples, size, axis=0) * turn[:, None], size, axis=0)
    return np.asarray(moved[: len(samples) + max(0, int(delay_seconds * SAMPLE_RATE_HZ))])


def faster(samples: Samples, rate: Fraction) -> Samples:
    """Return the samples resampled to ``rate`` times their length."""
    return np.asarray(resample_poly(samples, rate.numerator, rate.denominator, axis=0))


def written(
    folder: Path, name: str, master: Samples, dub: Samples, *, truth: dict[str, Any]
) -> Pair:
    """Write both as float WAV and return the pair with its truth."""
    import soundfile

    for side, samples in (("master", master), ("dub", dub)):
        soundfile.write(folder / f"{name}_{side}.wav", samples, SAMPLE_RATE_HZ, subtype="FLOAT")
    files = {"master": f"{name}_master.wav", "dub": f"{name}_dub.wav"}
    entry = {"id": name, "category": "guard", "notes": name, **files, **truth}
    return Pair(set_name="guard", directory=folder, truth=entry)


def one_line(offset_seconds: float, rate: float, seconds: float) -> dict[str, Any]:
    """Return the truth of a pair with one segment over the whole master."""
    segment = {"master_start": 0.0, "master_end": seconds, "offset_seconds": offset_seconds}
    return {"match": True, "offset_seconds": offset_seconds, "rate": rate, "segments": [segment]}


NO_MATCH: dict[str, Any] = {"match": False, "offset_seconds": None, "rate": None, "segments": None}
"""The truth of a pair that shares nothing."""
