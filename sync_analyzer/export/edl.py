"""Writes the correction as a CMX 3600 edit decision list."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import PurePath

from sync_analyzer.export.on_frames import FramedPiece, framed
from sync_analyzer.export.plan import CorrectionPlan, Piece
from sync_analyzer.export.registry import Export
from sync_analyzer.export.words import correction_lines, rate_text


def render(plan: CorrectionPlan) -> str:
    """
    Return the list: one event per stretch of dub, on the programme's start label.

    A CMX 3600 list knows whole frames only; what rounding leaves of each event is written
    beside it, in milliseconds and samples. Speed changes are ``M2`` lines.
    """
    drop = plan.programme.clock.drop_frame
    lines = [
        f"TITLE: {_plain(PurePath(plan.dub_file).stem)} SYNCED",
        f"FCM: {'DROP FRAME' if drop else 'NON-DROP FRAME'}",
        "",
    ]
    sounding = [
        framed_piece for framed_piece in framed(plan) if framed_piece.dub_seconds is not None
    ]
    for number, framed_piece in enumerate(sounding, start=1):
        lines += _event(plan, framed_piece, number=number)
        if number == 1:
            lines += [f"* {_plain(line)}" for line in correction_lines(plan)]
    return "\r\n".join([*lines, ""])


def _event(plan: CorrectionPlan, placed: FramedPiece, *, number: int) -> list[str]:
    clock, piece = plan.programme.clock, placed.piece
    assert placed.dub_seconds is not None
    source_in = clock.nearest_frame(placed.dub_seconds)
    source_out = source_in + _frames(plan, piece, placed.end_frame - placed.first_frame)
    sources = (plan.dub_start_frame + frame for frame in (source_in, source_out))
    records = (plan.programme.start_frame + f for f in (placed.first_frame, placed.end_frame))
    labels = " ".join(clock.label(frame) for frame in (*sources, *records))
    reel = _reel(plan.dub_file)
    channels = "A" if plan.dub_channels == 1 else "AA"
    lines = [f"{number:03}  {reel:8} {channels:5} C        {labels}"]
    if piece.rate != 1:
        start = clock.label(plan.dub_start_frame + source_in).replace(";", ":")
        lines.append(f"M2   {reel:8} {_speed(clock.fps * piece.rate)} {start:>24}")
        lines.append(f"* SPEED: {rate_text(piece.rate)}")
    lines.append(f"* FROM CLIP NAME: {_plain(PurePath(plan.dub_file).name)}")
    remainder = placed.dub_seconds - clock.seconds(source_in)
    return [*lines, *_remainder_lines(plan, remainder)]


def _remainder_lines(plan: CorrectionPlan, remainder: Fraction) -> list[str]:
    samples = round(remainder * plan.dub_sample_rate_hz)
    if not samples:
        return []
    return [
        f"* SOURCE IN IS {abs(float(remainder)) * 1000:.3f} MS ({abs(samples)} SAMPLES AT "
        f"{plan.dub_sample_rate_hz} HZ) {'LATER' if samples > 0 else 'EARLIER'} THAN ITS FRAME"
    ]


def _frames(plan: CorrectionPlan, piece: Piece, record_frames: int) -> int:
    if piece.rate == 1:
        return record_frames
    clock = plan.programme.clock
    return max(1, clock.nearest_frame(clock.seconds(record_frames) * piece.rate))


def _speed(fps: Fraction) -> str:
    """
    Return frames per second as an ``M2`` line has it.

    >>> _speed(Fraction(24)), _speed(Fraction(23040, 1001))
    ('024.0', '023.016983')
    """
    whole, _, decimals = f"{float(fps):.6f}".partition(".")
    return f"{int(whole):03}.{decimals.rstrip('0') or '0'}"


def _reel(path: str) -> str:
    name = re.sub(r"[^A-Z0-9]", "", PurePath(path).stem.upper())
    return (name or "DUB")[:8]


def _plain(text: str) -> str:
    return " ".join(text.split())


EXPORT = Export(
    name="edl",
    summary="CMX 3600 edit decision list, on the programme's start label.",
    media_type="text/plain",
    suffix=".edl",
    render=render,
)
