"""
Programmes of two hours, made and written in stretches so that memory stays bounded.

One programme serves all pairs: a constant offset, a PAL speed-up, five edits with a drift of
30 ppm, and a dub whose second half belongs to another programme.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from benchmarks.corpus.categories.shared import ppm
from benchmarks.corpus.delays import measured_delay_seconds
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, mono
from benchmarks.corpus.media import decode
from benchmarks.corpus.mixing import DUB_LEVELS_DB, remixed_bed
from benchmarks.corpus.programme import dialogue, mix
from benchmarks.corpus.studio import Studio

STRETCH_SECONDS = 300
CONTEXT_SAMPLES = 100_000
"""Samples around a block that its resampling needs; a multiple of every denominator here."""

NDArrayInt16 = NDArray[np.int16]

AAC = ("-c:a", "aac", "-b:a", "128k")
FULL_SCALE = 32767


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """16-bit stereo samples in a file, read by parts."""

    path: Path
    length: int

    def read(self, start: int, end: int) -> NDArrayInt16:
        """Return samples ``start`` to ``end``, silence where there are none."""
        first, last = max(0, start), max(0, min(self.length, end))
        out = np.zeros((end - start, 2), np.int16)
        if last > first:
            held = np.memmap(self.path, np.int16, "r", shape=(self.length, 2))
            out[first - start : last - start] = held[first:last]
        return out


Piece = tuple[Raw | None, int, int]
"""A part of a raw file (or silence), by its first sample and one past its last."""


def _write_raw(path: Path, blocks: Iterator[Audio]) -> Raw:
    length = 0
    with path.open("wb") as sink:
        for block in blocks:
            sink.write((np.clip(block, -1, 1) * FULL_SCALE).astype(np.int16).tobytes())
            length += len(block)
    return Raw(path=path, length=length)


def _programme(studio: Studio, key: str, seconds: int, language: str | None) -> Iterator[Audio]:
    """Yield a programme by stretches: the master's mix, or a dub of it in a language."""
    theme = studio.music((key, "theme"), 20) * np.float32(0.8)
    for index in range(seconds // STRETCH_SECONDS):
        style = "action" if index % 3 == 2 else "drama"
        programme = studio.programme((key, index), STRETCH_SECONDS, style)
        if index % 6 == 0:
            programme.stems["music"][: len(theme)] = theme
        if language is None:
            speech = dialogue(studio.voices, programme, "en", 0, room_seconds=0.3)
            yield mix(programme, speech, 4)[0]
        else:
            speech = dialogue(studio.voices, programme, language, 1, jitter_seconds=0.08)
            bed = remixed_bed(studio, programme, 1)
            yield mix(programme, speech, 4, bed, DUB_LEVELS_DB[1])[0]


class _Sequence:
    """Pieces one after the other, read as one signal."""

    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.length = sum(end - start for _, start, end in pieces)

    def read(self, start: int, end: int) -> NDArrayInt16:
        out = np.zeros((end - start, 2), np.int16)
        position = 0
        for raw, first, last in self.pieces:
            size = last - first
            one, two = max(start, position), min(end, position + size)
            if two > one and raw is not None:
                part = raw.read(first + one - position, first + two - position)
                out[one - start : two - start] = part
            position += size
        return out

    def blocks(self, rate: Fraction) -> Iterator[NDArrayInt16]:
        """Yield the signal resampled, block by block, as if it had been done at once."""
        size = STRETCH_SECONDS * SR
        for start in range(0, self.length, size):
            end = min(self.length, start + size)
            if rate == 1:
                yield self.read(start, end)
                continue
            around = self.read(start - CONTEXT_SAMPLES, end + CONTEXT_SAMPLES)
            moved = resample_poly(
                around.astype(np.float32), rate.numerator, rate.denominator, axis=0
            )
            skip = int(CONTEXT_SAMPLES * rate)
            kept = moved[skip : skip + int((end - start) * rate)]
            yield np.clip(np.round(kept), -FULL_SCALE, FULL_SCALE).astype(np.int16)


def _encode(path: Path, blocks: Iterator[NDArrayInt16]) -> None:
    """Encode blocks as AAC in MP4 with a picture of one colour, as they come."""
    command = [
        "ffmpeg", "-v", "error", "-y", "-f", "s16le", "-ar", str(SR), "-ac", "2", "-i", "-",
        *AAC, str(path),
    ]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for block in blocks:
            encoder.stdin.write(np.ascontiguousarray(block).tobytes())
        encoder.stdin.close()
    if encoder.returncode:
        raise subprocess.CalledProcessError(encoder.returncode, command)


def _codec_delay_seconds(path: Path, read: Callable[[int, int], NDArrayInt16]) -> float:
    """Return how late the encoded sound is, measured on eight seconds of its first minute."""
    start, length = 30 * SR, 8 * SR
    original = mono(read(start, start + length).astype(np.float32))
    heard = decode(str(path), "-t", "45")[start - SR // 2 : start + length + SR // 2]
    return measured_delay_seconds(original, heard, max_seconds=1.2) - 0.5


def long_programmes(studio: Studio, *, minutes: int = 120) -> None:
    """Make category n; ``minutes`` is a multiple of ten."""
    folder = studio.folder / "n"
    folder.mkdir(parents=True, exist_ok=True)
    seconds = minutes * 60
    raw_master = _write_raw(folder / "_master.raw", _programme(studio, "long", seconds, None))
    raw_dub = _write_raw(folder / "_dub.raw", _programme(studio, "long", seconds, "fr"))
    other = _write_raw(folder / "_other.raw", _programme(studio, "other", seconds // 2, None))
    maker = _Maker(studio, raw_master, raw_dub)
    end = raw_dub.length
    maker.add("n1", "constant, dub fr", [(None, 0, int(2.456 * SR)), (raw_dub, 0, end)])
    maker.add(
        "n2", "24/25 resampled, dub fr", [(raw_dub, 0, end)], rate=Fraction(24, 25),
        named_rate="24/25",
    )  # fmt: skip
    maker.add("n3", "five edits, +30 ppm, dub fr", _edited(raw_dub, other), rate=ppm(30))
    half = end // 2
    maker.add(
        "n4", "second half is another programme, dub fr",
        [(raw_dub, int(1.5 * SR), half), (other, 0, half)],
    )  # fmt: skip
    for raw in (raw_master, raw_dub, other):
        raw.path.unlink()


def _edited(dub: Raw, advert: Raw) -> list[Piece]:
    """Return the dub with three cuts and two inserts spread over it."""
    at = [int(dub.length * share) for share in (0.11, 0.3, 0.52, 0.71, 0.9)]
    return [
        (dub, 0, at[0]),
        (dub, at[0] + 4 * SR, at[1]),
        (advert, 0, 30 * SR),
        (dub, at[1], at[2]),
        (dub, at[2] + SR // 4, at[3]),
        (advert, 60 * SR, 62 * SR),
        (dub, at[3], at[4]),
        (dub, at[4] + 11 * SR, dub.length),
    ]


class _Maker:
    """Writes dubs of one long master and records them."""

    def __init__(self, studio: Studio, master: Raw, dub: Raw) -> None:
        self.studio, self.master, self.dub = studio, master, dub
        self.path = studio.folder / "n/nm.m4a"
        whole = _Sequence([(master, 0, master.length)])
        _encode(self.path, whole.blocks(Fraction(1)))
        self.late_seconds = _codec_delay_seconds(self.path, whole.read)

    def add(
        self, name: str, notes: str, pieces: list[Piece], *, rate: Fraction = Fraction(1),
        **entry: Any,
    ) -> None:  # fmt: skip
        """Encode the pieces at the rate and record what is true of them."""
        path = self.studio.folder / f"n/{name}.m4a"
        laid = _Sequence(pieces)
        _encode(path, laid.blocks(rate))
        late = _codec_delay_seconds(path, laid.read) if rate == 1 else self.late_seconds
        position, found = 0, []
        for raw, start, end in pieces:
            if raw is self.dub:
                shift = float((position - start) * rate) / SR
                shift += late - float(rate) * self.late_seconds
                first = max(start / SR + self.late_seconds, -shift / float(rate), 0)
                found.append((first, end / SR + self.late_seconds, shift))
            position += end - start
        self._record(name, path, float(rate), found, notes=notes, **entry)

    def _record(
        self, name: str, path: Path, rate: float, found: list[tuple[float, float, float]],
        **entry: Any,
    ) -> None:  # fmt: skip
        longest = max(found, key=lambda segment: segment[1] - segment[0])
        if rate != 1:
            entry["mode"] = "resampled"
        if len(found) > 1:
            entry["offset_dominant"] = round(-longest[2], 9)
        self.studio.record(
            id=name, category="n", master=self.studio.relative(self.path),
            dub=self.studio.relative(path), match=True, offset_seconds=round(-found[0][2], 9),
            rate=rate,
            segments=[
                {"master_start": round(start, 6), "master_end": round(end, 6),
                 "offset_seconds": round(start * (1 - rate) - shift, 9)}
                for start, end, shift in found
            ],
            **entry,
        )  # fmt: skip
