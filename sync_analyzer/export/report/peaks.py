"""
The only place for the waveform of a whole file: the lowest and highest sample per bucket.

Peaks are made from real samples, once: by the analysis from the track it has anyway, which
keeps them in its result. For a result that has none a report makes them in one streamed
pass and keeps them in a cache folder, under a name made of the file's path, size, time and
stream.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Track, Waveform
from sync_analyzer.run import Run

BUCKETS = 1800
_RATE_HZ = 8000


@dataclass(frozen=True, slots=True, kw_only=True)
class Peaks:
    """
    Lowest and highest sample of consecutive buckets from presentation time zero.

    ``low`` and ``high`` have shape ``(n_buckets,)``, full scale 1.0.
    """

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    bucket_seconds: float

    def at(self, seconds: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return lows and highs at these instants; 0 outside and where not finite."""
        index = np.floor(np.nan_to_num(seconds, nan=-1.0) / self.bucket_seconds).astype(np.int64)
        known = (index >= 0) & (index < len(self.low))
        index = np.clip(index, 0, len(self.low) - 1)
        return np.where(known, self.low[index], 0.0), np.where(known, self.high[index], 0.0)

    def to_dict(self) -> dict[str, Any]:
        """Return the peaks as a small JSON object, 1/127 of the loudest sample fine."""
        loudest = float(max(np.abs(self.low).max(), np.abs(self.high).max(), 1e-9))
        pairs = np.stack([self.low, self.high]) * (127.0 / loudest)
        coded = base64.b64encode(np.rint(pairs).astype(np.int8).tobytes()).decode()
        return {"bucket_seconds": self.bucket_seconds, "loudest": loudest, "low_high": coded}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Peaks:
        """Read `to_dict` back."""
        coded = np.frombuffer(base64.b64decode(stored["low_high"]), np.int8)
        low, high = (coded.astype(np.float32) * (stored["loudest"] / 127.0)).reshape(2, -1)
        return cls(low=low, high=high, bucket_seconds=float(stored["bucket_seconds"]))


def peaks_of(waveform: Waveform, *, buckets: int = BUCKETS) -> Peaks:
    """Return the peaks of a waveform; short ones have fewer buckets."""
    size = max(1, -(-len(waveform.samples) // buckets))
    low, high = np.zeros(1, np.float32), np.zeros(1, np.float32)
    if len(waveform.samples):
        low, high = _extremes(waveform.samples, np.arange(0, len(waveform.samples), size))
    return Peaks(low=low, high=high, bucket_seconds=size / waveform.sample_rate_hz)


def _extremes(
    samples: NDArray[np.float16] | NDArray[np.float32], starts: NDArray[np.int64]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """
    Return the lowest and highest sample from each start to the next.

    Half-precision numbers are compared by their bits, a hundred times sooner than as
    numbers: bits are sign and size, so signed they rank the positive ones, unsigned the
    sizes of the negative ones.
    """
    if samples.dtype != np.float16:
        low, high = (ufunc.reduceat(samples, starts) for ufunc in (np.minimum, np.maximum))
        return low.astype(np.float32), high.astype(np.float32)
    signed, unsigned = samples.view(np.int16), samples.view(np.uint16)
    first, last = (ufunc.reduceat(signed, starts) for ufunc in (np.minimum, np.maximum))
    least, most = (ufunc.reduceat(unsigned, starts) for ufunc in (np.minimum, np.maximum))
    low_bits = np.where(first < 0, most, least)
    high_bits = np.where(last >= 0, last, first).view(np.uint16)
    return (
        low_bits.view(np.float16).astype(np.float32),
        high_bits.view(np.float16).astype(np.float32),
    )


def kept_peaks(track: Track) -> dict[str, Any]:
    """Return the peaks of a decoded track as a result keeps them; made once per track."""
    return track.derive("peaks", lambda: peaks_of(track.view("mid"))).to_dict()


def remember_peaks(track: Track, *, cache_dir: Path) -> Peaks:
    """Make the peaks of a decoded track and keep them for later reports."""
    peaks = peaks_of(track.view("mid"))
    _store(peaks, _cache_path(track.media.path, stream=track.media.stream, cache_dir=cache_dir))
    return peaks


def load_peaks(
    path: str, *, stream: int | None, cache_dir: Path | None, run: Run | None = None
) -> Peaks:
    """
    Return the peaks of a file: from the cache, else from one streamed pass.

    Raises:
        MediaError: the file is gone or cannot be decoded.
        AnalysisCancelled: the run was cancelled.
    """
    media = probe(path, stream=stream)
    if cache_dir is not None:
        cached = _load(_cache_path(path, stream=stream, cache_dir=cache_dir))
        if cached is not None:
            return cached
    track = decode(media, sample_rate_hz=_RATE_HZ, views=("mid",), run=run)
    if cache_dir is not None:
        return remember_peaks(track, cache_dir=cache_dir)
    return peaks_of(track.view("mid"))


def _cache_path(path: str, *, stream: int | None, cache_dir: Path) -> Path:
    status = os.stat(path)
    key = f"{os.path.realpath(path)}\0{status.st_size}\0{status.st_mtime_ns}\0{stream}\0{BUCKETS}"
    return cache_dir / f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}.npz"


def _store(peaks: Peaks, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{os.getpid()}_{path.name}")
    fields: Mapping[str, Any] = {
        "low": peaks.low,
        "high": peaks.high,
        "bucket_seconds": peaks.bucket_seconds,
    }
    with temporary.open("wb") as file:
        np.savez(file, **fields)
    temporary.replace(path)


def _load(path: Path) -> Peaks | None:
    try:
        with np.load(path) as fields:
            return Peaks(
                low=fields["low"],
                high=fields["high"],
                bucket_seconds=float(fields["bucket_seconds"]),
            )
    except (OSError, ValueError, KeyError, EOFError):
        return None
