"""Decoded masters on disk, so that each is decoded once, whoever needs it and how often.

A track is a folder ``tracks/<state of the file, stream, rate>`` with one ``.npy`` for each
view and a ``track.json``; the samples are mapped into memory, which workers then share.
"""

from __future__ import annotations

import dataclasses
import json
import logging
import os
import shutil
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from app.services.cache_key import digest, file_state, program_state
from app.services.file_lock import FileLock
from sync_analyzer.media.track import Media, Track, Waveform
from sync_analyzer.run import Run

logger = logging.getLogger(__name__)

Decode = Callable[[Run], Track]


class TrackCache:
    """One folder of tracks."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "tracks"

    def track(self, path: str, *, stream: int | None, decode: Decode, run: Run) -> Track:
        """
        Return the decoded file: from disk, or from ``decode`` and then kept on disk.

        While another process decodes the same file this one waits, and then reads.
        """
        place = self._place(path, stream)
        if not (place / "track.json").exists():
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self._folder / f"{place.name}.lock")
            with lock.waited_for(lambda: run.checkpoint(0.0, "Master: decoded by another job")):
                if not (place / "track.json").exists():
                    track = decode(run)
                    if self._place(path, stream) != place:  # the file changed meanwhile
                        return track
                    try:
                        _write(track, place)
                    except OSError as error:
                        logger.warning("the cache keeps no track: %s", error)
                        return track
        os.utime(place)
        return _read(place)

    def _place(self, path: str, stream: int | None) -> Path:
        return self._folder / digest(path, file_state(path), stream, program_state())


def forget_tracks() -> None:
    """Give the memory of the last track back."""
    _read.cache_clear()


@lru_cache(maxsize=1)
def _read(place: Path) -> Track:
    """Return a track from disk; the last one stays, with the features derived from it."""
    plain = json.loads((place / "track.json").read_text())
    views = {
        name: Waveform(
            samples=np.load(place / f"{name}.npy", mmap_mode="r").view(np.ndarray),
            sample_rate_hz=rate,
        )
        for name, rate in plain["views"].items()
    }
    media = plain["media"]
    frame_rate = media["frame_rate"]
    media["frame_rate"] = None if frame_rate is None else Fraction(frame_rate)
    return Track(
        media=Media(**media),
        views=views,
        duration_seconds=plain["duration_seconds"],
        applied=plain["applied"],
        warnings=tuple(plain["warnings"]),
    )


def _write(track: Track, place: Path) -> None:
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        for name, view in track.views.items():
            np.save(draft / f"{name}.npy", view.samples)
        (draft / "track.json").write_text(json.dumps(_plain(track)))
        shutil.rmtree(place, ignore_errors=True)
        draft.rename(place)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _plain(track: Track) -> dict[str, Any]:
    media = dataclasses.asdict(track.media)
    if track.media.frame_rate is not None:
        media["frame_rate"] = str(track.media.frame_rate)
    return {
        "media": media,
        "views": {name: view.sample_rate_hz for name, view in track.views.items()},
        "duration_seconds": track.duration_seconds,
        "applied": track.applied,
        "warnings": list(track.warnings),
    }
