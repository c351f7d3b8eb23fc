"""Writes the report as one CSV table: a row for the answer, each segment, edit, gap and window."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from sync_analyzer.export.plan import sorted_segments
from sync_analyzer.export.report.material import Material
from sync_analyzer.export.report.registry import Report

COLUMNS = (
    "record",
    "start_timecode",
    "start_seconds",
    "end_timecode",
    "end_seconds",
    "offset_ms",
    "offset_frames",
    "rate",
    "score",
    "confidence",
    "method",
    "note",
)
"""``offset_ms`` is signed as everywhere: positive, the dub is early and has to be delayed."""

Row = dict[str, object]


def render(material: Material) -> bytes:
    """Return the table, UTF-8 with a byte order mark, so that spreadsheets read it right."""
    text = io.StringIO()
    table = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    table.writeheader()
    for row in _rows(material):
        table.writerow({key: _plain(value) for key, value in row.items()})
    return text.getvalue().encode("utf-8-sig")


def _rows(material: Material) -> Iterator[Row]:
    report = material.report
    yield {
        "record": "answer",
        **_span(material, 0.0, material.master_seconds),
        **_offset(material, report.offset_seconds),
        "rate": None if report.speed is None else report.speed.rate,
        "confidence": report.confidence,
        "note": f"{material.facts.status_text}: {material.facts.headline}",
    }
    yield from _places(material)
    for result in report.method_results:
        yield {
            "record": "method",
            **_offset(material, result.offset_seconds),
            "confidence": result.confidence,
            "method": result.method,
        }
    for window in report.windows:
        yield {
            "record": "window",
            **_span(material, window.master_seconds, None),
            **_offset(material, window.offset_seconds),
            "score": window.score,
            "method": window.method,
        }


def _places(material: Material) -> Iterator[Row]:
    """Yield segments, edits and stretches without evidence."""
    for segment in sorted_segments(material.report):
        yield {
            "record": "segment",
            **_span(material, segment.master_start_seconds, segment.master_end_seconds),
            **_offset(material, segment.offset_seconds),
            "rate": segment.rate,
            "confidence": segment.confidence,
        }
    for edit in material.report.edits:
        yield {
            "record": edit.kind,
            **_span(material, edit.master_seconds, None),
            "note": f"{edit.duration_seconds:.6f} s",
        }
    for gap in material.report.uncovered:
        yield {
            "record": "uncovered",
            **_span(material, gap.master_start_seconds, gap.master_end_seconds),
            "note": gap.reason,
        }


def _span(material: Material, start: float, end: float | None) -> Row:
    label = material.programme.label_at
    row: Row = {"start_timecode": label(start), "start_seconds": round(start, 6)}
    if end is not None:
        row |= {"end_timecode": label(end), "end_seconds": round(end, 6)}
    return row


def _offset(material: Material, offset_seconds: float | None) -> Row:
    if offset_seconds is None:
        return {}
    return {
        "offset_ms": round(offset_seconds * 1000, 4),
        "offset_frames": round(float(offset_seconds * material.programme.fps), 4),
    }


def _plain(value: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t"}:
        return f"'{value}"
    return value


REPORT = Report(
    name="csv",
    summary="One table with the answer, segments, edits, gaps and every window.",
    media_type="text/csv; charset=utf-8",
    suffix=".csv",
    render=render,
    with_sound=False,
)
