"""Training pairs: one stretch of shared sound under two voices, damaged in two ways."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from benchmarks.ai import material
from benchmarks.ai.voices import RATE_HZ, Samples

Rng = np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Reel:
    """A programme and two casts reading its lines."""

    made: material.Programme
    readings: tuple[Samples, Samples]


def reel(seed: int, *, seconds: float, use_espeak: bool) -> Reel:
    """Return the reel of this seed; the same seed gives the same reel."""
    rng = np.random.default_rng([seed, 1])
    made = material.programme(rng, seconds=seconds)
    first, second = (material.dialogue(rng, made, use_espeak=use_espeak) for _ in range(2))
    return Reel(made=made, readings=(first, second))


def _piece(samples: Samples, start: int, count: int) -> Samples:
    return samples[start : start + count]


def mixed(rng: Rng, shared: tuple[Samples, ...], voice: Samples, *, dialogue_db: float) -> Samples:
    """
    Return stems and voice in one mix.

    ``dialogue_db`` is the level of the voice over the loud half of music and effects.
    """
    bed = sum(stem * material.decibels(float(rng.uniform(-3, 3))) for stem in shared)
    blocks = bed[: len(bed) // 800 * 800].reshape(-1, 800)
    level = float(np.sqrt(np.quantile(np.mean(blocks**2, axis=1), 0.75))) + 1e-4
    return np.asarray(bed + voice * level * material.decibels(dialogue_db), np.float32)


def damaged(rng: Rng, samples: Samples) -> Samples:
    """Return the mix with another EQ, band limit, holes of a codec, limiter, room and noise."""
    size = scipy.fft.next_fast_len(len(samples) + RATE_HZ // 2, real=True)
    spectrum = scipy.fft.rfft(samples, size)
    hz = np.fft.rfftfreq(size, 1 / RATE_HZ)
    knots_hz = np.array([0.0, 150, 400, 1000, 2200, 4000])
    gain = 10 ** (np.interp(hz, knots_hz, rng.uniform(-5, 5, 6)) / 20)
    if rng.random() < 0.3:
        gain /= 1 + (hz / rng.uniform(2500, 3900)) ** 12
    if rng.random() < 0.3:
        gain *= 1 - 1 / (1 + (hz / rng.uniform(80, 250)) ** 6)
    spectrum *= gain
    if rng.random() < 0.2:
        tail = np.arange(int(rng.uniform(0.1, 0.4) * RATE_HZ))
        room = rng.standard_normal(len(tail)) * np.exp(-5 * tail / len(tail))
        room *= rng.uniform(0.1, 0.6) / np.sqrt(np.sum(room**2))
        room[0] = 1.0
        spectrum *= scipy.fft.rfft(room, size)
    out = np.asarray(scipy.fft.irfft(spectrum, size)[: len(samples)], np.float32)
    if rng.random() < 0.4:
        out = _with_holes(rng, out)
    level = float(np.sqrt(np.mean(out**2))) + 1e-6
    if rng.random() < 0.4:
        drive = float(rng.uniform(1.5, 4.0)) * level
        out = (drive * np.tanh(out / drive)).astype(np.float32)
    noise_db = float(rng.uniform(-70, -22))
    return out + level * material.decibels(noise_db) * rng.standard_normal(len(out)).astype(
        np.float32
    )


def _with_holes(rng: Rng, samples: Samples) -> Samples:
    """Drop what a low-bitrate codec would: parts far below their loud neighbours."""
    frame = 256
    count = len(samples) // frame
    spectra = scipy.fft.dct(samples[: count * frame].reshape(count, frame), norm="ortho", axis=1)
    bands = np.abs(spectra).reshape(count, 16, 16).max(axis=2)
    threshold = np.repeat(bands, 16, axis=1) * rng.uniform(0.05, 0.25)
    spectra[np.abs(spectra) < threshold] = 0.0
    out = samples.copy()
    out[: count * frame] = scipy.fft.idct(spectra, norm="ortho", axis=1).reshape(-1)
    return out


@dataclass(frozen=True, kw_only=True)
class Pair:
    """``master`` lies in ``dub`` at ``start_samples``; both 8 kHz, any level."""

    master: Samples
    dub: Samples
    start_samples: int


def pair(
    rng: Rng,
    reels: list[Reel],
    *,
    master_seconds: float,
    dub_seconds: float,
    dialogue_db: tuple[float, float],
) -> Pair:
    """
    Return a training pair from a random reel, mostly with its own lines in both.

    Each side's dialogue level is drawn from the range, high ones more often.
    """
    chosen = reels[int(rng.integers(len(reels)))]
    total = len(chosen.readings[0])
    long, short = int(dub_seconds * RATE_HZ), int(master_seconds * RATE_HZ)
    at = int(rng.integers(0, total - long))
    inside = int(rng.integers(0, long - short + 1))
    voices = list(chosen.readings)
    if rng.random() < 0.25:
        other = reels[int(rng.integers(len(reels)))]
        voices[1] = np.roll(other.readings[0], int(rng.integers(total)))[:total]
    if rng.random() < 0.5:
        voices.reverse()
    sides = []
    for voice, start, count in ((voices[0], at + inside, short), (voices[1], at, long)):
        shared = tuple(_piece(stem, start, count) for stem in chosen.made.stems)
        level_db = float(rng.triangular(dialogue_db[0], dialogue_db[1], dialogue_db[1]))
        mix = mixed(rng, shared, _piece(voice, start, count), dialogue_db=level_db)
        sides.append(damaged(rng, mix))
    return Pair(master=sides[0], dub=sides[1], start_samples=inside)


def stacked(samples: list[Samples]) -> NDArray[np.float32]:
    """Return equally long samples as one array ``(n, n_samples)``, each at RMS 1."""
    block = np.stack(samples)
    return np.asarray(
        block / (np.sqrt(np.mean(block**2, axis=1, keepdims=True)) + 1e-6), np.float32
    )
