"""Speech in no language, from formants or from espeak-ng, for training and measuring."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import scipy.signal
import soundfile
import soxr
from numpy.typing import NDArray

RATE_HZ = 8000
Samples = NDArray[np.float32]
Track = NDArray[np.float64]

_FRAME = 40
"""Samples per control frame of the formant voice: 5 ms."""
_LANGUAGES = ("en-gb", "en-us", "es", "fr-fr", "de", "it", "pt", "nl", "pl", "ru", "sv", "tr")
_LANGUAGES += ("cs", "fi")
_CONSONANTS = (*"bdfgklmnprstvz", "ch", "sh", "st", "tr")
_VOWELS = ("a", "e", "i", "o", "u", "ai", "ei", "ou")


def normalised(samples: NDArray[np.floating]) -> Samples:
    """Return the samples at RMS 1, silence as it is."""
    rms = float(np.sqrt(np.mean(np.square(samples)) + 1e-20))
    return np.asarray(samples / max(rms, 1e-8), dtype=np.float32)


class FormantVoice:
    """A speaker made of harmonics under moving formants, with noise for the consonants."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._pitch_hz = float(rng.uniform(85, 250))
        self._tract = float(rng.uniform(0.88, 1.18))
        self._tilt = float(rng.uniform(0.7, 1.6))
        self._syllable_seconds = 1.0 / float(rng.uniform(3.0, 6.5))

    def line(self, seconds: float) -> Samples:
        """Return one line of about this length, at RMS 1."""
        frames = max(60, int(seconds * RATE_HZ / _FRAME))
        formants_hz, voiced, hiss = self._articulation(frames)
        voice = self._harmonics(self._pitch(frames), formants_hz, voiced)
        edge_hz = float(self._rng.uniform(1500, 2800))
        band = scipy.signal.butter(2, edge_hz, "high", fs=RATE_HZ, output="sos")
        noise = scipy.signal.sosfilt(band, self._rng.standard_normal(frames * _FRAME))
        return normalised(normalised(voice) + 0.5 * noise * np.repeat(hiss, _FRAME))

    def _pitch(self, frames: int) -> Track:
        knots = np.arange(0, frames + 80, 40)
        wander = np.interp(np.arange(frames), knots, self._rng.normal(0, 0.12, len(knots)))
        fall = np.linspace(0.12, -0.15, frames)
        jitter = 0.01 * self._rng.standard_normal(frames)
        return np.asarray(self._pitch_hz * np.exp(wander + fall + jitter))

    def _articulation(self, frames: int) -> tuple[Track, Track, Track]:
        """Return formants ``(frames, 4)`` in Hz and the loudness of voice and of noise."""
        rng = self._rng
        formants_hz, voiced, hiss = np.zeros((frames, 4)), np.zeros(frames), np.zeros(frames)
        at = 0
        while at < frames:
            length = max(12, int(self._syllable_seconds * rng.uniform(0.6, 1.5) * 200))
            onset = int(length * rng.uniform(0.15, 0.45))
            here = slice(at, min(frames, at + length))
            formants_hz[here] = self._tract * np.array(
                [rng.uniform(260, 850), rng.uniform(750, 2400), rng.uniform(2200, 3100), 3500.0]
            )
            voiced[at + onset : at + length] = rng.uniform(0.5, 1.0)
            kind = rng.integers(3)
            if kind == 0:  # a fricative
                hiss[at : at + onset] = rng.uniform(0.2, 1.0)
            elif kind == 1:  # a closure and its burst
                hiss[at + onset : at + onset + 4] = rng.uniform(0.5, 1.5)
            else:  # a nasal or a glide
                voiced[at : at + onset] = rng.uniform(0.2, 0.5)
            at += length
            if rng.random() < 0.08:
                at += int(rng.uniform(20, 80))
        smooth = np.hanning(13) / np.hanning(13).sum()
        for column in (*formants_hz.T, voiced):
            column[:] = np.convolve(column, smooth, "same")
        return formants_hz, voiced, hiss

    def _harmonics(self, pitch_hz: Track, formants_hz: Track, voiced: Track) -> Samples:
        count = int(3900 / pitch_hz.min())
        harmonic_hz = pitch_hz[:, None] * np.arange(1, count + 1)
        widths_hz = np.array([70.0, 100.0, 150.0, 220.0])
        gain = np.zeros_like(harmonic_hz)
        for index, width_hz in enumerate(widths_hz):
            distance = (harmonic_hz - formants_hz[:, index, None]) / width_hz
            gain += 0.7**index / (1.0 + distance**2)
        gain *= (harmonic_hz / 200.0) ** -(self._tilt - 0.5) * (harmonic_hz < 3900)
        gain *= voiced[:, None]
        phase = 2 * np.pi * np.cumsum(np.repeat(pitch_hz, _FRAME)) / RATE_HZ
        out = np.zeros(len(phase), np.float32)
        knots = np.arange(len(pitch_hz)) * _FRAME
        for number in range(count):
            level = np.interp(np.arange(len(phase)), knots, gain[:, number])
            out += (level * np.sin((number + 1) * phase)).astype(np.float32)
        return out


class EspeakVoice:
    """A speaker of espeak-ng that reads invented words in one of many languages."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        variant = f"+{rng.choice(['m', 'f'])}{rng.integers(1, 5)}"
        self._voice = str(rng.choice(_LANGUAGES)) + variant
        self._pitch, self._words_per_minute = int(rng.integers(25, 75)), int(rng.integers(130, 200))

    def line(self, seconds: float) -> Samples:
        """Return one line of about this length, at RMS 1."""
        words = max(2, int(seconds * self._words_per_minute / 60))
        command = ["espeak-ng", "--stdout", "-v", self._voice, "-p", str(self._pitch)]
        command += [
            "-s",
            str(self._words_per_minute),
            "--",
            " ".join(map(self._word, range(words))),
        ]
        done = subprocess.run(command, capture_output=True, check=True)
        samples, rate_hz = soundfile.read(io.BytesIO(done.stdout), dtype="float32")
        return normalised(soxr.resample(samples, rate_hz, RATE_HZ))

    def _word(self, _: int) -> str:
        syllables = self._rng.integers(1, 4)
        return "".join(
            str(self._rng.choice(_CONSONANTS)) + str(self._rng.choice(_VOWELS))
            for _ in range(syllables)
        )


def speaker(rng: np.random.Generator, *, use_espeak: bool) -> FormantVoice | EspeakVoice:
    """Return a new speaker; with espeak-ng, two in three come from it."""
    if use_espeak and rng.random() < 2 / 3:
        return EspeakVoice(rng)
    return FormantVoice(rng)


def has_espeak() -> bool:
    """Whether espeak-ng is installed."""
    return shutil.which("espeak-ng") is not None
