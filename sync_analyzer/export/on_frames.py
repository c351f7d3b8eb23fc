"""The only place that brings a plan onto whole frames, for formats that know nothing finer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from sync_analyzer.export.plan import CorrectionPlan, Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class FramedPiece:
    """
    A piece between two frames of the programme, counted from its first.

    ``dub_seconds`` is the exact instant of the dub that belongs at ``first_frame``.
    """

    piece: Piece
    first_frame: int
    end_frame: int
    dub_seconds: Fraction | None


def framed(plan: CorrectionPlan) -> Iterator[FramedPiece]:
    """
    Yield the pieces with their ends on the nearest frames.

    Where the nearest frame would need sound from before the dub's first sample or after
    its last, the next frame inside is taken. Pieces shorter than that are left out.
    """
    clock = plan.programme.clock
    at = 0
    for index, piece in enumerate(plan.pieces):
        end = clock.nearest_frame(piece.master_end_seconds)
        if piece.dub_start_seconds is None:
            if index + 1 < len(plan.pieces):
                end = _first_with_sound(plan, plan.pieces[index + 1])
            dub_seconds = None
        else:
            end = min(end, max(at, _end_of_sound(plan, piece)))
            dub_seconds = _dub_seconds(plan, piece, frame=at)
        if end > at:
            yield FramedPiece(piece=piece, first_frame=at, end_frame=end, dub_seconds=dub_seconds)
            at = end


def _dub_seconds(plan: CorrectionPlan, piece: Piece, *, frame: int) -> Fraction:
    assert piece.dub_start_seconds is not None
    into = plan.programme.clock.seconds(frame) - piece.master_start_seconds
    return max(Fraction(0), piece.dub_start_seconds + piece.rate * into)


def _first_with_sound(plan: CorrectionPlan, piece: Piece) -> int:
    frame = plan.programme.clock.nearest_frame(piece.master_start_seconds)
    assert piece.dub_start_seconds is not None
    begins = piece.master_start_seconds - piece.dub_start_seconds / piece.rate
    return max(frame, math.ceil((begins - _half_a_sample(plan)) * plan.programme.fps))


def _end_of_sound(plan: CorrectionPlan, piece: Piece) -> int:
    assert piece.dub_start_seconds is not None
    left = (plan.dub_seconds - piece.dub_start_seconds) / piece.rate
    ends = piece.master_start_seconds + left + _half_a_sample(plan)
    return math.floor(ends * plan.programme.fps)


def _half_a_sample(plan: CorrectionPlan) -> Fraction:
    """Return what no dub is ever short of: an offset of two frames is measured as 1.9999999."""
    return Fraction(1, 2 * plan.dub_sample_rate_hz)
