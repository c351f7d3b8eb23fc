"""Pieces of the path become segments: merged, put in order, bounded, with what lies between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from sync_analyzer.alignment.align import Piece
from sync_analyzer.alignment.boundary import place_boundary
from sync_analyzer.alignment.lines import Pair
from sync_analyzer.evidence import Line
from sync_analyzer.report import Edit
from sync_analyzer.timebase import dub_time, master_time, offset_at

SAME_SECONDS = 0.0025
BRIDGE_SECONDS = 90.0
EXTEND_SECONDS = 20.0
MIN_SEGMENT_EVIDENCE = 20.0
"""In nats: a segment needs what a whole answer needs at least."""
SLIVER_SECONDS, SLIVER_JUMP_SECONDS = 8.0, 0.1
"""A shorter stretch, less than this beside a stronger neighbour, is no edit."""
EMPTY_SECONDS = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of the master on one line, with the pieces of evidence inside it."""

    line: Line
    start_seconds: float
    end_seconds: float
    start_interval: tuple[float, float] | None
    pieces: tuple[Piece, ...]

    @property
    def evidence(self) -> float:
        """Summed log-likelihood ratio of the pieces."""
        return sum(piece.evidence for piece in self.pieces)


def segments_of(pair: Pair, pieces: Sequence[Piece]) -> tuple[list[Segment], list[Edit]]:
    """Return the segments in order of master time, and the edits between neighbours."""
    groups = _without_slivers(_merged(_monotone(pieces)))
    segments, edits = _bounded(pair, groups)
    while any(_is_empty(segment) for segment in segments):
        empty = min((s for s in segments if _is_empty(s)), key=lambda s: s.evidence)
        groups = _merged([p for group in groups if group[0] not in empty.pieces for p in group])
        segments, edits = _bounded(pair, groups)
    if segments:
        segments[0] = _extended_start(pair, segments[0])
        segments[-1] = _extended_end(pair, segments[-1])
    return segments, edits


def _bounded(pair: Pair, groups: Sequence[Sequence[Piece]]) -> tuple[list[Segment], list[Edit]]:
    """Return a segment a group, each ending where the next begins, and what lies between."""
    segments: list[Segment] = []
    edits: list[Edit] = []
    for group in groups:
        line = max(group, key=lambda piece: piece.evidence).line
        start, end = group[0].first_seconds, group[-1].last_seconds
        segments.append(
            Segment(
                line=line,
                start_seconds=start,
                end_seconds=end,
                start_interval=None,
                pieces=tuple(group),
            )
        )
    for index in range(len(segments) - 1):
        left, right, found = _joined(pair, segments[index], segments[index + 1])
        segments[index], segments[index + 1] = left, right
        edits += found
    return segments, edits


def _is_empty(segment: Segment) -> bool:
    """Tell whether its neighbours' boundaries leave nothing of the segment."""
    return segment.end_seconds - segment.start_seconds < EMPTY_SECONDS


def _monotone(pieces: Sequence[Piece]) -> list[Piece]:
    """Drop pieces that would use the same part of the dub twice, the weaker of two."""
    kept = list(pieces)
    changed = True
    while changed:
        changed = False
        for first, second in pairwise(kept):
            overlap = _dub_end(first) - _dub_start(second)
            shorter = min(_length(first), _length(second))
            if overlap > max(2.0, 0.3 * shorter):
                kept.remove(min(first, second, key=lambda piece: piece.evidence))
                changed = True
                break
    return kept


def _dub_start(piece: Piece) -> float:
    line = piece.line
    return dub_time(piece.first_seconds, rate=line.rate, offset_seconds=line.offset_seconds)


def _dub_end(piece: Piece) -> float:
    line = piece.line
    return dub_time(piece.last_seconds, rate=line.rate, offset_seconds=line.offset_seconds)


def _length(piece: Piece) -> float:
    return piece.last_seconds - piece.first_seconds


def _merged(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Group neighbours whose lines meet between them, across gaps without evidence."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if groups and _continues(groups[-1], piece):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    return groups


def _without_slivers(groups: list[list[Piece]]) -> list[list[Piece]]:
    """
    Give up groups too thin for a segment, the weakest first.

    Two frames can carry evidence enough to be entered, not to be believed; and effects
    performed again a few hundredths of a second early or late are no edit.
    """
    while len(groups) > 1:
        slivers = [
            group
            for index, group in enumerate(groups)
            if _weight(group) < MIN_SEGMENT_EVIDENCE
            or (
                group[-1].last_seconds - group[0].first_seconds < SLIVER_SECONDS
                and any(
                    _weight(other) > _weight(group) and _jump(group, other) < SLIVER_JUMP_SECONDS
                    for other in groups[max(0, index - 1) : index + 2]
                    if other is not group
                )
            )
        ]
        if not slivers:
            return groups
        weakest = min(slivers, key=_weight)
        groups = _merged([piece for group in groups if group is not weakest for piece in group])
    return groups


def _weight(group: Sequence[Piece]) -> float:
    return sum(piece.evidence for piece in group)


def _jump(group: Sequence[Piece], other: Sequence[Piece]) -> float:
    """Return how far apart two neighbours' lines are where they meet."""
    first, second = sorted((group, other), key=lambda one: one[0].first_seconds)
    at = 0.5 * (first[-1].last_seconds + second[0].first_seconds)
    here, there = (
        offset_at(at, rate=line.rate, offset_seconds=line.offset_seconds)
        for line in (first[-1].line, second[0].line)
    )
    return abs(here - there)


def _continues(group: Sequence[Piece], piece: Piece) -> bool:
    last = max(group, key=lambda member: member.evidence)
    meeting = 0.5 * (group[-1].last_seconds + piece.first_seconds)
    here = offset_at(meeting, rate=last.line.rate, offset_seconds=last.line.offset_seconds)
    there = offset_at(meeting, rate=piece.line.rate, offset_seconds=piece.line.offset_seconds)
    allowed = SAME_SECONDS + 3.0 * (last.delay_error_seconds + piece.delay_error_seconds)
    allowed += 0.02 if piece.line.pitch_kept else 0.0
    return abs(here - there) < allowed


def _joined(pair: Pair, left: Segment, right: Segment) -> tuple[Segment, Segment, list[Edit]]:
    """Place the boundary between two segments and name what was cut or inserted there."""
    middle = 0.5 * (left.end_seconds + right.start_seconds)
    before = offset_at(middle, rate=left.line.rate, offset_seconds=left.line.offset_seconds)
    after = offset_at(middle, rate=right.line.rate, offset_seconds=right.line.offset_seconds)
    jump = after - before
    left_end, right_start, interval = place_boundary(
        pair, left.pieces[-1].locked, left.line, right.pieces[0].locked, right.line,
        left_until=left.end_seconds, right_from=right.start_seconds,
    )  # fmt: skip
    edits = []
    dub_gap = _at(right.line, right_start) - _at(left.line, left_end)
    master_gap = right_start - left_end
    if jump > 0 and master_gap > 0.02:
        # The interval bounds the right segment's start; what is cut begins before it.
        begins = (interval[0] - master_gap, interval[1] - master_gap)
        edits.append(_edit("cut", left_end, begins, jump))
    elif jump < 0 and dub_gap > 0.02:
        edits.append(_edit("insert", left_end, interval, -jump))
    return (
        replace(left, end_seconds=left_end),
        replace(right, start_seconds=right_start, start_interval=interval),
        edits,
    )


def _edit(kind: str, at: float, interval: tuple[float, float], duration: float) -> Edit:
    return Edit(kind=kind, master_seconds=at, interval_seconds=interval, duration_seconds=duration)


def _at(line: Line, master_seconds: float) -> float:
    return dub_time(master_seconds, rate=line.rate, offset_seconds=line.offset_seconds)


def _extended_start(pair: Pair, segment: Segment) -> Segment:
    """Let the first segment begin where both files do, if its evidence begins near there."""
    line = segment.line
    earliest = max(0.0, master_time(0.0, rate=line.rate, offset_seconds=line.offset_seconds))
    if segment.start_seconds - earliest <= EXTEND_SECONDS:
        return replace(segment, start_seconds=earliest)
    return segment


def _extended_end(pair: Pair, segment: Segment) -> Segment:
    line = segment.line
    latest = master_time(pair.dub_seconds, rate=line.rate, offset_seconds=line.offset_seconds)
    latest = min(pair.master_seconds, latest)
    if latest - segment.end_seconds <= EXTEND_SECONDS:
        return replace(segment, end_seconds=max(latest, segment.start_seconds))
    return segment
