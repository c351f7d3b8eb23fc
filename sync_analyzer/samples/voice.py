"""Speech-like voices by formant synthesis: syllables, pauses and melody, and no language."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.samples.bed import SCENE_SECONDS, band_noise

VOICE_RATE_HZ = 16_000
FRAME_SAMPLES = 160
VOWELS_HZ = np.array(
    [(730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410)]
)
"""First three formants of a, i, u, e and o, after Peterson and Barney (1952),
doi:10.1121/1.1906875."""
BANDWIDTHS_HZ = np.array([80.0, 110.0, 160.0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One voice: its pitch, the size of its vocal tract, and how fast it speaks."""

    name: str
    pitch_hz: float
    formant_scale: float
    syllables_per_second: float


MASTER_SPEAKER = Speaker(name="master", pitch_hz=112.0, formant_scale=1.0, syllables_per_second=4.6)
DUB_SPEAKER = Speaker(name="dub", pitch_hz=196.0, formant_scale=1.16, syllables_per_second=5.4)


def voice_scene(speaker: Speaker, *, seed: int, index: int) -> NDArray[np.float32]:
    """
    Return what one speaker says in one scene, at `VOICE_RATE_HZ`.

    Phrases of two speakers begin at about the same moments, as a dub follows the lips,
    and share nothing else.

    Returns:
        shape ``(SCENE_SECONDS * VOICE_RATE_HZ,)``, peaks near 0.3, silent between phrases.
    """
    shared = np.random.default_rng([seed, index, 1])
    own = np.random.default_rng([seed, index, 2, *speaker.name.encode()])
    voice = np.zeros(SCENE_SECONDS * VOICE_RATE_HZ)
    at_seconds = float(shared.uniform(0.5, 2.5))
    while at_seconds < SCENE_SECONDS - 2.0:
        length_seconds = float(shared.uniform(1.0, 3.0))
        phrase = _phrase(speaker, own, length_seconds * own.uniform(0.85, 1.1))
        start = int(max(0.0, at_seconds + own.normal(0, 0.12)) * VOICE_RATE_HZ)
        phrase = phrase[: len(voice) - start]
        voice[start : start + len(phrase)] += phrase
        at_seconds += length_seconds + float(shared.uniform(0.6, 2.2))
    return (0.3 * voice / max(float(np.abs(voice).max()), 1e-9)).astype(np.float32)


def _phrase(
    speaker: Speaker, rng: np.random.Generator, length_seconds: float
) -> NDArray[np.float64]:
    n_frames = int(length_seconds * VOICE_RATE_HZ / FRAME_SAMPLES)
    syllable_frames = VOICE_RATE_HZ / FRAME_SAMPLES / speaker.syllables_per_second
    n_syllables = max(1, int(n_frames / syllable_frames))
    centres = (np.arange(n_syllables) + rng.uniform(0.3, 0.7, n_syllables)) * syllable_frames
    frames = np.arange(n_frames)
    targets_hz = VOWELS_HZ[rng.integers(len(VOWELS_HZ), size=n_syllables)] * speaker.formant_scale
    formants_hz = np.stack([np.interp(frames, centres, targets_hz[:, k]) for k in range(3)], axis=1)
    accents = speaker.pitch_hz * rng.uniform(0.88, 1.22, n_syllables)
    pitch_hz = np.interp(frames, centres, accents) * np.linspace(1.08, 0.85, n_frames)
    phase = 2 * np.pi * frames / syllable_frames
    loudness = 0.55 - 0.45 * np.cos(phase + rng.normal(0, 0.2, n_frames).cumsum() * 0.1)
    voiced = _harmonics(pitch_hz, formants_hz, loudness)
    return voiced + _consonants(rng, centres, syllable_frames, len(voiced))


def _harmonics(
    pitch_hz: NDArray[np.float64],
    formants_hz: NDArray[np.float64],
    loudness: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum the harmonics of a gliding pitch, each as loud as the formants let it be."""
    frames = np.arange(len(pitch_hz))
    samples = np.arange(len(pitch_hz) * FRAME_SAMPLES) / FRAME_SAMPLES
    phase = 2 * np.pi * np.cumsum(np.interp(samples, frames, pitch_hz)) / VOICE_RATE_HZ
    voiced = np.zeros(len(samples))
    for harmonic in range(1, int(5000 / float(pitch_hz.mean())) + 1):
        frequency_hz = (pitch_hz * harmonic)[:, None]
        gain = 1 / np.hypot(
            1 - (frequency_hz / formants_hz) ** 2, BANDWIDTHS_HZ * frequency_hz / formants_hz**2
        )
        level = gain.prod(axis=1) * loudness / harmonic**0.5
        voiced += np.interp(samples, frames, level) * np.sin(harmonic * phase)
    return voiced / max(float(np.abs(voiced).max()), 1e-9)


def _consonants(
    rng: np.random.Generator,
    centres_frames: NDArray[np.float64],
    syllable_frames: float,
    n_samples: int,
) -> NDArray[np.float64]:
    noise = np.zeros(n_samples)
    for centre in centres_frames:
        length = int(rng.uniform(0.03, 0.09) * VOICE_RATE_HZ)
        start = int((centre - 0.5 * syllable_frames) * FRAME_SAMPLES)
        if start < 0 or start + length > n_samples or rng.random() < 0.3:
            continue
        low_hz = float(rng.choice([400.0, 1500.0, 3000.0]))
        burst = band_noise(
            rng, length, low_hz=low_hz, high_hz=low_hz * 2.2, sample_rate_hz=VOICE_RATE_HZ
        )
        noise[start : start + length] += burst * np.hanning(length) * rng.uniform(0.03, 0.15)
    return noise
