"""Spoken lines in five languages, from the espeak-ng command."""

from __future__ import annotations

import math
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from benchmarks.corpus import lines_first, lines_second
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, rms
from benchmarks.corpus.seeds import Seeds

LANGUAGES = ("en", "es", "fr", "de", "it")
DUB_LANGUAGES = ("fr", "es", "de", "it")
TEXTS = {"first": lines_first, "second": lines_second}
LEVEL = 0.07


@dataclass(slots=True, kw_only=True)
class Voices:
    """Says lines of one set of texts; each is synthesised once."""

    seeds: Seeds
    texts: str = "first"
    _said: dict[tuple[str, int, int], Audio] = field(default_factory=dict)

    def say(self, language: str, line: int, character: int) -> Audio:
        """Return one line by one character, mono, at `LEVEL`, without silence around it."""
        key = (language, line, character)
        if key not in self._said:
            self._said[key] = self._synthesise(language, line, character)
        return self._said[key]

    def _synthesise(self, language: str, line: int, character: int) -> Audio:
        import soundfile

        texts = TEXTS[self.texts]
        rng = self.seeds.rng("sp", (language, line, character))
        voice = ("en-gb" if language == "en" else language) + texts.VOICES[character % 6]
        words_per_minute, pitch = int(rng.integers(140, 180)), int(rng.integers(30, 65))
        text = texts.LINES[line % len(texts.LINES)][LANGUAGES.index(language)]
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "line.wav")
            subprocess.run(
                ["espeak-ng", "-v", voice, "-s", str(words_per_minute), "-p", str(pitch),
                 "-w", path, "--", text],
                check=True, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            samples, rate_hz = soundfile.read(path, dtype="float32")
        heard = np.where(np.abs(samples) > 0.01 * np.abs(samples).max())[0]
        samples = samples[heard[0] : heard[-1] + 1]
        common = math.gcd(SR, rate_hz)
        samples = resample_poly(samples, SR // common, rate_hz // common).astype(np.float32)
        return np.asarray(samples / (rms(samples) + 1e-9) * LEVEL, np.float32)
