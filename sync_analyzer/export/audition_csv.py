"""Writes the correction as a marker list for Adobe Audition."""

from __future__ import annotations

import csv
import io

from sync_analyzer.export.marks import marks
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.registry import Export
from sync_analyzer.export.words import clock_text


def render(plan: CorrectionPlan) -> str:
    """
    Return markers for the master's file: every piece with its length, every edit.

    Audition counts markers from the first sample of the file, so positions are real time
    from there; the description begins with the label of the programme.
    """
    text = io.StringIO()
    table = csv.writer(text, delimiter="\t", lineterminator="\r\n", quoting=csv.QUOTE_MINIMAL)
    table.writerow(["Name", "Start", "Duration", "Time Format", "Type", "Description"])
    for number, mark in enumerate(marks(plan), start=1):
        label = plan.programme.label_at(mark.start_seconds)
        table.writerow(
            [
                f"Sync {number:02}",
                _decimal(clock_text(mark.start_seconds)),
                _decimal(clock_text(mark.duration_seconds)),
                "decimal",
                "Cue",
                f"{label} {mark.name}",
            ]
        )
    return text.getvalue()


def _decimal(text: str) -> str:
    """
    Return the time without leading hours, as Audition's decimal format has it.

    >>> _decimal("00:01:02.500"), _decimal("01:00:00.000")
    ('1:02.500', '1:00:00.000')
    """
    hours, minutes, seconds = text.split(":")
    if int(hours):
        return f"{int(hours)}:{minutes}:{seconds}"
    return f"{int(minutes)}:{seconds}"


EXPORT = Export(
    name="audition_csv",
    summary="Adobe Audition marker list for the master's file.",
    media_type="text/tab-separated-values",
    suffix="_audition.csv",
    render=render,
)
