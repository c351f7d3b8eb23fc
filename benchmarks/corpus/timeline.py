"""
Lay a dub along its master by pieces, write it, and state what is exactly true of the two.

Every piece of the master's timeline lands at ``dub_time = rate * master_time + shift``; the
shift follows from the pieces before it, and the codecs' measured delays are part of it.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from scipy.signal import resample_poly

from benchmarks.corpus.delays import delayed, measured_delay_seconds, measured_stretch
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, rms
from benchmarks.corpus.media import ffmpeg, write_wav
from benchmarks.corpus.mixing import Master
from benchmarks.corpus.processing import Process, wow
from benchmarks.corpus.studio import Studio

CHECK_BANDWIDTH_PPM = 2e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """``cut`` drops, ``ins`` adds ``seconds`` at a place of the programme's timeline."""

    kind: str
    at_seconds: float
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Wow:
    """Wow of a depth in seconds at a frequency."""

    depth_seconds: float
    hz: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lay:
    """
    How a dub is laid.

    ``delay_seconds`` makes it late (negative: its beginning is missing); ``before`` fills a
    late dub's beginning (its end touches the programme; else silence); ``stretcher`` makes
    ``rate`` without changing the pitch, by this ffmpeg filter; ``after`` is the last process.
    """

    delay_seconds: float = 0.0
    rate: Fraction = Fraction(1)
    edits: tuple[Edit, ...] = ()
    before: Audio | None = None
    stretcher: str | None = None
    wow: Wow | None = None
    after: Process | None = None
    encoding: str = "flac"
    extra: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class _Placed:
    """A kept stretch of the master and the shift of its line at master time 0."""

    start_seconds: float
    end_seconds: float
    shift_seconds: float


Piece = tuple[str, int, int]
"""Kind (``src``, ``fill`` or ``ins``), first sample, one past the last."""


def _pieces(length: int, lay: Lay) -> tuple[list[Piece], float]:
    """Return the pieces in order, and the delay's rest as a fraction of a sample."""
    whole = math.floor(lay.delay_seconds * SR + 1e-6)
    rest = lay.delay_seconds * SR - whole
    position = max(0, -whole)
    pieces: list[Piece] = [("fill", 0, whole)] if whole > 0 else []
    for edit in lay.edits:
        at, size = round(edit.at_seconds * SR), round(edit.seconds * SR)
        if at > position:
            pieces.append(("src", position, at))
            position = at
        if edit.kind == "cut":
            position = at + size
        else:
            pieces.append(("ins", 0, size))
    if position < length:
        pieces.append(("src", position, length))
    return pieces, 0.0 if abs(rest) < 1e-5 else rest


class _Layer:
    """Renders signals along the same pieces."""

    def __init__(self, studio: Studio, name: str, master: Master, length: int, lay: Lay) -> None:
        self.studio, self.name, self.lay = studio, name, lay
        self.first = len(master.samples) - length
        self.pieces, self.rest = _pieces(length, lay)

    def placed(self) -> list[_Placed]:
        """Return where each kept stretch lands."""
        rate, position, found = float(self.lay.rate), 0, []
        for kind, start, end in self.pieces:
            if kind == "src":
                shift = (position - start - self.first) / SR * rate + self.rest / SR
                one, two = (start + self.first) / SR, (end + self.first) / SR
                found.append(_Placed(start_seconds=one, end_seconds=two, shift_seconds=shift))
            position += end - start
        return found

    def _fill(self, kind: str, size: int, position: int, shape: tuple[int, ...]) -> Audio:
        out = np.zeros((size, *shape), np.float32)
        if not shape:
            return out
        if kind == "ins":
            advert = self.studio.music((self.name, "ad", position), size / SR + 0.1)
            out[:, :2] = advert[:size] * np.float32(0.7)
        elif self.lay.before is not None:
            used = min(len(self.lay.before), size)
            out[size - used :, :2] = self.lay.before[len(self.lay.before) - used :]
        return out

    def render(self, signal: Audio) -> Audio:
        """Return the signal cut, filled, resampled, warped and delayed (not stretched)."""
        parts: list[Audio] = []
        position = 0
        for kind, start, end in self.pieces:
            kept = kind == "src"
            parts.append(
                signal[start:end]
                if kept
                else self._fill(kind, end - start, position, signal.shape[1:])
            )
            position += len(parts[-1])
        out = np.concatenate(parts)
        rate = self.lay.rate
        if rate != 1 and not self.lay.stretcher:
            out = resample_poly(out, rate.numerator, rate.denominator, axis=0).astype(np.float32)
        if self.lay.wow:
            out = wow(out, depth_seconds=self.lay.wow.depth_seconds, hz=self.lay.wow.hz)
        return delayed(out, self.rest) if self.rest else out


def _stretched(samples: Audio, rate: float, filter_name: str) -> Audio:
    """Return the samples made longer by ``rate`` with their pitch kept."""
    import soundfile

    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.wav", Path(folder) / "out.wav"
        peak = max(1.0, float(np.abs(samples).max()) / 0.98)
        write_wav(source, samples / peak, subtype="FLOAT")
        ffmpeg("-i", str(source), "-af", f"{filter_name}=tempo={1 / rate:.10f}", str(target))
        out, _ = soundfile.read(target, dtype="float32", always_2d=True)
    return np.asarray(out, np.float32)


def _checked(master: Master, placed: Sequence[_Placed], bed: Audio, rate: float) -> list[float]:
    """Return how far, in seconds, the beds' correlation is from the truth, by stretch."""
    errors = []
    for one in placed:
        length = min(6.0, (one.end_seconds - one.start_seconds) * 0.7)
        starts = np.linspace(one.start_seconds, one.end_seconds - length, 9)[1:-1]
        levels = [rms(master.bed[int(s * SR) : int((s + length) * SR)]) for s in starts]
        if max(levels) <= 1e-4:
            continue
        start = int(starts[int(np.argmax(levels))] * SR) / SR
        if rate != 1:
            length = 1.5 if abs(rate - 1) < CHECK_BANDWIDTH_PPM else 1.0
        first = max(0, int((one.shift_seconds + rate * start - 0.2) * SR))
        heard = bed[first : first + int((length * rate + 0.4) * SR)]
        if rate != 1:
            heard = np.interp(
                np.arange(int(len(heard) / rate)) * rate, np.arange(len(heard)), heard
            )
        wanted = master.bed[int(start * SR) : int((start + length) * SR)]
        lag = rate * measured_delay_seconds(wanted, heard, max_seconds=0.6)
        errors.append(lag + first / SR - (one.shift_seconds + rate * start))
    return errors


def add_pair(
    studio: Studio,
    name: str,
    master: Master,
    dub: tuple[Audio, Audio],
    lay: Lay,
    *,
    category: str,
    notes: str,
    **entry: Any,
) -> None:
    """
    Lay the dub, write it and record the pair with its truth.

    Args:
        studio: where.
        name: the pair's id.
        master: the written master.
        dub: its mix and its bed; both may begin after the master's head.
        lay: how it is laid.
        category: letter of the category.
        notes: what a person should know.
        entry: further fields of the manifest.
    """
    samples, bed = dub
    layer = _Layer(studio, name, master, len(samples), lay)
    rate, placed = float(lay.rate), layer.placed()
    out = layer.render(samples)
    uncertainty = lay.wow.depth_seconds if lay.wow else 0.0
    checks: list[float] = []
    if lay.stretcher:
        stretched = _stretched(out, rate, lay.stretcher)
        late, wander, windows = measured_stretch(out, stretched, rate=rate)
        out, uncertainty = stretched, max(0.002, min(0.02, wander))
        entry["stretch"] = {
            "how": lay.stretcher, "latency_s": round(late, 4), "wander_s": round(wander, 4),
            "windows": windows,
        }  # fmt: skip
        for one in placed:
            one.shift_seconds += late
    else:
        checks = _checked(master, placed, layer.render(bed), rate)
    if lay.after:
        out = lay.after(out)
    written = studio.write(f"{category}/{name}", out, lay.encoding, lay.extra)
    delays = (master.written.codec_delay_seconds, written.codec_delay_seconds)
    truth = _truth(placed, rate, delays, master.seconds, len(out) / SR)
    if uncertainty:
        truth["truth_uncertainty_s"] = round(uncertainty, 4)
    if lay.rate != 1:
        truth["mode"] = "pitch_preserved" if lay.stretcher else "resampled"
    studio.record(
        id=name, category=category,
        master=studio.relative(master.written.path), dub=studio.relative(written.path),
        match=True, rate=rate, notes=notes,
        truth_check_ms=[round(error * 1e3, 3) for error in checks],
        codec_delay_s=[round(delay, 6) for delay in delays],
        **truth, **entry,
    )  # fmt: skip


def _truth(
    placed: Sequence[_Placed],
    rate: float,
    codec_delays_seconds: tuple[float, float],
    master_seconds: float,
    dub_seconds: float,
) -> dict[str, Any]:
    """Return the segments and offsets with both codecs' delays in them."""
    late_master, late_dub = codec_delays_seconds
    found = []
    for one in placed:
        shift = one.shift_seconds - rate * late_master + late_dub
        start = max(one.start_seconds + late_master, 0, -shift / rate)
        end = min(one.end_seconds + late_master, master_seconds, (dub_seconds - shift) / rate)
        if end > start:
            found.append((start, end, shift))
    truth: dict[str, Any] = {
        "offset_seconds": round(-found[0][2], 9),
        "segments": [
            {
                "master_start": round(start, 6),
                "master_end": round(end, 6),
                "offset_seconds": round(start * (1 - rate) - shift, 9),
            }
            for start, end, shift in found
        ],
    }
    if len(found) > 1:
        longest = max(found, key=lambda segment: segment[1] - segment[0])
        truth["offset_dominant"] = round(-longest[2], 9)
    return truth
