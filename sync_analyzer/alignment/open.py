"""Stretches of the master that carry no evidence, and why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sync_analyzer.alignment.lines import Pair
from sync_analyzer.alignment.segments import Segment
from sync_analyzer.report import Edit, Uncovered
from sync_analyzer.timebase import dub_time, master_time

MIN_SECONDS = 2.0


def uncovered_ranges(
    pair: Pair, segments: Sequence[Segment], edits: Sequence[Edit]
) -> list[Uncovered]:
    """Return the stretches of at least two seconds, in order of master time."""
    if not segments:
        return [
            Uncovered(
                master_start_seconds=0.0,
                master_end_seconds=round(pair.master_seconds, 3),
                reason="no shared sound found",
            )
        ]
    open_ranges = _complement(pair, segments)
    first, last = segments[0].line, segments[-1].line
    begins = master_time(0.0, rate=first.rate, offset_seconds=first.offset_seconds)
    ends = master_time(pair.dub_seconds, rate=last.rate, offset_seconds=last.offset_seconds)
    found = []
    for low, high, segment in open_ranges:
        for start, stop, reason in (
            (low, min(high, begins), "before the dub begins"),
            (max(low, begins), min(high, ends), ""),
            (max(low, ends), high, "after the dub ends"),
        ):
            if stop - start < MIN_SECONDS:
                continue
            found.append(
                Uncovered(
                    master_start_seconds=round(start, 3),
                    master_end_seconds=round(stop, 3),
                    reason=reason or _reason(pair, segment, edits, start, stop),
                )
            )
    return found


def _complement(pair: Pair, segments: Sequence[Segment]) -> list[tuple[float, float, Segment]]:
    """Return what no piece of evidence covers, each with the segment it belongs to."""
    ranges = []
    low = 0.0
    for segment in segments:
        for index, piece in enumerate(segment.pieces):
            start = segment.start_seconds if index == 0 else piece.first_seconds
            ranges.append((low, start, segment))
            if index == 0:
                ranges.append((segment.start_seconds, piece.first_seconds, segment))
            low = max(low, piece.last_seconds)
        ranges.append((low, segment.end_seconds, segment))
        low = max(low, segment.end_seconds)
    ranges.append((low, pair.master_seconds, segments[-1]))
    return [entry for entry in ranges if entry[1] - entry[0] > 0]


def _reason(
    pair: Pair,
    segment: Segment,
    edits: Sequence[Edit],
    start: float,
    stop: float,
) -> str:
    for edit in edits:
        end = edit.master_seconds + edit.duration_seconds
        inside = min(stop, end) - max(start, edit.master_seconds)
        if edit.kind == "cut" and inside > 0.5 * (stop - start):
            return "not in the dub"
    if _loud_share(pair.loud("master"), start, stop, pair) < 0.1:
        return "silence in the master"
    line = segment.line
    here, there = (
        dub_time(t, rate=line.rate, offset_seconds=line.offset_seconds) for t in (start, stop)
    )
    if _loud_share(pair.loud("dub"), here, there, pair) < 0.1:
        return "silence in the dub"
    return "no shared sound found"


def _loud_share(loud: np.ndarray, start: float, stop: float, pair: Pair) -> float:
    low, high = int(max(0.0, start) / pair.hop_seconds), int(stop / pair.hop_seconds) + 1
    part = loud[low:high]
    return float(part.mean()) if len(part) else 0.0
