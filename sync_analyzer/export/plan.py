"""
The only place that turns a finished report into moves of the dub's material.

A `CorrectionPlan` says, for every instant of the master, which instant of the dub belongs
there, at which speed, or that there is nothing to play. Exports write it down; the repair
carries it out; so both always do the same. All times are exact fractions of a second.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sync_analyzer import timebase
from sync_analyzer.errors import ReportUnavailable
from sync_analyzer.export.programme import programme_clock, source_start_frame
from sync_analyzer.report import SegmentResult, SyncReport
from sync_analyzer.timecode import ProgrammeClock

_SAME_PLACE_SECONDS = Fraction(1, 1000)
_EXACT_RATE_WITHIN = 5e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """
    What is heard in ``[master_start_seconds, master_end_seconds)`` of the corrected dub.

    The dub from ``dub_start_seconds`` on, ``rate`` dub seconds per master second; or
    silence where ``dub_start_seconds`` is None, and ``why`` it is silent. ``spliced``: it
    goes on with the sound of the piece before, so their crossfade keeps amplitude, not power.
    """

    master_start_seconds: Fraction
    master_end_seconds: Fraction
    dub_start_seconds: Fraction | None
    rate: Fraction = Fraction(1)
    why: str = ""
    spliced: bool = False

    @property
    def duration_seconds(self) -> Fraction:
        """Length on the master's timeline."""
        return self.master_end_seconds - self.master_start_seconds

    @property
    def dub_end_seconds(self) -> Fraction | None:
        """Where the dub's material ends, in dub time."""
        if self.dub_start_seconds is None:
            return None
        return self.dub_start_seconds + self.rate * self.duration_seconds

    @property
    def offset_seconds(self) -> Fraction | None:
        """The shift in the sense of `timebase`, at the piece's own start."""
        if self.dub_start_seconds is None:
            return None
        return self.master_start_seconds - self.dub_start_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionPlan:
    """Pieces without gap or overlap from master time 0 to the programme's end."""

    master_file: str
    dub_file: str
    pieces: tuple[Piece, ...]
    programme: ProgrammeClock
    dub_start_frame: int
    dub_sample_rate_hz: int
    dub_channels: int
    dub_codec: str
    dub_container: str
    dub_stream: int | None
    dub_stream_start_seconds: float
    master_seconds: Fraction
    dub_seconds: Fraction
    pitch_preserved: bool = False
    notes: tuple[str, ...] = ()

    @property
    def sounding(self) -> tuple[Piece, ...]:
        """The pieces that play dub material."""
        return tuple(piece for piece in self.pieces if piece.dub_start_seconds is not None)

    @property
    def rate(self) -> Fraction | None:
        """The one rate of the whole plan, None when pieces differ."""
        rates = {piece.rate for piece in self.sounding}
        return rates.pop() if len(rates) == 1 else None

    def changes_nothing(self) -> bool:
        """Tell whether the dub would come out as it went in, to the sample."""
        only = self.pieces[0]
        samples = self.dub_sample_rate_hz
        return (
            len(self.pieces) == 1
            and only.rate == 1
            and only.dub_start_seconds is not None
            and round(only.dub_start_seconds * samples) == 0
            and round(self.master_seconds * samples) == round(self.dub_seconds * samples)
        )

    def dub_seconds_at(self, master_seconds: float) -> float | None:
        """Return which instant of the dub belongs here, None where there is silence."""
        for piece in self.sounding:
            if piece.master_start_seconds <= master_seconds < piece.master_end_seconds:
                assert piece.dub_start_seconds is not None
                into = master_seconds - float(piece.master_start_seconds)
                return float(piece.dub_start_seconds) + float(piece.rate) * into
        return None

    def dub_times(self, master_seconds: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return `dub_seconds_at` of many instants, NaN where there is silence."""
        found = np.full(len(master_seconds), np.nan)
        for piece in self.sounding:
            assert piece.dub_start_seconds is not None
            start, end = float(piece.master_start_seconds), float(piece.master_end_seconds)
            inside = (master_seconds >= start) & (master_seconds < end)
            into = master_seconds[inside] - start
            found[inside] = float(piece.dub_start_seconds) + float(piece.rate) * into
        return found


def plan_correction(report: SyncReport, *, frame_rate: str | None = None) -> CorrectionPlan:
    """
    Return the moves that lay the dub on the master.

    Args:
        report: a finished report with a match.
        frame_rate: how to count frames where the master does not say, e.g. ``25``.

    Raises:
        ReportUnavailable: no match, so there is nothing to apply.
        InvalidOption: ``frame_rate`` is no frame rate.
    """
    if not report.match or not report.segments:
        raise ReportUnavailable(
            "No match was found between master and dub, so there is no correction to apply. "
            "Check that both files are of the same programme."
        )
    master, dub = _media(report, "master"), _media(report, "dub")
    programme, notes = programme_clock(report, frame_rate=frame_rate)
    master_seconds, dub_seconds = (_length(media) for media in (master, dub))
    if master_seconds <= 0 or dub_seconds <= 0:
        raise ReportUnavailable("The report does not hold the length of both files.")
    lines = _joined([_piece(segment, report) for segment in sorted_segments(report)])
    lines[0] = _begin(lines[0], Fraction(0))
    lines[-1] = replace(lines[-1], master_end_seconds=master_seconds)
    half = Fraction(1, 2 * report.dub_sample_rate_hz)
    inside = [_within_dub(line, dub_seconds=dub_seconds, half_sample=half) for line in lines]
    return CorrectionPlan(
        master_file=report.master_file,
        dub_file=report.dub_file,
        pieces=_with_silences([p for p in inside if p], end=master_seconds),
        programme=programme,
        dub_start_frame=source_start_frame(report, programme),
        dub_sample_rate_hz=report.dub_sample_rate_hz,
        dub_channels=int(dub.get("channels") or 2),
        dub_codec=str(dub.get("codec") or ""),
        dub_container=str(dub.get("container") or ""),
        dub_stream=dub.get("stream"),
        dub_stream_start_seconds=_first_sample_seconds(dub),
        master_seconds=master_seconds,
        dub_seconds=dub_seconds,
        pitch_preserved=report.speed is not None and report.speed.mode == "pitch_preserved",
        notes=notes,
    )


def sorted_segments(report: SyncReport) -> list[SegmentResult]:
    """Return the segments in master order."""
    return sorted(report.segments, key=lambda segment: segment.master_start_seconds)


def _media(report: SyncReport, side: str) -> dict[str, Any]:
    return dict(report.media.get(side) or {})


def _first_sample_seconds(media: Mapping[str, Any]) -> float:
    """Return the presentation time of the first decoded sample."""
    applied = media.get("applied") or {}
    return float(applied.get("shift_seconds", media.get("start_seconds")) or 0.0)


def _length(media: Mapping[str, Any]) -> Fraction:
    """Return where the file's sound ends: as decoded, else as promised."""
    return _exact(float(media.get("decoded_seconds") or media.get("duration_seconds") or 0.0))


def _exact(seconds: float) -> Fraction:
    """Return the number rounded to a nanosecond, so that fractions stay small."""
    return Fraction(round(seconds * 1_000_000_000), 1_000_000_000)


def _piece(segment: SegmentResult, report: SyncReport) -> Piece:
    start = _exact(segment.master_start_seconds)
    return Piece(
        master_start_seconds=start,
        master_end_seconds=_exact(segment.master_end_seconds),
        dub_start_seconds=start - _exact(segment.offset_seconds),
        rate=_exact_rate(segment.rate, report),
    )


def _exact_rate(rate: float, report: SyncReport) -> Fraction:
    if abs(rate - 1.0) < 1e-9:
        return Fraction(1)
    named = report.speed.named_rate if report.speed is not None else None
    if named is not None and named in timebase.NAMED_RATES:
        fraction = timebase.NAMED_RATES[named]
        if abs(float(fraction) - rate) < _EXACT_RATE_WITHIN:
            return fraction
    return _exact(rate)


def _begin(piece: Piece, master_seconds: Fraction) -> Piece:
    """Return the piece beginning elsewhere on its own line."""
    assert piece.dub_start_seconds is not None
    shift = master_seconds - piece.master_start_seconds
    return replace(
        piece,
        master_start_seconds=master_seconds,
        dub_start_seconds=piece.dub_start_seconds + piece.rate * shift,
    )


def _joined(pieces: list[Piece]) -> list[Piece]:
    """
    Return the pieces with the stretch between two of them shared out.

    Dub material between two segments is laid on their lines from both sides; what then
    remains is missing in the dub (silence) or only in the dub (left out).
    """
    joined = pieces[:1]
    for right in pieces[1:]:
        left = joined[-1]
        if right.master_start_seconds < left.master_end_seconds:
            right = _begin(right, left.master_end_seconds)
        left, right = _shared_out(left, right)
        joined[-1] = left
        if _continues(left, right):
            joined[-1] = replace(left, master_end_seconds=right.master_end_seconds)
        elif right.duration_seconds > 0:
            joined.append(right)
    return joined


def _shared_out(left: Piece, right: Piece) -> tuple[Piece, Piece]:
    assert left.dub_end_seconds is not None
    assert right.dub_start_seconds is not None
    gap = right.master_start_seconds - left.master_end_seconds
    unused = (right.dub_start_seconds - left.dub_end_seconds) / right.rate
    if unused >= 0:
        fill = min(gap, unused)
        left = replace(left, master_end_seconds=left.master_end_seconds + fill / 2)
        return left, _begin(right, right.master_start_seconds - fill / 2)
    assert left.dub_start_seconds is not None
    if right.dub_start_seconds > left.dub_start_seconds:
        # The same material cannot be heard twice: what is missing comes first.
        start = min(right.master_start_seconds - unused, right.master_end_seconds)
        return left, _begin(right, start)
    return left, right


def _continues(left: Piece, right: Piece) -> bool:
    assert left.dub_end_seconds is not None
    assert right.dub_start_seconds is not None
    return (
        left.master_end_seconds == right.master_start_seconds
        and left.rate == right.rate
        and abs(left.dub_end_seconds - right.dub_start_seconds) < _SAME_PLACE_SECONDS
    )


def _within_dub(piece: Piece, *, dub_seconds: Fraction, half_sample: Fraction) -> Piece | None:
    """Return the part of the piece for which the dub has material, ends within a sample kept."""
    assert piece.dub_start_seconds is not None
    missing = -piece.dub_start_seconds
    if 0 < missing < half_sample:
        piece = replace(piece, dub_start_seconds=Fraction(0))
    elif missing > 0:
        piece = _begin(piece, piece.master_start_seconds + missing / piece.rate)
    assert piece.dub_start_seconds is not None
    last = piece.master_start_seconds + (dub_seconds - piece.dub_start_seconds) / piece.rate
    if last + half_sample < piece.master_end_seconds:
        piece = replace(piece, master_end_seconds=last)
    return piece if piece.duration_seconds > half_sample else None


def _with_silences(pieces: Sequence[Piece], *, end: Fraction) -> tuple[Piece, ...]:
    if not pieces:
        raise ReportUnavailable("No part of the dub falls inside the master; nothing to apply.")
    filled: list[Piece] = []
    at = Fraction(0)
    for piece in pieces:
        if piece.master_start_seconds > at:
            why = "the dub begins later" if not filled else "the dub lacks this"
            filled.append(_silence(at, piece.master_start_seconds, why=why))
        filled.append(piece)
        at = piece.master_end_seconds
    if at < end:
        filled.append(_silence(at, end, why="the dub has ended"))
    return tuple(filled)


def _silence(start: Fraction, end: Fraction, *, why: str) -> Piece:
    return Piece(
        master_start_seconds=start, master_end_seconds=end, dub_start_seconds=None, why=why
    )
