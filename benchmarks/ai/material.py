"""Programmes made of numbers: music, effects and ambience at 8 kHz, with dialogue on top."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from benchmarks.ai.voices import RATE_HZ, Samples, normalised, speaker

Rng = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Programme:
    """
    What master and dub share, and where people speak.

    ``stems`` are music, effects and ambience of shape ``(n_samples,)`` each; ``lines``
    are ``(start_seconds, length_seconds)`` of the dialogue.
    """

    stems: tuple[Samples, Samples, Samples]
    lines: tuple[tuple[float, float], ...]


def decibels(value_db: float) -> np.float32:
    """Return the gain of so many decibels."""
    return np.float32(10.0 ** (value_db / 20.0))


def coloured_noise(
    rng: Rng, samples: int, *, low_hz: float, high_hz: float, slope: float
) -> Samples:
    """Return noise of RMS 1 whose amplitude falls as ``f ** slope`` inside a soft band."""
    size = scipy.fft.next_fast_len(max(samples, 16), real=True)
    hz = np.maximum(np.fft.rfftfreq(size, 1 / RATE_HZ), 1.0)
    shape = hz**slope / (1 + (low_hz / hz) ** 4) / (1 + (hz / high_hz) ** 6)
    spectrum = scipy.fft.rfft(rng.standard_normal(size).astype(np.float32)) * shape
    return normalised(scipy.fft.irfft(spectrum, size)[:samples])


def _add(out: Samples, sound: NDArray[np.floating], *, at_seconds: float, gain: float) -> None:
    start = max(0, int(at_seconds * RATE_HZ))
    stop = min(len(out), start + len(sound))
    if stop > start:
        out[start:stop] += (gain * sound[: stop - start]).astype(np.float32)


def _time(seconds: float) -> NDArray[np.float64]:
    return np.arange(max(8, int(seconds * RATE_HZ))) / RATE_HZ


def _faded(sound: NDArray[np.floating], *, rise_seconds: float) -> Samples:
    out = np.asarray(sound, np.float32).copy()
    rise = min(len(out) // 2, max(1, int(rise_seconds * RATE_HZ)))
    out[:rise] *= np.linspace(0, 1, rise, dtype=np.float32)
    fall = min(len(out) // 3, 160)
    if fall:
        out[-fall:] *= np.linspace(1, 0, fall, dtype=np.float32)
    return out


@dataclass(frozen=True, kw_only=True)
class _Instrument:
    """A timbre: partials, their decay, the attack and a vibrato or frequency modulation."""

    partials: int
    decay_per_second: float
    rolloff: float
    stretch: float
    attack_seconds: float
    vibrato: float
    modulation: float
    odd_only: bool

    def note(self, rng: Rng, *, hz: float, seconds: float) -> Samples:
        t = _time(seconds)
        wobble = self.vibrato * np.sin(2 * np.pi * 5.5 * t) + self.modulation * np.sin(
            2 * np.pi * hz * 1.41 * t
        ) * np.exp(-4 * t)
        out = np.zeros(len(t))
        for number in range(1, self.partials + 1):
            multiple = (2 * number - 1) if self.odd_only else number
            partial_hz = hz * multiple * (1 + self.stretch * multiple**2)
            if partial_hz > 3900:
                break
            damp = np.exp(-t * self.decay_per_second * (1 + 0.3 * number))
            phase = 2 * np.pi * partial_hz * t + multiple * wobble + rng.uniform(0, 6.28)
            out += damp * np.sin(phase) / multiple**self.rolloff
        return _faded(out, rise_seconds=self.attack_seconds)


def _instrument(rng: Rng, *, sustained: bool) -> _Instrument:
    return _Instrument(
        partials=int(rng.integers(2, 10)),
        decay_per_second=float(rng.uniform(0.1, 0.8) if sustained else rng.uniform(1.5, 7.0)),
        rolloff=float(rng.uniform(0.7, 1.8)),
        stretch=float(rng.choice([0.0, 0.0003, 0.003])),
        attack_seconds=float(rng.uniform(0.05, 0.3) if sustained else rng.uniform(0.002, 0.02)),
        vibrato=float(rng.choice([0.0, 0.0, 0.3, 0.8])),
        modulation=float(rng.choice([0.0, 0.0, 1.5])),
        odd_only=bool(rng.random() < 0.25),
    )


def _scale_hz(rng: Rng) -> Callable[[int], float]:
    steps = rng.permutation(
        [[0, 2, 4, 5, 7, 9, 11], [0, 2, 3, 5, 7, 8, 10], [0, 3, 5, 6, 7, 10, 12]]
    )[0]
    root = float(rng.uniform(36, 50))
    return lambda degree: float(
        440 * 2 ** ((root + 12 * (degree // 7) + steps[degree % 7] - 69) / 12)
    )


def music(rng: Rng, *, seconds: float) -> Samples:
    """Return music of RMS 1: chords, bass, a melody and mostly drums, never twice the same."""
    out = np.zeros(int(seconds * RATE_HZ), np.float32)
    beat = 60 / float(rng.uniform(55, 165))
    hz = _scale_hz(rng)
    pad, lead = _instrument(rng, sustained=True), _instrument(rng, sustained=rng.random() < 0.3)
    bass = _instrument(rng, sustained=False)
    drums = _drum_kit(rng) if rng.random() < 0.6 else None
    pad_gain, lead_gain = float(rng.uniform(0, 0.5)), float(rng.uniform(0.3, 1.0))
    at = 0.0
    while at < seconds:
        root = int(rng.choice([0, 3, 4, 5, 1, 2]))
        for degree in (0, 2, 4):
            note = pad.note(rng, hz=hz(root + degree + 7), seconds=4.2 * beat)
            _add(out, note, at_seconds=at, gain=pad_gain / 2)
        _add(out, bass.note(rng, hz=hz(root), seconds=3.6 * beat), at_seconds=at, gain=0.6)
        _melody(out, rng, lead, hz, root=root, at=at, beat=beat, gain=lead_gain)
        if drums is not None:
            _drum_bar(out, rng, drums, at=at, beat=beat)
        at += 4 * beat
    return normalised(out)


def _melody(
    out: Samples,
    rng: Rng,
    lead: _Instrument,
    hz: Callable[[int], float],
    *,
    root: int,
    at: float,
    beat: float,
    gain: float,
) -> None:
    position = 0.0
    while position < 4:
        length = float(rng.choice([0.25, 0.5, 0.5, 1, 1, 1.5]))
        if rng.random() < 0.8:
            degree = root + int(rng.choice([0, 1, 2, 4, 6, 7])) + 14
            note = lead.note(rng, hz=hz(degree), seconds=1.3 * length * beat)
            start = at + (position + float(rng.normal(0, 0.015))) * beat
            _add(out, note, at_seconds=start, gain=gain * float(rng.uniform(0.4, 1.0)))
        position += length


def _drum_kit(rng: Rng) -> tuple[Samples, Samples, Samples]:
    t = _time(0.2)
    sweep = rng.uniform(45, 70) * t + rng.uniform(1, 3) * (1 - np.exp(-t * 30))
    kick = np.sin(2 * np.pi * sweep) * np.exp(-t * rng.uniform(9, 18))
    snare = coloured_noise(rng, len(t), low_hz=300, high_hz=3800, slope=0) * np.exp(-t * 22)
    hat = coloured_noise(rng, len(t), low_hz=2800, high_hz=3900, slope=0) * np.exp(-t * 60)
    return kick.astype(np.float32), (0.5 * snare).astype(np.float32), (0.3 * hat).astype(np.float32)


def _drum_bar(
    out: Samples, rng: Rng, drums: tuple[Samples, Samples, Samples], *, at: float, beat: float
) -> None:
    kick, snare, hat = drums
    for eighth in range(8):
        start = at + eighth * beat / 2
        _add(out, hat, at_seconds=start, gain=float(rng.uniform(0.3, 1.0)))
        if eighth in (0, 4) or rng.random() < 0.1:
            _add(out, kick, at_seconds=start, gain=1.0)
        if eighth in (2, 6):
            _add(out, snare, at_seconds=start, gain=float(rng.uniform(0.6, 1.0)))


def effect(rng: Rng) -> Samples:
    """Return one sound effect of peak 1: hit, crash, clank, sweep, steps, ring, rattle, motor."""
    t = _time(float(rng.uniform(0.1, 1.8)))
    damp = np.exp(-t * rng.uniform(2, 25))

    def hiss(low_hz: float, high_hz: float, slope: float = -0.3) -> Samples:
        return coloured_noise(rng, len(t), low_hz=low_hz, high_hz=high_hz, slope=slope)

    kind = int(rng.integers(8))
    if kind == 0:
        sound = hiss(50, float(rng.uniform(300, 2500))) * damp
    elif kind == 1:
        sound = hiss(700, 3900, 0.0) * damp
    elif kind == 2:
        modes = rng.uniform(250, 3600, 5)
        sound = sum(np.sin(2 * np.pi * hz * t) * np.exp(-t * rng.uniform(4, 20)) for hz in modes)
    elif kind == 3:
        glide = np.linspace(rng.uniform(150, 2500), rng.uniform(150, 2500), len(t))
        sound = np.sin(2 * np.pi * np.cumsum(glide) / RATE_HZ) * damp
    elif kind == 4:
        gap = float(rng.uniform(0.25, 0.6))
        sound = hiss(80, 2500) * np.exp(-(t % gap) * 40) * rng.uniform(0.5, 1.0)
    elif kind == 5:
        tone = np.sign(np.sin(2 * np.pi * rng.uniform(300, 1500) * t))
        sound = tone * (np.sin(2 * np.pi * rng.uniform(3, 12) * t) > 0)
    elif kind == 6:
        sound = hiss(200, 3800) * np.abs(np.sin(2 * np.pi * rng.uniform(8, 40) * t)) * damp
    else:
        pitch = rng.uniform(30, 90) * (1 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.1, 0.6) * t))
        saw = (np.cumsum(pitch) / RATE_HZ) % 1.0 - 0.5
        sound = saw + 0.3 * hiss(100, 2000)
    sound = _faded(sound, rise_seconds=0.002)
    return np.asarray(sound / (np.abs(sound).max() + 1e-9), np.float32)


def ambience(rng: Rng, *, seconds: float) -> Samples:
    """Return background of RMS 1 that swells slowly: air, wind, rain, birds or insects."""
    count = int(seconds * RATE_HZ)
    high_hz, slope = float(rng.uniform(500, 3800)), float(rng.uniform(-1.0, 0.0))
    out = coloured_noise(rng, count, low_hz=60, high_hz=high_hz, slope=slope)
    knots = np.arange(0, count + 2 * RATE_HZ, RATE_HZ)
    out *= np.exp(np.interp(np.arange(count), knots, rng.normal(0, 0.3, len(knots)))).astype(
        np.float32
    )
    if rng.random() < 0.5:
        for _ in range(int(seconds / 2)):
            t = _time(float(rng.uniform(0.05, 0.3)))
            warble = rng.uniform(3, 40) * np.sin(2 * np.pi * rng.uniform(8, 30) * t)
            chirp = np.sin(2 * np.pi * rng.uniform(1500, 3700) * t + warble) * np.hanning(len(t))
            _add(out, chirp, at_seconds=float(rng.uniform(0, seconds)), gain=2.0)
    return normalised(out)


def programme(rng: Rng, *, seconds: float) -> Programme:
    """Return scenes of 6 to 20 s, each with its own balance of music, effects, air and talk."""
    count = int(seconds * RATE_HZ)
    score, hits, air = (np.zeros(count, np.float32) for _ in range(3))
    lines: list[tuple[float, float]] = []
    at = 0.0
    while at < seconds:
        length = float(rng.uniform(6, 20))
        kind = rng.choice(["talk", "talk over music", "action", "montage", "quiet"])
        if kind in ("talk over music", "action", "montage"):
            level = float(rng.uniform(-12, 0)) if kind != "montage" else 0.0
            piece = _faded(music(rng, seconds=length), rise_seconds=0.2)
            _add(score, piece, at_seconds=at, gain=decibels(level))
        if kind != "montage":
            air_gain = decibels(float(rng.uniform(-24, -10)))
            _add(air, ambience(rng, seconds=length), at_seconds=at, gain=air_gain)
        mean_gap = 0.8 if kind == "action" else 3.0
        when = float(rng.exponential(mean_gap))
        while when < length:
            _add(
                hits,
                effect(rng),
                at_seconds=at + when,
                gain=3 * decibels(float(rng.uniform(-20, 0))),
            )
            when += float(rng.exponential(mean_gap))
        lines += _lines(rng, start=at, length=length) if kind != "montage" else []
        at += length
    return Programme(stems=(score, hits, air), lines=tuple(lines))


def _lines(rng: Rng, *, start: float, length: float) -> list[tuple[float, float]]:
    found, when = [], float(rng.uniform(0.1, 1.0))
    while when < length - 1.0:
        spoken = min(float(rng.uniform(0.8, 3.5)), length - when)
        found.append((start + when, spoken))
        when += spoken + float(rng.uniform(0.1, 1.5))
    return found


def dialogue(rng: Rng, made: Programme, *, use_espeak: bool) -> Samples:
    """Return one cast's reading of the programme's lines, RMS 1 where it speaks."""
    out = np.zeros(len(made.stems[0]), np.float32)
    cast = [speaker(rng, use_espeak=use_espeak) for _ in range(3)]
    for start, length in made.lines:
        said = cast[int(rng.integers(3))].line(length * float(rng.uniform(0.85, 1.15)))
        late = float(np.clip(rng.normal(0.02, 0.08), -0.25, 0.3))
        _add(out, said, at_seconds=start + late, gain=decibels(float(rng.uniform(-4, 4))))
    return out
