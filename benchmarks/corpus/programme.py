"""A programme in stems: music, effects, ambience, and when its people speak."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.signal import fftconvolve

from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, gain, gated_level, limit, mono
from benchmarks.corpus.music import music
from benchmarks.corpus.processing import room
from benchmarks.corpus.seeds import Seeds
from benchmarks.corpus.sounds import Rng, ambience, effect
from benchmarks.corpus.speech import LEVEL as SPEECH_LEVEL
from benchmarks.corpus.speech import Voices

STEMS = ("music", "sfx", "amb")
SCENES = ("quiet", "scored", "action", "montage", "ambient", "silence")
SCENE_WEIGHTS = {
    "drama": (4, 4, 1, 2, 2, 1),
    "action": (1, 2, 5, 2, 1, 0.5),
    "talk": (1, 0, 0, 0, 0, 0),
}
MUSIC_GAIN_DB = {"scored": -9, "action": 0, "montage": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One spoken line: when, which text, which of three characters."""

    seconds: float
    text: int
    character: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One sound as it lies in a stem."""

    stem: str
    start_sample: int
    samples: Audio


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Stems of one length, the cues they were made of, and the lines spoken over them."""

    key: Any
    length: int
    lines: tuple[Line, ...]
    cues: tuple[Cue, ...]
    stems: dict[str, Audio]

    @property
    def seconds(self) -> float:
        """How long it runs."""
        return self.length / SR

    def bed(self) -> Audio:
        """Return music, effects and ambience together, stereo."""
        return self.stems["music"] + self.stems["sfx"] + self.stems["amb"]

    def with_stems(self, **stems: Audio) -> Programme:
        """Return the programme with some stems replaced."""
        return replace(self, stems={**self.stems, **stems})

    def without(self, *names: str) -> Programme:
        """Return the programme with some stems silent."""
        return self.with_stems(**{name: np.zeros_like(self.stems[name]) for name in names})


class _Writer:
    """Collects cues and lines while a programme is written."""

    def __init__(self, seeds: Seeds, key: Any, seconds: float, rng: Rng) -> None:
        self.seeds, self.key, self.seconds, self.rng = seeds, key, seconds, rng
        self.length = int(seconds * SR)
        self.stems = {name: np.zeros((self.length, 2), np.float32) for name in STEMS}
        self.cues: list[Cue] = []
        self.lines: list[Line] = []
        self.next_text = 0
        self.music_count = 0

    def add(self, stem: str, samples: Audio, start: int) -> None:
        self.cues.append(Cue(stem=stem, start_sample=start, samples=samples))
        end = min(self.length, start + len(samples))
        if end > start:
            self.stems[stem][start:end] += samples[: end - start]

    def scene(self, name: str, start: int, length: int) -> None:
        rng, seconds = self.rng, length / SR
        if name != "montage":
            self.add("amb", ambience(rng, length) * np.float32(gain(rng.uniform(-6, 3))), start)
        if name in MUSIC_GAIN_DB:
            cue = music(self.seeds, (self.key, self.music_count), seconds)
            self.music_count += 1
            fade = min(length, 24000)
            cue[-fade:] *= np.linspace(1, 0, fade)[:, None]
            self.add("music", cue * np.float32(gain(MUSIC_GAIN_DB[name])), start)
        at = rng.exponential(2)
        while at < seconds:
            sound = effect(rng) * np.float32(gain(rng.uniform(-12, 0)))
            self.add("sfx", sound, start + int(at * SR))
            at += rng.exponential(0.8 if name == "action" else 4)

    def talk(self, name: str, start: int, length: int) -> None:
        rng, seconds = self.rng, length / SR
        at = rng.uniform(0.3, 1.5)
        while at < seconds - 2.2:
            text, character = self.next_text % 24, int(rng.integers(3))
            self.lines.append(Line(seconds=start / SR + at, text=text, character=character))
            self.next_text += 1
            at += rng.uniform(2.2, 3.6) * (1 if name in ("quiet", "scored") else 2)

    def interludes(self) -> None:
        rng, at = self.rng, self.rng.uniform(2, 6)
        while at < self.seconds - 4:
            if rng.random() < 0.6:
                self.add("sfx", effect(rng), int(at * SR))
            else:
                sting = music(self.seeds, (self.key, at), 3.0) * np.float32(gain(-4))
                self.add("music", sting, int(at * SR))
            at += rng.uniform(6, 20)


def write_programme(seeds: Seeds, key: Any, seconds: float, style: str = "drama") -> Programme:
    """
    Return a programme of scenes drawn from its key.

    Args:
        seeds: the corpus's randomness.
        key: names the programme; the same key gives the same programme.
        seconds: how long it runs.
        style: ``drama``, ``action`` or ``talk`` (speech with a few effects and stings).
    """
    rng = seeds.rng("prog", key)
    weights = np.array(SCENE_WEIGHTS[style], dtype=float)
    weights /= weights.sum()
    writer = _Writer(seeds, key, seconds, rng)
    position = 0
    writer.next_text = int(rng.integers(24))
    while position < writer.length:
        name = SCENES[int(rng.choice(6, p=weights))]
        length = rng.uniform(1, 3) if name == "silence" else rng.uniform(8, 22)
        size = min(writer.length - position, int(float(length) * SR))
        if style != "talk" and name != "silence":
            writer.scene(name, position, size)
        if name in ("quiet", "scored", "action", "ambient"):
            writer.talk(name, position, size)
        position += size
    if style == "talk":
        writer.interludes()
    return Programme(
        key=key,
        length=writer.length,
        lines=tuple(writer.lines),
        cues=tuple(writer.cues),
        stems=writer.stems,
    )


def dialogue(
    voices: Voices,
    programme: Programme,
    language: str,
    seed: int,
    *,
    jitter_seconds: float = 0.0,
    room_seconds: float | None = None,
) -> Audio:
    """Return every line of the programme in one language, mono, each timed a little freely."""
    rng = voices.seeds.rng("dia", programme.key, language, seed)
    samples = np.zeros(programme.length, np.float32)
    free_from = 0.0
    for line in programme.lines:
        said = voices.say(language, line.text, line.character + (0 if language == "en" else 1))
        late = float(np.clip(rng.normal(0.03, jitter_seconds), -0.2, 0.3)) if jitter_seconds else 0
        at = max(free_from + 0.1, line.seconds + late)
        start = int(at * SR)
        if start + len(said) <= programme.length:
            samples[start : start + len(said)] += said * np.float32(gain(rng.uniform(-3, 3)))
            free_from = at + len(said) / SR
    if room_seconds:
        response = room(voices.seeds.rng("room", programme.key), room_seconds, 8)
        samples = fftconvolve(samples, response)[: programme.length].astype(np.float32)
    return samples


def mix(
    programme: Programme,
    speech: Audio,
    relative_db: float,
    bed: Audio | None = None,
    level_db: float = -23,
) -> tuple[Audio, Audio]:
    """
    Return the stereo mix at a level, and its bed alone in mono at the same gain.

    Args:
        programme: gives the bed unless ``bed`` is given.
        speech: mono, of the programme's length.
        relative_db: level of the speech over the bed, both gated.
        bed: stereo, instead of the programme's own.
        level_db: gated level of the mix.
    """
    bed = programme.bed() if bed is None else bed
    loudness = gated_level(bed) * gain(relative_db) / SPEECH_LEVEL if programme.lines else 0.0
    both = bed + (speech * np.float32(loudness * 0.7))[:, None]
    scale = np.float32(gain(level_db) / gated_level(both))
    return limit(both * scale), (mono(bed) * scale).astype(np.float32)
