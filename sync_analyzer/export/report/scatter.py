"""Draws the offset over programme time: windows as dots, the fit on them, what is open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sync_analyzer.export.plan import sorted_segments
from sync_analyzer.export.report.facts import amount
from sync_analyzer.export.report.fit import Placed, offset_of, placed_windows
from sync_analyzer.export.report.svg import (
    Drawing,
    Scale,
    element,
    round_ticks,
    tick_text,
)
from sync_analyzer.export.report.timeaxis import time_ticks
from sync_analyzer.export.words import place_text
from sync_analyzer.report import SyncReport
from sync_analyzer.timecode import ProgrammeClock

_LEFT, _RIGHT, _TOP = 66.0, 14.0, 16.0
_MAIN, _GAP, _STRIP, _AXIS = 240.0, 34.0, 96.0, 34.0
_SMALLEST_SPAN_SECONDS = 0.008


def draw_offsets(
    report: SyncReport, programme: ProgrammeClock, *, master_seconds: float, width: float
) -> str:
    """Return the SVG of the offset over programme time with the distance from the fit below."""
    bottom = _TOP + _MAIN + _GAP + _STRIP
    drawing = Drawing(
        width=width, height=bottom + _AXIS, label="Offset of the dub over programme time"
    )
    time = Scale(low=0.0, high=master_seconds, first_px=_LEFT, last_px=width - _RIGHT)
    placed = placed_windows(report)
    _open_ranges(drawing, report, time, bottom=bottom)
    _time_axis(drawing, programme, time, bottom=bottom)
    low, high = shown_span(report, placed)
    main = Scale(low=low, high=high, first_px=_TOP + _MAIN, last_px=_TOP)
    _value_axis(drawing, main, time, title="Dub early ↑   late ↓")
    _tolerance_band(drawing, report, main, time)
    _dots(drawing, placed, programme, main, time)
    _segments(drawing, report, main, time)
    _edits(drawing, report, time, bottom=bottom)
    inside = [one for one in placed if one.residual_seconds is not None]
    reach = residual_reach(placed)
    strip = Scale(low=-reach, high=reach, first_px=bottom, last_px=bottom - _STRIP)
    _value_axis(drawing, strip, time, title="Distance from the fit", at_most=5)
    _residuals(drawing, inside, strip, time)
    if not placed:
        drawing.text(
            ((_LEFT + width - _RIGHT) / 2, _TOP + 0.4 * _MAIN),
            "No window of the programme found evidence.",
            class_="note",
            text_anchor="middle",
        )
    return drawing.markup()


def shown_span(report: SyncReport, placed: Sequence[Placed]) -> tuple[float, float]:
    """Return the offsets to show: the whole fit, and the dots that lie near it."""
    ends = [
        offset_of(segment, at)
        for segment in sorted_segments(report)
        for at in (segment.master_start_seconds, segment.master_end_seconds)
    ]
    offsets = [one.window.offset_seconds for one in placed]
    if not ends:
        ends = offsets or [0.0]
    low, high = min(ends), max(ends)
    reach = max(2.0 * (high - low), 0.05)
    near = [value for value in offsets if low - reach <= value <= high + reach]
    if near:
        low, high = min(low, *np.percentile(near, [1])), max(high, *np.percentile(near, [99]))
    missing = max(0.0, _SMALLEST_SPAN_SECONDS - (high - low))
    pad = 0.1 * (high - low) + missing / 2
    return float(low - pad), float(high + pad)


def residual_reach(placed: Sequence[Placed]) -> float:
    """Return the largest distance from the fit to show, 1 to 250 ms."""
    sizes = [abs(one.residual_seconds) for one in placed if one.residual_seconds is not None]
    if not sizes:
        return 0.005
    return float(min(0.25, max(0.001, 1.4 * np.percentile(sizes, 95))))


def _time_axis(drawing: Drawing, programme: ProgrammeClock, time: Scale, *, bottom: float) -> None:
    room = 92.0
    most = max(2, int((time.last_px - time.first_px) / room))
    for tick in time_ticks(programme, end_seconds=time.high, at_most=most):
        at = time(tick.seconds)
        drawing.line((at, _TOP), (at, bottom), class_="grid")
        anchor = "end" if at + room / 3 > drawing.width else "middle"
        drawing.text((at, bottom + 18), tick.text, class_="tick", text_anchor=anchor)
    for top, height in ((_TOP, _MAIN), (bottom - _STRIP, _STRIP)):
        size = {"width": time.last_px - time.first_px, "height": height}
        drawing.add("rect", x=time.first_px, y=top, class_="frame", **size)


def _value_axis(
    drawing: Drawing, scale: Scale, time: Scale, *, title: str, at_most: int = 6
) -> None:
    unit, name = (1.0, "s") if scale.high - scale.low > 3.0 else (1000.0, "ms")
    ticks = round_ticks(scale.low * unit, scale.high * unit, at_most=at_most)
    for value in ticks:
        at = scale(value / unit)
        kind = "zero" if value == 0 else "grid"
        drawing.line((time.first_px, at), (time.last_px, at), class_=kind)
        drawing.text(
            (time.first_px - 7, at + 4), tick_text(value, ticks), class_="tick", text_anchor="end"
        )
    drawing.text((time.first_px, scale.last_px - 5), f"{title}   ({name})", class_="axis")


def _tolerance_band(drawing: Drawing, report: SyncReport, main: Scale, time: Scale) -> None:
    early, late = (report.tolerance.get(f"{side}_pass_ms") for side in ("early", "late"))
    if early is None or late is None or not report.match:
        return
    top, bottom = main.inside(early / 1000), main.inside(-late / 1000)
    if bottom - top < 1:
        return
    size = {"width": time.last_px - time.first_px, "height": bottom - top}
    drawing.add("rect", x=time.first_px, y=top, class_="tolerated", **size)


def _open_ranges(drawing: Drawing, report: SyncReport, time: Scale, *, bottom: float) -> None:
    for gap in report.uncovered:
        first, last = time.inside(gap.master_start_seconds), time.inside(gap.master_end_seconds)
        title = element("title", f"Without evidence: {_safe(gap.reason)}")
        drawing.raw(
            element(
                "rect",
                title,
                x=first,
                y=_TOP,
                width=max(1.0, last - first),
                height=bottom - _TOP,
                class_="open",
            )
        )


def _dots(
    drawing: Drawing,
    placed: Sequence[Placed],
    programme: ProgrammeClock,
    main: Scale,
    time: Scale,
) -> None:
    for one in placed:
        window = one.window
        x, y = time.inside(window.master_seconds), main.inside(window.offset_seconds)
        said = (
            f"{place_text(programme, window.master_seconds)}: dub is "
            f"{amount(window.offset_seconds, digits=2)} ({window.method}, score {window.score:.1f})"
        )
        title = element("title", _safe(said))
        kind = _kind(one)
        if main.low <= window.offset_seconds <= main.high:
            drawing.raw(element("circle", title, cx=x, cy=y, r=2.6, class_=kind))
        else:
            up = -1 if window.offset_seconds > main.high else 1
            shape = f"M{x - 3:.1f} {y - 5 * up:.1f}h6l-3 {5 * up}Z"
            drawing.raw(element("path", title, d=shape, class_=f"{kind} beyond"))


def _kind(one: Placed) -> str:
    return f"{'ring' if one.coarse else 'dot'} e{one.evidence}"


def _segments(drawing: Drawing, report: SyncReport, main: Scale, time: Scale) -> None:
    for segment in sorted_segments(report):
        ends = (segment.master_start_seconds, segment.master_end_seconds)
        points = [(time.inside(at), main.inside(offset_of(segment, at))) for at in ends]
        drawing.path(points, class_="fit")


def _edits(drawing: Drawing, report: SyncReport, time: Scale, *, bottom: float) -> None:
    named = -1e9
    for edit in report.edits:
        at = time.inside(edit.master_seconds)
        drawing.line((at, _TOP), (at, bottom), class_="edit")
        if at - named < 52:
            continue
        named = at
        sign = "−" if edit.kind == "cut" else "+"
        near_end = at > time.last_px - 60
        drawing.text(
            (at - 4 if near_end else at + 4, _TOP + 13),
            f"{sign}{edit.duration_seconds:.3g} s",
            class_="edit-name",
            text_anchor="end" if near_end else "start",
        )


def _residuals(drawing: Drawing, inside: Sequence[Placed], strip: Scale, time: Scale) -> None:
    for one in inside:
        assert one.residual_seconds is not None
        drawing.add(
            "circle",
            cx=time.inside(one.window.master_seconds),
            cy=strip.inside(one.residual_seconds),
            r=2.0,
            class_=_kind(one),
        )


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
