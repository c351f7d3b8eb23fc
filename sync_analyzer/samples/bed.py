"""The shared part of a sample programme: music, effects and the sound of the place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SCENE_SECONDS = 15
SCALE = (0, 2, 3, 5, 7, 8, 10)
"""Natural minor, in semitones."""
PROGRESSIONS = ((0, 5, 3, 4), (0, 3, 5, 6), (5, 3, 0, 4), (0, 2, 5, 4))
"""Chords as scale degrees."""


def bed_scene(*, seed: int, index: int, sample_rate_hz: int) -> NDArray[np.float32]:
    """
    Return the music and effects of one scene.

    Args:
        seed: chooses the programme.
        index: which scene of it, from 0; scenes differ and never repeat.
        sample_rate_hz: samples per second, at least 16 000.

    Returns:
        shape ``(SCENE_SECONDS * sample_rate_hz, 2)``, about -20 dB below full scale.
    """
    rng = np.random.default_rng([seed, index, 0])
    n_samples = SCENE_SECONDS * sample_rate_hz
    scene = _place(rng, n_samples, sample_rate_hz)
    if index % 4 != 2:  # one scene in four has no music
        scene += _music(rng, n_samples, sample_rate_hz)
    scene += _effects(rng, n_samples, sample_rate_hz)
    edge = sample_rate_hz // 50
    ramp = np.linspace(0.0, 1.0, edge)[:, None]
    scene[:edge] *= ramp
    scene[-edge:] *= ramp[::-1]
    return scene.astype(np.float32)


def band_noise(
    rng: np.random.Generator, n_samples: int, *, low_hz: float, high_hz: float, sample_rate_hz: int
) -> NDArray[np.float64]:
    """Return noise of unit RMS between two frequencies, shape ``(n_samples,)``."""
    spectrum = np.fft.rfft(rng.standard_normal(n_samples))
    frequency_hz = np.fft.rfftfreq(n_samples, 1 / sample_rate_hz)
    shape = 1 / (1 + (frequency_hz / high_hz) ** 6)
    shape *= 1 - 1 / (1 + (frequency_hz / low_hz) ** 4)
    noise: NDArray[np.float64] = np.fft.irfft(spectrum * shape, n_samples)
    return noise / max(float(np.sqrt(np.mean(noise**2))), 1e-12)


def _place(rng: np.random.Generator, n_samples: int, sample_rate_hz: int) -> NDArray[np.float64]:
    high_hz = float(rng.uniform(600, 3000))
    left, right = (
        band_noise(rng, n_samples, low_hz=80, high_hz=high_hz, sample_rate_hz=sample_rate_hz)
        for _ in range(2)
    )
    seconds = np.arange(n_samples) / sample_rate_hz
    swell = 1 + 0.5 * np.sin(2 * np.pi * rng.uniform(0.05, 0.2) * seconds)
    return np.stack([left, right], axis=1) * swell[:, None] * 0.003


def _music(rng: np.random.Generator, n_samples: int, sample_rate_hz: int) -> NDArray[np.float64]:
    music = np.zeros((n_samples, 2))
    beat_seconds = 60 / rng.uniform(72, 126)
    root_hz = 110 * 2 ** (rng.integers(-3, 5) / 12)
    progression = PROGRESSIONS[rng.integers(len(PROGRESSIONS))]
    for beat in range(int(SCENE_SECONDS / beat_seconds)):
        degree = progression[(beat // 4) % len(progression)]
        notes = [(degree, 0.5, -0.1)] if beat % 2 == 0 else []
        notes += [(degree + 2 * step, 0.35, 0.5) for step in range(3) if rng.random() < 0.35]
        notes += [(degree + 7 + int(rng.integers(0, 7)), 0.45, -0.5)] if rng.random() < 0.7 else []
        for note, level, pan in notes:
            start_seconds = beat * beat_seconds + rng.choice([0.0, 0.5]) * beat_seconds
            start = int((start_seconds + rng.normal(0, 0.012)) * sample_rate_hz)
            sound = _note(rng, _pitch_hz(root_hz, note), sample_rate_hz) * level
            _add(music, sound, start, pan + rng.uniform(-0.3, 0.3))
    return music * 0.12


def _pitch_hz(root_hz: float, degree: int) -> float:
    octave, step = divmod(degree, len(SCALE))
    return root_hz * float(2.0 ** (octave + SCALE[step] / 12))


def _note(rng: np.random.Generator, pitch_hz: float, sample_rate_hz: int) -> NDArray[np.float64]:
    seconds = np.arange(int(rng.uniform(0.5, 1.6) * sample_rate_hz)) / sample_rate_hz
    attack = np.minimum(seconds / 0.006, 1.0)
    sound = np.zeros(len(seconds))
    for partial in range(1, 7):
        frequency_hz = pitch_hz * partial * np.sqrt(1 + 0.0004 * partial**2)
        if frequency_hz > 0.4 * sample_rate_hz:
            break
        decay = np.exp(-seconds * (2.0 + 0.9 * partial))
        phase = rng.uniform(0, 2 * np.pi)
        sound += decay * np.sin(2 * np.pi * frequency_hz * seconds + phase) / partial**1.3
    return sound * attack * rng.uniform(0.6, 1.0)


def _effects(rng: np.random.Generator, n_samples: int, sample_rate_hz: int) -> NDArray[np.float64]:
    effects = np.zeros((n_samples, 2))
    at_seconds = rng.uniform(0.2, 2.0)
    while at_seconds < SCENE_SECONDS - 0.5:
        if rng.random() < 0.6:
            at_seconds = _steps(rng, effects, at_seconds, sample_rate_hz)
        else:
            _add(
                effects,
                _thud(rng, sample_rate_hz),
                int(at_seconds * sample_rate_hz),
                rng.uniform(-0.8, 0.8),
            )
        at_seconds += rng.uniform(0.8, 3.0)
    return effects * 0.1


def _steps(
    rng: np.random.Generator, effects: NDArray[np.float64], at_seconds: float, sample_rate_hz: int
) -> float:
    """Add a few footsteps wandering across the picture; return when they end."""
    pan, pace_seconds = rng.uniform(-0.8, 0.8), rng.uniform(0.4, 0.65)
    for _ in range(int(rng.integers(3, 7))):
        _add(effects, _thud(rng, sample_rate_hz) * 0.5, int(at_seconds * sample_rate_hz), pan)
        pan += rng.uniform(-0.15, 0.15)
        at_seconds += pace_seconds * rng.uniform(0.93, 1.07)
    return at_seconds


def _thud(rng: np.random.Generator, sample_rate_hz: int) -> NDArray[np.float64]:
    n_samples = int(rng.uniform(0.08, 0.3) * sample_rate_hz)
    noise = band_noise(
        rng, n_samples, low_hz=60, high_hz=rng.uniform(400, 5000), sample_rate_hz=sample_rate_hz
    )
    return noise * np.exp(-np.arange(n_samples) / (0.035 * sample_rate_hz)) * rng.uniform(0.5, 1.2)


def _add(
    target: NDArray[np.float64], sound: NDArray[np.float64], start_sample: int, pan: float
) -> None:
    """Mix a mono sound into a stereo one in place; ``pan`` runs from -1 (left) to 1 (right)."""
    start_sample = max(0, start_sample)
    sound = sound[: max(0, len(target) - start_sample)]
    angle = (np.clip(pan, -1, 1) + 1) * np.pi / 4
    target[start_sample : start_sample + len(sound), 0] += sound * np.cos(angle)
    target[start_sample : start_sample + len(sound), 1] += sound * np.sin(angle)
