"""Makes pairs of any length: stereo AAC in MP4, seeded, never repeating, kept between runs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sync_analyzer.samples import SamplePair, scenes
from sync_analyzer.samples.bed import SCENE_SECONDS

BIT_RATE = 160_000
OFFSET_SECONDS = -2.456
SEED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedPair:
    """Two files and the truth about them."""

    minutes: int
    master_path: Path
    dub_path: Path
    offset_seconds: float = OFFSET_SECONDS


def default_folder() -> Path:
    """Return where pairs are kept: the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "sync-analyzer" / "speed"


def pair_of(minutes: int, *, folder: Path) -> TimedPair:
    """Return the pair of this length, made now unless an earlier run left it."""
    pair = TimedPair(
        minutes=minutes,
        master_path=folder / f"master_{minutes}min.mp4",
        dub_path=folder / f"dub_{minutes}min.mp4",
    )
    if not (pair.master_path.exists() and pair.dub_path.exists()):
        folder.mkdir(parents=True, exist_ok=True)
        _make(pair)
    return pair


def _make(pair: TimedPair) -> None:
    recipe = SamplePair(
        seed=SEED, n_scenes=pair.minutes * 60 // SCENE_SECONDS, offset_seconds=OFFSET_SECONDS
    )
    unfinished = [path.with_suffix(".part.mp4") for path in (pair.master_path, pair.dub_path)]
    master, dub = (_Writer(path, rate_hz=recipe.sample_rate_hz) for path in unfinished)
    room = np.random.default_rng(SEED).standard_normal((-recipe.offset_samples, 2)) * 5e-4
    dub.write(room.astype(np.float32))
    for master_scene, dub_scene in scenes(recipe):
        master.write(master_scene)
        dub.write(dub_scene)
    for writer in (master, dub):
        writer.close()
    for path, final in zip(unfinished, (pair.master_path, pair.dub_path), strict=True):
        path.replace(final)


class _Writer:
    """An MP4 that takes blocks of stereo samples, whatever their length."""

    def __init__(self, path: Path, *, rate_hz: int) -> None:
        import av

        self._av = av
        self._container = av.open(str(path), "w", format="mp4")
        self._stream = self._container.add_stream("aac", rate=rate_hz, layout="stereo")
        self._stream.bit_rate = BIT_RATE
        self._rate_hz = rate_hz
        self._written = 0

    def write(self, samples: np.ndarray) -> None:
        for block in _blocks(samples):
            frame = self._av.AudioFrame.from_ndarray(
                np.ascontiguousarray(block.T), format="fltp", layout="stereo"
            )
            frame.sample_rate = self._rate_hz
            frame.pts = self._written
            self._written += len(block)
            self._container.mux(self._stream.encode(frame))

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


def _blocks(samples: np.ndarray, *, block_samples: int = 1 << 16) -> Iterator[np.ndarray]:
    for start in range(0, len(samples), block_samples):
        yield samples[start : start + block_samples]
