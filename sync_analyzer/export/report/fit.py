"""The only place that compares windows with the fitted segments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sync_analyzer.export.plan import sorted_segments
from sync_analyzer.report import SegmentResult, SyncReport, Window

EVIDENCE_STEPS = (6.0, 12.0, 24.0)
"""Scores (standard deviations of a window's own background) at which a colour changes."""

EVIDENCE_NAMES = ("weak, below 6", "6 to 12", "12 to 24", "strong, above 24")


COARSE_SECONDS = 0.001
"""A method that tells no smaller differences is coarse: its windows scatter by themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """
    A window and how far it lies from the segment it belongs to, None outside of all.

    ``coarse`` marks windows of a method whose resolution is `COARSE_SECONDS` or worse.
    """

    window: Window
    residual_seconds: float | None
    coarse: bool = False

    @property
    def evidence(self) -> int:
        """Index into `EVIDENCE_NAMES`."""
        return sum(self.window.score >= step for step in EVIDENCE_STEPS)


def placed_windows(report: SyncReport) -> Sequence[Placed]:
    """Return every window with its distance from the fit, weakest evidence first."""
    segments = sorted_segments(report)
    reach = _half_window_seconds(report)
    coarse = _coarse_methods(report)
    placed = [
        Placed(
            window=window,
            residual_seconds=_residual(window, segments, reach=reach),
            coarse=window.method in coarse,
        )
        for window in report.windows
    ]
    return sorted(placed, key=lambda one: one.window.score)


def _coarse_methods(report: SyncReport) -> set[str]:
    resolution = {
        result.method: float(result.metadata.get("resolution_seconds") or 0.0)
        for result in report.method_results
    }
    return {method for method, seconds in resolution.items() if seconds >= COARSE_SECONDS}


def offset_of(segment: SegmentResult, master_seconds: float) -> float:
    """Return the segment's offset at an instant of the master, in seconds."""
    into = master_seconds - segment.master_start_seconds
    return segment.offset_seconds + (1.0 - segment.rate) * into


def _half_window_seconds(report: SyncReport) -> float:
    options = report.provenance.get("options") or {}
    return 0.5 * float(options.get("window_seconds") or 0.0)


def _residual(window: Window, segments: Sequence[SegmentResult], *, reach: float) -> float | None:
    """
    Return the distance to the segment the window speaks of.

    A window that straddles an edit speaks of either side, so of the segments it can reach
    the closest counts; a window in no segment counts for none.
    """
    at = window.master_seconds
    if not any(s.master_start_seconds <= at < s.master_end_seconds for s in segments):
        return None
    reached = [
        window.offset_seconds - offset_of(segment, at)
        for segment in segments
        if segment.master_start_seconds - reach <= at < segment.master_end_seconds + reach
    ]
    return min(reached, key=abs)


def worst_places(
    report: SyncReport, *, count: int, apart_seconds: float = 10.0
) -> Sequence[Placed]:
    """
    Return the windows farthest from the fit that still have evidence, worst first.

    Windows of weak evidence say little about the sound and are passed over while others
    are left; places closer than ``apart_seconds`` count as one.
    """
    inside = [one for one in placed_windows(report) if one.residual_seconds is not None]
    finest = _finest_methods(inside)
    told = [one for one in inside if one.evidence > 0 and one.window.method in finest] or inside
    ranked = sorted(told, key=lambda one: -abs(one.residual_seconds or 0.0))
    chosen: list[Placed] = []
    for one in ranked:
        at = one.window.master_seconds
        if all(abs(at - other.window.master_seconds) >= apart_seconds for other in chosen):
            chosen.append(one)
        if len(chosen) == count:
            break
    return chosen


def _finest_methods(placed: Sequence[Placed]) -> set[str]:
    """Return the methods whose scatter is small enough to speak of misplaced sound."""
    by_method: dict[str, list[float]] = {}
    for one in placed:
        by_method.setdefault(one.window.method, []).append(abs(one.residual_seconds or 0.0))
    scatter = {method: float(np.median(values)) for method, values in by_method.items()}
    if not scatter:
        return set()
    finest = min(scatter.values())
    return {method for method, value in scatter.items() if value <= max(2 * finest, 1e-3)}
