"""
The only place that says whether an answer is right.

Definitions
  * error: distance of the reported offset from the true one at master time 0, in seconds.
    With several true segments the offset meant is that of the longest one (any of those at
    least `NEARLY_LONGEST` as long); a loop counts modulo its period where the pair is truly
    ambiguous; containers with two priming conventions accept both. Where the processing
    itself moved the sound, that much is forgiven.
  * missed: a true pair without an answer. It fails at every tolerance.
  * false match: an answer, or a claim of a match, for an unrelated pair.
  * right: an answer with an error of at most `RIGHT_SECONDS`, half a frame.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.accuracy.manifest import Pair
from benchmarks.accuracy.segment_scoring import SegmentScore, score_segments

RIGHT_SECONDS = 0.020
NEARLY_LONGEST = 0.9
PITCH_HIDDEN = 0.0011
"""Changes of speed up to this move the pitch by less than two cents: nobody can tell."""

UNTOUCHED = 1e-9
"""Slack in seconds for comparing an error with a tolerance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What one answer was worth."""

    pair: Pair
    record: Mapping[str, Any]
    error_seconds: float | None = None
    missed: bool = False
    false_match: bool = False
    rate_error_ppm: float | None = None
    named_right: bool | None = None
    mode_right: bool | None = None
    segments: SegmentScore | None = None

    @property
    def confidence(self) -> float | None:
        """Confidence of the answer; None when nothing was answered."""
        if self.false_match or self.error_seconds is not None:
            return self.record.get("confidence")
        return None

    @property
    def right(self) -> bool:
        """Whether the answer, if any, is right."""
        return self.within(RIGHT_SECONDS)

    @property
    def failure_kind(self) -> str | None:
        """``refused``, ``crash`` or ``timeout`` when the analysis gave no result."""
        return (self.record.get("failure") or {}).get("kind")

    def within(self, tolerance_seconds: float) -> bool:
        """Whether the error is at most ``tolerance_seconds``."""
        return self.error_seconds is not None and (
            self.error_seconds <= tolerance_seconds + UNTOUCHED
        )


def is_number(value: Any) -> bool:
    """Whether the value is a finite number."""
    return isinstance(value, int | float) and math.isfinite(value)


def judge(pair: Pair, record: Mapping[str, Any] | None) -> Judgement:
    """Return what the record is worth for this pair; no record is a miss."""
    record = record or {}
    offset = record.get("offset_seconds")
    if not is_number(offset) or record.get("match") is False:
        offset = None
    if not pair.is_match:
        claimed = record.get("match") is True or (
            record.get("match") is None and offset is not None
        )
        return Judgement(pair=pair, record=record, false_match=claimed)
    if offset is None:
        return Judgement(pair=pair, record=record, missed=True, segments=score_segments(pair, None))
    rate = record.get("rate") or 1.0
    mode = pair.truth.get("mode")
    return Judgement(
        pair=pair,
        record=record,
        error_seconds=offset_error_seconds(pair, float(offset)),
        rate_error_ppm=abs(rate - pair.rate) * 1e6,
        named_right=record.get("named_rate") == pair.named_rate,
        mode_right=None if mode is None else record.get("mode") in _modes(pair, mode),
        segments=score_segments(pair, record),
    )


def _modes(pair: Pair, mode: str) -> tuple[str, ...]:
    """Return what may be said of how the speed was changed; a small change hides its pitch."""
    hidden = abs(pair.rate - 1.0) <= PITCH_HIDDEN
    return (mode, "undetermined") if hidden else (mode,)


def offset_error_seconds(pair: Pair, offset_seconds: float) -> float:
    """Return the distance to the nearest offset that counts as true, less what is forgiven."""
    period = pair.truth.get("accept_modulo_s")
    distances = []
    for true_offset in true_offsets_seconds(pair):
        distance = offset_seconds - true_offset
        if period:
            distance = (distance + period / 2) % period - period / 2
        distances.append(abs(distance))
    return max(0.0, min(distances) - pair.uncertainty_seconds)


def true_offsets_seconds(pair: Pair) -> list[float]:
    """Return every offset at master time 0 that answers the pair rightly."""
    if len(pair.segments) < 2:
        return [pair.truth["offset_seconds"], *pair.truth.get("accept_alt", ())]
    lengths = [segment["master_end"] - segment["master_start"] for segment in pair.segments]
    return [
        segment["offset_seconds"] - (1.0 - pair.rate) * segment["master_start"]
        for segment, length in zip(pair.segments, lengths, strict=True)
        if length >= NEARLY_LONGEST * max(lengths)
    ]
