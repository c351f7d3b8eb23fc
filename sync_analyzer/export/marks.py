"""The only place that names a plan's pieces and edits for marker lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.words import piece_sentence

MATERIAL, SILENCE, EDIT = "4C9A6A", "808080", "C0504D"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A named place of the master's timeline; a duration of 0 is a point."""

    start_seconds: Fraction
    duration_seconds: Fraction
    name: str
    color: str


def marks(plan: CorrectionPlan) -> Iterator[Mark]:
    """Yield every piece in order, and before it a point where dub material is left out."""
    left_off = Fraction(0)
    for piece in plan.pieces:
        if piece.dub_start_seconds is not None:
            skipped = piece.dub_start_seconds - left_off
            if skipped > Fraction(1, 1000):
                yield Mark(
                    start_seconds=piece.master_start_seconds,
                    duration_seconds=Fraction(0),
                    name=f"{float(skipped):.3f} s of the dub left out",
                    color=EDIT,
                )
            assert piece.dub_end_seconds is not None
            left_off = piece.dub_end_seconds
        yield Mark(
            start_seconds=piece.master_start_seconds,
            duration_seconds=piece.duration_seconds,
            name=piece_sentence(piece),
            color=SILENCE if piece.dub_start_seconds is None else MATERIAL,
        )
