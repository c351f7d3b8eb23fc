"""Music, composed and played from a key: chords, bass, a melody, sometimes drums."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, rms
from benchmarks.corpus.seeds import Seeds
from benchmarks.corpus.sounds import Rng, noise

MINOR, MAJOR = (0, 2, 3, 5, 7, 8, 10), (0, 2, 4, 5, 7, 9, 11)
HARMONICS_AND_DECAY = {"pluck": (6, 4.0), "pad": (5, 0.4), "bell": (5, 2.5), "bass": (4, 2.0)}


def note(hz: float, seconds: float, rng: Rng, kind: str) -> Audio:
    """Return one note of an instrument, mono."""
    length = int(seconds * SR)
    t = np.arange(length, dtype=np.float32) / SR
    samples = np.zeros(length, np.float32)
    harmonics, decay = HARMONICS_AND_DECAY[kind]
    pad = kind == "pad"
    for h in range(1, harmonics + 1):
        stretched = h * (1 + (0.003 * h * h if kind == "bell" else 0.0003 * h))
        phase = rng.uniform(0, 6.28)
        vibrato = 0.3 * np.sin(2 * np.pi * 5 * t) if pad else 0
        loudness = 1 / h ** (1.6 if pad else 1.2)
        swing = np.sin(2 * np.pi * hz * stretched * t + phase + vibrato)
        samples += loudness * np.exp(-t * decay * (1 + 0.4 * h)) * swing
    attack, release = int((0.15 if pad else 0.004) * SR), min(length // 3, int(0.05 * SR))
    samples[:attack] *= np.linspace(0, 1, attack)[:length]
    samples[-release:] *= np.linspace(1, 0, release)
    return samples


class _Desk:
    """Two channels that notes are added to at a time, a gain and a place."""

    def __init__(self, length: int) -> None:
        self.samples = np.zeros((length, 2), np.float32)

    def add(self, sound: np.ndarray, seconds: float, level: float, pan: float = 0.0) -> None:
        start = max(0, int(seconds * SR))
        end = min(len(self.samples), start + len(sound))
        if end > start:
            part = sound[: end - start] * level
            self.samples[start:end, 0] += part * (1 - pan) * 0.7
            self.samples[start:end, 1] += part * (1 + pan) * 0.7


class _Drums:
    """A hat, a kick and a snare, made once for a piece."""

    def __init__(self, rng: Rng) -> None:
        t = np.arange(int(0.2 * SR)) / SR
        self.hat = noise(rng, int(0.06 * SR), 5000, 18000, 0) * np.exp(
            -np.arange(int(0.06 * SR)) / 500
        )
        self.kick = np.sin(2 * np.pi * (50 * t + 60 * (1 - np.exp(-t * 30)) / 30)) * np.exp(-t * 14)
        self.snare = noise(rng, int(0.15 * SR), 300, 9000, 0) * np.exp(
            -np.arange(int(0.15 * SR)) / 1800
        )

    def play_bar(self, desk: _Desk, rng: Rng, seconds: float, beat_seconds: float) -> None:
        for eighth in range(8):
            at = seconds + eighth * beat_seconds / 2
            desk.add(self.hat, at, 0.04 * rng.uniform(0.5, 1.2), 0.3)
            if eighth in (0, 4) or rng.random() < 0.08:
                desk.add(self.kick, at, 0.35)
            if eighth in (2, 6):
                desk.add(self.snare, at, 0.12)


def music(
    seeds: Seeds, key: Any, seconds: float, *, beats_per_minute: float | None = None
) -> Audio:
    """Return a piece of music, stereo, at a level of 0.1; ``beats_per_minute`` fixes its tempo."""
    rng = seeds.rng("mus", key)
    desk = _Desk(int(seconds * SR))
    drawn = rng.uniform(70, 140)
    beat = 60 / (beats_per_minute or drawn)
    root = rng.uniform(40, 52)
    scale = MINOR if rng.random() < 0.5 else MAJOR
    kind = str(rng.choice(["pluck", "bell", "pluck"]))
    with_drums = rng.random() < 0.6
    drums = _Drums(rng)

    def pitch_hz(degree: int) -> float:
        step = root + 12 * (degree // 7) + scale[degree % 7]
        return float(440 * 2 ** ((step - 69) / 12))

    at = 0.0
    while at < seconds:
        chord = int(rng.choice([0, 3, 4, 5, 1]))
        bar = 4 * beat
        for degree in (0, 2, 4):
            sound = note(pitch_hz(chord + degree + 7), bar * 1.05, rng, "pad")
            desk.add(sound, at, 0.12, float(rng.uniform(-0.4, 0.4)))
        desk.add(note(pitch_hz(chord), bar * 0.9, rng, "bass"), at, 0.25)
        _melody(desk, rng, at, beat, kind, lambda degree, c=chord: pitch_hz(c + degree + 14))
        if with_drums:
            drums.play_bar(desk, rng, at, beat)
        at += bar
    return np.asarray(desk.samples / (rms(desk.samples) + 1e-9) * 0.1, np.float32)


def _melody(desk: _Desk, rng: Rng, at: float, beat: float, kind: str, pitch_hz: Any) -> None:
    position = 0.0
    while position < 4:
        length = float(rng.choice([0.5, 0.5, 1, 1, 0.25, 1.5]))
        if rng.random() < 0.8:
            degree = int(rng.choice([0, 2, 4, 7, 1, 6]))
            sound = note(pitch_hz(degree), length * beat * 1.5, rng, kind)
            start = at + (position + rng.normal(0, 0.01)) * beat
            desk.add(sound, start, 0.2 * rng.uniform(0.5, 1), float(rng.uniform(-0.6, 0.6)))
        position += length
