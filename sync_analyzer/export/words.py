"""The only place for the sentences that exports and reports share, and for their numbers."""

from __future__ import annotations

from fractions import Fraction
from pathlib import PurePath

from sync_analyzer import timebase
from sync_analyzer.export.plan import CorrectionPlan, Piece
from sync_analyzer.timecode import ProgrammeClock


def clock_text(seconds: float | Fraction, *, mark: str = ".") -> str:
    """
    Return real time as ``HH:MM:SS.mmm``.

    >>> clock_text(3661.5)
    '01:01:01.500'
    >>> clock_text(-0.25)
    '-00:00:00.250'
    """
    millis = round(abs(Fraction(seconds)) * 1000)
    minutes, millis = divmod(millis, 60_000)
    hours, minutes = divmod(minutes, 60)
    sign = "-" if seconds < 0 and (hours or minutes or millis) else ""
    return f"{sign}{hours:02}:{minutes:02}:{millis // 1000:02}{mark}{millis % 1000:03}"


def place_text(programme: ProgrammeClock, programme_seconds: float | Fraction) -> str:
    """Return the label of an instant; where the frame rate is only assumed, real time."""
    if programme.assumed:
        return clock_text(programme.start_seconds + Fraction(programme_seconds))
    return programme.label_at(programme_seconds)


def correction_lines(plan: CorrectionPlan) -> list[str]:
    """Return what the plan does, one plain sentence per line."""
    lines = [
        f"Lays {PurePath(plan.dub_file).name} on {PurePath(plan.master_file).name}.",
        f"Frames are counted at {plan.programme.clock.name} fps from {plan.programme.label_at(0)}.",
    ]
    lines += [f"{_span(plan, piece)}: {piece_sentence(piece)}" for piece in plan.pieces]
    return [*lines, *plan.notes]


def piece_sentence(piece: Piece) -> str:
    """Return what happens in one piece."""
    if piece.dub_start_seconds is None:
        return f"silence, {piece.why}"
    offset = piece.offset_seconds
    assert offset is not None
    sentence = timebase.describe(float(offset))
    if piece.rate != 1:
        sentence += f" at the start and runs at {rate_text(piece.rate)} of the master's time"
    return sentence


def rate_text(rate: Fraction) -> str:
    """
    Return the rate as a named fraction, else as a decimal with its distance from 1.

    >>> rate_text(Fraction(24, 25)), rate_text(Fraction(1000145, 1000000))
    ('24/25', '1.000145000 (+145.00 ppm)')
    """
    if rate in timebase.NAMED_RATES.values():
        return str(rate)
    return f"{float(rate):.9f} ({timebase.drift_ppm(float(rate)):+.2f} ppm)"


def _span(plan: CorrectionPlan, piece: Piece) -> str:
    label = plan.programme.label_at
    return f"{label(piece.master_start_seconds)} - {label(piece.master_end_seconds)}"
