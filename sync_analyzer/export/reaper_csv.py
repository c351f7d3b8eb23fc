"""Writes the correction as a region and marker list for REAPER."""

from __future__ import annotations

import csv
import io

from sync_analyzer.export.marks import marks
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.registry import Export
from sync_analyzer.export.words import clock_text


def render(plan: CorrectionPlan) -> str:
    """
    Return regions for every piece and markers for every edit.

    Positions are real time on the programme's start label, as REAPER's region manager
    reads them with the ruler on minutes and seconds and the project's start time set to
    that label. Names say what to do; colours tell material, silence and edits apart.
    """
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(["#", "Name", "Start", "End", "Length", "Color"])
    zero = plan.programme.start_seconds
    counts = {"R": 0, "M": 0}
    for mark in marks(plan):
        kind = "M" if mark.duration_seconds == 0 else "R"
        counts[kind] += 1
        start = clock_text(zero + mark.start_seconds)
        end = clock_text(zero + mark.start_seconds + mark.duration_seconds) if kind == "R" else ""
        length = clock_text(mark.duration_seconds) if kind == "R" else ""
        table.writerow([f"{kind}{counts[kind]}", mark.name, start, end, length, mark.color])
    return text.getvalue()


EXPORT = Export(
    name="reaper_csv",
    summary="REAPER region and marker list, on the programme's start label.",
    media_type="text/csv",
    suffix="_reaper.csv",
    render=render,
)
