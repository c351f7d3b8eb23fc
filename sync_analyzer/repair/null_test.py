"""Writes clips to listen to: master left and corrected dub right, and what is left of both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.media.excerpt import read_mono
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Media
from sync_analyzer.repair.atomic import appearing
from sync_analyzer.repair.residual import Residual, corrected_stream
from sync_analyzer.report import SyncReport

CLIP_SECONDS = 8.0
_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NullClip:
    """
    Two files of one place.

    ``pair_file`` holds the master left and the corrected dub right; ``difference_file``
    their difference after bringing the dub to the level that cancels best.
    ``remaining_db`` is how loud that difference is against the master.
    """

    master_seconds: float
    residual_ms: float
    pair_file: str
    difference_file: str
    remaining_db: float


def write_null_clips(
    report: SyncReport, residual: Residual, corrected_path: Path, *, folder: Path
) -> list[NullClip]:
    """
    Write the clips of the three places that are farthest off.

    Raises:
        MediaError: one of the files cannot be read.
        OutputExists, RepairFailed: a clip cannot be written.
    """
    master = probe(report.master_file, stream=(report.media.get("master") or {}).get("stream"))
    corrected = probe(str(corrected_path), stream=corrected_stream(report, str(corrected_path)))
    clips = []
    for number, at, residual_ms in _worst(residual):
        names = [
            folder / f"{corrected_path.stem}_null_{number}{kind}.wav"
            for kind in ("", "_difference")
        ]
        left, right = _heard(master, corrected, at_seconds=at)
        difference, remaining_db = _difference(left, right)
        _write(names[0], np.stack([left, right], axis=1), rate_hz=master.sample_rate_hz)
        _write(names[1], difference[:, None], rate_hz=master.sample_rate_hz)
        clips.append(
            NullClip(
                master_seconds=round(at, 3),
                residual_ms=residual_ms,
                pair_file=str(names[0]),
                difference_file=str(names[1]),
                remaining_db=round(remaining_db, 2),
            )
        )
    return clips


def _worst(residual: Residual) -> list[tuple[int, float, float]]:
    """Return number, place and residual of the worst windows that lie apart."""
    chosen: list[tuple[int, float, float]] = []
    for window in sorted(residual.counted, key=lambda one: -abs(one.residual_ms)):
        if all(abs(window.master_seconds - at) >= CLIP_SECONDS for _, at, _ in chosen):
            chosen.append((len(chosen) + 1, window.master_seconds, window.residual_ms))
        if len(chosen) == _PLACES:
            break
    return chosen


def _heard(
    master: Media, corrected: Media, *, at_seconds: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    start = max(0.0, at_seconds - CLIP_SECONDS / 2)
    left, right = (
        read_mono(media, start_seconds=start, duration_seconds=CLIP_SECONDS)
        for media in (master, corrected)
    )
    if corrected.sample_rate_hz != master.sample_rate_hz:
        right = soxr.resample(right, corrected.sample_rate_hz, master.sample_rate_hz)
    length = min(len(left), len(right))
    return left[:length], right[:length]


def _difference(
    left: NDArray[np.float32], right: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    energy = float(np.dot(right, right))
    gain = float(np.dot(left, right)) / energy if energy > 0 else 0.0
    difference = left - np.float32(gain) * right
    loud = float(np.sqrt(np.mean(left**2))) + 1e-9
    return difference, 20 * float(np.log10((np.sqrt(np.mean(difference**2)) + 1e-9) / loud))


def _write(path: Path, samples: NDArray[np.float32], *, rate_hz: int) -> None:
    import soundfile  # noqa: PLC0415

    with appearing(path, inputs=(), overwrite=True) as temporary:
        clipped = np.clip(samples, -1.0, 1.0)
        soundfile.write(temporary, clipped, rate_hz, format="WAV", subtype="PCM_24")
