"""
The only place that turns a `SyncReport` into the words and tables of a report.

Every format shows these facts; a format decides how they look, never what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from sync_analyzer import timebase
from sync_analyzer.errors import ReportUnavailable
from sync_analyzer.export.plan import CorrectionPlan, plan_correction, sorted_segments
from sync_analyzer.export.programme import programme_clock
from sync_analyzer.export.report import origin
from sync_analyzer.export.report.table import Table
from sync_analyzer.export.words import clock_text, place_text
from sync_analyzer.report import SyncReport
from sync_analyzer.timecode import ProgrammeClock

_IN_SECONDS_FROM = 100.0

_STATUS_TEXT = {
    "pass": "In tolerance",
    "warn": "Noticeable",
    "fail": "Out of tolerance",
    "none": "No match",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a report says; ``status`` is ``pass``, ``warn``, ``fail`` or ``none``."""

    title: str
    status: str
    status_text: str
    headline: str
    action: str
    key_numbers: tuple[tuple[str, str], ...]
    recommendations: tuple[str, ...]
    warnings: tuple[str, ...]
    places: Table | None
    rates: Table | None
    tolerance: Table | None
    segments: Table | None
    edits: Table | None
    uncovered: Table | None
    methods: Table | None
    files: Table
    provenance: Table


def facts_of(report: SyncReport, *, frame_rate: str | None = None) -> Facts:
    """
    Return what a report says.

    Raises:
        InvalidOption: ``frame_rate`` is no frame rate.
    """
    programme, notes = programme_clock(report, frame_rate=frame_rate)
    try:
        plan: CorrectionPlan | None = plan_correction(report, frame_rate=frame_rate)
    except ReportUnavailable:
        plan = None
    status = str(report.tolerance.get("verdict") or "fail") if report.match else "none"
    master, dub = (
        " ".join(PurePath(path).name.split()) for path in (report.master_file, report.dub_file)
    )
    return Facts(
        title=f"{dub} against {master}",
        status=status,
        status_text=_status_text(status, report),
        headline=_headline(report),
        action=_action(report, programme),
        key_numbers=tuple(_key_numbers(report, programme)),
        recommendations=report.recommendations,
        warnings=(*report.warnings, *notes),
        places=None if plan is None else _places(plan),
        rates=_rates(report, programme),
        tolerance=_tolerance(report),
        segments=_segments(report, programme),
        edits=_edits(report, programme),
        uncovered=_uncovered(report, programme),
        methods=_methods(report),
        files=origin.files(report),
        provenance=origin.provenance(report),
    )


def _status_text(status: str, report: SyncReport) -> str:
    text = _STATUS_TEXT.get(status, status)
    profile = report.tolerance.get("profile")
    return f"{text} (profile {profile})" if report.match and profile else text


def amount(offset_seconds: float, *, digits: int = 1) -> str:
    """
    Return milliseconds, from 100 s on seconds, with the direction as a word.

    >>> amount(-0.0834), amount(0.0), amount(200.3)
    ('83.4 ms late', 'in place', '200.300 s early')
    """
    size = f"{abs(offset_seconds) * 1000:.{digits}f} ms"
    if abs(offset_seconds) >= _IN_SECONDS_FROM:
        size = f"{abs(offset_seconds):.3f} s"
    if float(size.split()[0]) == 0:
        return "in place"
    return f"{size} {'late' if offset_seconds < 0 else 'early'}"


def frames(offset_seconds: float, programme: ProgrammeClock) -> str:
    """Return the offset in frames of the programme, with the direction as a word."""
    count = f"{abs(float(offset_seconds * programme.fps)):.2f}"
    if float(count) == 0:
        return count
    return f"{count} {'late' if offset_seconds < 0 else 'early'}"


def _headline(report: SyncReport) -> str:
    if not report.match or report.offset_seconds is None:
        return "No match between master and dub"
    if report.verdict == "edited":
        cuts = sum(edit.kind == "cut" for edit in report.edits)
        inserts = len(report.edits) - cuts
        parts = [
            f"{count} {word}{'s' if count > 1 else ''}"
            for count, word in ((cuts, "cut"), (inserts, "insert"))
            if count
        ]
        return f"Dub is another edit: {' and '.join(parts) or 'its offset jumps'}"
    if report.verdict == "drift" and report.speed is not None:
        return _speed_headline(report)
    said = timebase.describe(report.offset_seconds)
    return said[0].upper() + said[1:]


def _speed_headline(report: SyncReport) -> str:
    assert report.speed is not None
    rate = report.speed.rate
    word = "slower" if rate > 1 else "faster"
    if report.speed.named_rate is None:
        return f"Dub runs {abs(timebase.drift_ppm(rate)):.1f} ppm {word} than the master"
    return f"Dub runs {abs(1 / rate - 1) * 100:.3f} % {word} than the master"


def _action(report: SyncReport, programme: ProgrammeClock) -> str:
    offset = report.offset_seconds
    if not report.match or offset is None:
        return "Nothing proves a common position. Check that both files are of one programme."
    if report.verdict == "edited":
        return "Conform the dub segment by segment, as listed under Segments."
    if report.verdict == "drift" and report.speed is not None:
        cause = timebase.RATE_CAUSES.get(report.speed.named_rate or "")
        lead = f"{cause}. " if cause else ""
        if amount(offset) == "in place":
            return lead + "Correct its speed; at master time 0 it is in place."
        return lead + f"Correct its speed, then shift it: at master time 0 the {_said(offset)}."
    if report.tolerance.get("verdict") == "pass":
        return "No correction is needed under this profile."
    count = abs(float(offset * programme.fps))
    move = "earlier" if offset < 0 else "later"
    return (
        f"Move the dub {move} by {abs(offset) * 1000:.1f} ms "
        f"({count:.2f} frames at {programme.clock.name} fps)."
    )


def _said(offset_seconds: float) -> str:
    return timebase.describe(offset_seconds)


def _key_numbers(report: SyncReport, programme: ProgrammeClock) -> Iterator[tuple[str, str]]:
    offset = report.offset_seconds
    if offset is not None:
        where = {"edited": " in the longest segment", "drift": " at master time 0"}
        yield f"Offset{where.get(report.verdict, '')}", amount(offset)
        yield f"Frames at {programme.clock.name}{_assumed(programme)}", frames(offset, programme)
    if report.offset_interval_seconds is not None:
        yield "Interval (95 %)", _interval(report.offset_interval_seconds)
    yield "Confidence", f"{report.confidence * 100:.1f} %"
    if report.speed is not None:
        yield "Speed", _speed(report)
    covered = _covered_fraction(report)
    if covered is not None:
        yield "Evidence covers", f"{covered * 100:.0f} % of the master"


def _assumed(programme: ProgrammeClock) -> str:
    return " (assumed)" if programme.assumed else ""


def _interval(interval_seconds: tuple[float, float]) -> str:
    """Return half the width; below 0.1 ms other errors count for more than this one."""
    half_ms = (interval_seconds[1] - interval_seconds[0]) / 2 * 1000
    return f"± {half_ms:.1f} ms" if half_ms >= 0.1 else "under ± 0.1 ms"


def _speed(report: SyncReport) -> str:
    assert report.speed is not None
    if report.speed.mode == "same":
        return "same as the master"
    name = report.speed.named_rate or f"{report.speed.drift_ppm:+.2f} ppm"
    return f"{name}, {report.speed.mode.replace('_', ' ')}"


def _covered_fraction(report: SyncReport) -> float | None:
    master = report.media.get("master") or {}
    total = float(master.get("decoded_seconds") or master.get("duration_seconds") or 0.0)
    if not report.match or total <= 0:
        return None
    open_seconds = sum(u.master_end_seconds - u.master_start_seconds for u in report.uncovered)
    return min(1.0, max(0.0, 1.0 - open_seconds / total))


def _places(plan: CorrectionPlan) -> Table:
    """Return the offset where the programme begins, in its middle, and where it ends."""
    end = float(plan.master_seconds)
    places = (("Start", 0.0), ("Middle", end / 2), ("End", end))
    table = Table(
        title="Offset through the programme",
        columns=(
            "At",
            "Programme",
            "Master time",
            "Lies in the dub at",
            "Dub is",
            f"Frames at {plan.programme.clock.name}{_assumed(plan.programme)}",
            f"Samples at {plan.dub_sample_rate_hz} Hz",
        ),
        rows=tuple(_place(plan, name, wanted) for name, wanted in places),
        numeric=frozenset({4, 5, 6}),
    )
    plain = plan.programme.assumed and plan.programme.start_frame == 0
    return table.without(1) if plain else table


def _place(plan: CorrectionPlan, name: str, wanted: float) -> tuple[str, ...]:
    """Return the row of the instant nearest to the wanted one at which the dub sounds."""
    piece = min(
        plan.sounding,
        key=lambda p: max(
            float(p.master_start_seconds) - wanted, wanted - float(p.master_end_seconds), 0.0
        ),
    )
    first, last = float(piece.master_start_seconds), float(piece.master_end_seconds)
    at = min(max(wanted, first), last)
    assert piece.dub_start_seconds is not None
    dub_at = float(piece.dub_start_seconds) + float(piece.rate) * (at - first)
    offset = at - dub_at
    return (
        name,
        place_text(plan.programme, at),
        clock_text(at),
        clock_text(dub_at),
        amount(offset),
        frames(offset, plan.programme),
        f"{abs(round(offset * plan.dub_sample_rate_hz))}",
    )


def _rates(report: SyncReport, programme: ProgrammeClock) -> Table | None:
    """Return the offset in frames at the programme's rate and at the five fixed ones."""
    offset = report.offset_seconds
    if offset is None:
        return None
    fixed = timebase.offset_frames(offset)
    columns = [name for name in fixed]
    cells = [_signed(value) for value in fixed.values()]
    if not programme.assumed:
        columns.insert(0, f"{programme.clock.name} (programme)")
        cells.insert(0, _signed(float(offset * programme.fps)))
    return Table(
        title="Offset in frames",
        columns=("Frames per second", *columns),
        rows=(("Shift the dub by", *cells),),
        numeric=frozenset(range(1, len(cells) + 1)),
        note="Positive: the dub is early, delay it. Negative: the dub is late, move it earlier.",
    )


def _signed(count: float) -> str:
    """Return a count with its sign, nothing without one."""
    text = f"{count:+.2f}"
    return text if float(text) else "0.00"


def _tolerance(report: SyncReport) -> Table | None:
    limits = report.tolerance
    if not limits:
        return None
    rows = []
    for side in ("early", "late"):
        values = [
            limits.get(f"{name}_ms") for name in (f"worst_{side}", f"{side}_pass", f"{side}_fail")
        ]
        rows.append((f"Dub {side}", *(_limit(value) for value in values)))
    return Table(
        title=f"Tolerance profile: {limits.get('profile', '')}",
        columns=("", "Worst found", "Passes up to", "Fails beyond"),
        rows=tuple(rows) if report.match else (),
        numeric=frozenset({1, 2, 3}),
        note=str(limits.get("source") or ""),
    )


def _limit(value: Any) -> str:
    return "-" if value is None else f"{float(value):.1f} ms"


def _segments(report: SyncReport, programme: ProgrammeClock) -> Table | None:
    rows = []
    for number, segment in enumerate(sorted_segments(report), start=1):
        start, end = segment.master_start_seconds, segment.master_end_seconds
        rows.append(
            (
                str(number),
                place_text(programme, start),
                place_text(programme, end),
                amount(segment.offset_seconds, digits=2),
                frames(segment.offset_seconds, programme),
                f"{segment.rate:.9g}",
                f"{segment.confidence * 100:.1f} %",
            )
        )
    columns = ("No.", "From", "To", "Dub is", "Frames", "Rate", "Confidence")
    return _table("Segments", columns, rows, numeric={3, 4, 5, 6})


def _edits(report: SyncReport, programme: ProgrammeClock) -> Table | None:
    words = {"cut": "The dub lacks", "insert": "The dub has in addition"}
    rows = [
        (
            place_text(programme, edit.master_seconds),
            words.get(edit.kind, edit.kind),
            f"{edit.duration_seconds:.3f} s",
            f"{float(edit.duration_seconds * programme.fps):.2f}",
            " to ".join(place_text(programme, at) for at in edit.interval_seconds),
        )
        for edit in report.edits
    ]
    columns = ("At", "What", "Duration", "Frames", "Placed between")
    return _table("Edits", columns, rows, numeric={2, 3})


def _uncovered(report: SyncReport, programme: ProgrammeClock) -> Table | None:
    rows = [
        (
            place_text(programme, gap.master_start_seconds),
            place_text(programme, gap.master_end_seconds),
            f"{gap.master_end_seconds - gap.master_start_seconds:.1f} s",
            gap.reason,
        )
        for gap in report.uncovered
    ]
    return _table("Without evidence", ("From", "To", "Length", "Why"), rows, numeric={2})


def _methods(report: SyncReport) -> Table | None:
    rows = [
        (
            result.method,
            "no answer" if result.offset_seconds is None else amount(result.offset_seconds),
            f"{result.confidence * 100:.1f} %",
            f"{result.quality_score:.2f}",
            f"{result.processing_time:.2f} s",
            "",
        )
        for result in report.method_results
    ]
    rows += [(f.method, "did not run", "-", "-", "-", f.error) for f in report.method_failures]
    columns = ("Method", "Alone it says: dub is", "Confidence", "Quality", "Time", "Note")
    table = _table("Methods", columns, rows, numeric={1, 2, 3, 4})
    return table


def _table(
    title: str, columns: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, numeric: set[int]
) -> Table | None:
    if not rows:
        return None
    return Table(title=title, columns=columns, rows=tuple(rows), numeric=frozenset(numeric))
