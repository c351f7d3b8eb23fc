"""A sample master and dub: what they are, block by block, and as two files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.samples.bed import SCENE_SECONDS, bed_scene
from sync_analyzer.samples.voice import (
    DUB_SPEAKER,
    MASTER_SPEAKER,
    VOICE_RATE_HZ,
    Speaker,
    voice_scene,
)

Stereo = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePair:
    """
    The recipe of a master and a dub, and with it the truth about them.

    ``offset_seconds`` follows the project's sign: negative, the dub is late.
    """

    seed: int = 1
    n_scenes: int = 5
    offset_seconds: float = -2.456
    sample_rate_hz: int = 48_000
    dub_gain: float = 0.7

    @property
    def duration_seconds(self) -> int:
        """Length of the master."""
        return self.n_scenes * SCENE_SECONDS

    @property
    def offset_samples(self) -> int:
        """The offset in whole samples: the truth is exact."""
        return round(self.offset_seconds * self.sample_rate_hz)


def scenes(pair: SamplePair) -> Iterator[tuple[Stereo, Stereo]]:
    """
    Yield the programme scene by scene, ``(master, dub)`` in place, each ``(n, 2)``.

    Both share the bed; the voice, in the middle of the picture, is each one's own.
    """
    for index in range(pair.n_scenes):
        bed = bed_scene(seed=pair.seed, index=index, sample_rate_hz=pair.sample_rate_hz)
        yield (
            bed + _voice(pair, MASTER_SPEAKER, index),
            (bed + _voice(pair, DUB_SPEAKER, index)) * np.float32(pair.dub_gain),
        )


def write_pair(pair: SamplePair, *, master_path: Path, dub_path: Path) -> None:
    """
    Write both files, 24 bit; the format follows from the suffix (``.wav``, ``.flac``).

    A late dub begins with room tone and runs longer than the master; an early one lacks
    its beginning.
    """
    import soundfile  # noqa: PLC0415

    kind = {"samplerate": pair.sample_rate_hz, "channels": 2, "subtype": "PCM_24"}
    with (
        soundfile.SoundFile(master_path, "w", **kind) as master_file,
        soundfile.SoundFile(dub_path, "w", **kind) as dub_file,
    ):
        if pair.offset_samples < 0:
            rng = np.random.default_rng([pair.seed, 3])
            dub_file.write(0.0005 * rng.standard_normal((-pair.offset_samples, 2)))
        missing_samples = max(0, pair.offset_samples)
        for master, dub in scenes(pair):
            master_file.write(master)
            dub_file.write(dub[missing_samples:])
            missing_samples = max(0, missing_samples - len(dub))


def _voice(pair: SamplePair, speaker: Speaker, index: int) -> Stereo:
    import soxr  # noqa: PLC0415

    voice = voice_scene(speaker, seed=pair.seed, index=index)
    voice = soxr.resample(voice, VOICE_RATE_HZ, pair.sample_rate_hz)
    stereo: Stereo = np.repeat(voice[:, None], 2, axis=1).astype(np.float32)
    return stereo
