"""How well reported segments cover the true ones, and how near their boundaries lie."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.accuracy.manifest import Pair

TOLERANCES_SECONDS = (0.001, 0.020)
MIN_OVERLAP = 0.5
"""Share of a segment that must lie in the other list at the right offset."""

Segment = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentScore:
    """Counts for one pair; ``found`` and ``true`` follow `TOLERANCES_SECONDS`."""

    expected: int
    found: tuple[int, ...]
    reported: int
    true: tuple[int, ...]
    boundary_seconds: tuple[float, ...]


def score_segments(pair: Pair, record: Mapping[str, Any] | None) -> SegmentScore:
    """
    Compare the record's segments with the pair's.

    A true segment is found when reported ones within the tolerance cover at least half of
    it; a reported one is true when some true segment covers at least half of it. Offsets are
    compared at the true segment's start. A boundary's error is the distance from each true
    cut (start of the second and later segments) to the nearest reported segment edge.
    """
    expected, reported = pair.segments, _reported(pair, record)
    slack = pair.uncertainty_seconds
    tolerances = [tolerance + slack + 1e-9 for tolerance in TOLERANCES_SECONDS]
    edges = [s[edge] for s in reported for edge in ("master_start", "master_end")]
    return SegmentScore(
        expected=len(expected),
        found=tuple(_count_found(pair, expected, reported, limit) for limit in tolerances),
        reported=len(reported),
        true=tuple(_count_true(pair, expected, reported, limit) for limit in tolerances),
        boundary_seconds=tuple(
            min((abs(segment["master_start"] - edge) for edge in edges), default=math.inf)
            for segment in expected[1:]
        ),
    )


def _reported(pair: Pair, record: Mapping[str, Any] | None) -> list[Segment]:
    """Return the record's segments; one offset without segments covers the whole truth."""
    if not record:
        return []
    if record.get("segments"):
        return list(record["segments"])
    start, end = pair.segments[0]["master_start"], pair.segments[-1]["master_end"]
    offset = record["offset_seconds"] + (1.0 - pair.rate) * start
    return [{"master_start": start, "master_end": end, "offset_seconds": offset}]


def _length(segment: Segment) -> float:
    return float(segment["master_end"] - segment["master_start"])


def _overlap(one: Segment, other: Segment) -> float:
    end = min(one["master_end"], other["master_end"])
    return float(end - max(one["master_start"], other["master_start"]))


def _agree(pair: Pair, true: Segment, said: Segment, limit_seconds: float) -> bool:
    moved = (1.0 - pair.rate) * (true["master_start"] - said["master_start"])
    distance = abs(said["offset_seconds"] + moved - true["offset_seconds"])
    return bool(distance <= limit_seconds)


def _count_found(
    pair: Pair, expected: Sequence[Segment], reported: Sequence[Segment], limit: float
) -> int:
    count = 0
    for true in expected:
        covered = sum(
            max(0.0, _overlap(true, said)) for said in reported if _agree(pair, true, said, limit)
        )
        count += covered >= MIN_OVERLAP * _length(true)
    return count


def _count_true(
    pair: Pair, expected: Sequence[Segment], reported: Sequence[Segment], limit: float
) -> int:
    return sum(
        any(
            _agree(pair, true, said, limit) and _overlap(true, said) >= MIN_OVERLAP * _length(said)
            for true in expected
        )
        for said in reported
    )
