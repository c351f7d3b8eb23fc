"""Draws the correlation over offset: the answer and the strongest rivals to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync_analyzer import timebase
from sync_analyzer.export.report.svg import Drawing, Scale, round_ticks, tick_text
from sync_analyzer.report import SyncReport

_LEFT, _RIGHT, _TOP, _BOTTOM = 66.0, 14.0, 40.0, 40.0
_GUARD_SECONDS = 0.25
_RIVALS = 3
_LABEL_PX = 12.0

Curve = tuple[NDArray[np.float64], NDArray[np.float64]]


def curve_of(report: SyncReport) -> Curve | None:
    """Return offsets in seconds, ascending, and scores; None where there is no curve."""
    if not report.curve or not report.curve.get("offset_seconds"):
        return None
    offsets = np.asarray(report.curve["offset_seconds"], np.float64)
    scores = np.asarray(report.curve["score"], np.float64)
    order = np.argsort(offsets)
    return offsets[order], scores[order]


def said_of_curve(report: SyncReport) -> str:
    """Return which correlation this is, as a sentence."""
    curve = report.curve or {}
    method = f", method {curve['method']}" if curve.get("method") else ""
    undone = ", the dub's speed undone" if curve.get("rate", 1.0) != 1.0 else ""
    return f"Correlation against offset{' at master time 0' if undone else ''}{method}{undone}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Summit:
    """A high place of the curve: ``answer``, ``segment`` (another stretch's) or ``rival``."""

    kind: str
    offset_seconds: float
    score: float


def summits(report: SyncReport, curve: Curve) -> Sequence[Summit]:
    """
    Return the answer, the places of other segments, and the strongest rivals to them all.

    Rivals are at least 0.25 s away from everything found and from each other.
    """
    offsets, scores = curve
    answer = answer_of(report)
    taken = [] if answer is None else [answer]
    found = [] if answer is None else [_summit("answer", answer, curve)]
    for segment in report.segments if len(report.segments) > 1 else ():
        at = segment.offset_seconds + (1.0 - segment.rate) * -segment.master_start_seconds
        if all(abs(at - other) > _GUARD_SECONDS for other in taken):
            taken.append(at)
            found.append(_summit("segment", at, curve))
    rivals = 0
    for index in np.argsort(-scores):
        at = float(offsets[index])
        if all(abs(at - other) > _GUARD_SECONDS for other in taken):
            taken.append(at)
            found.append(Summit(kind="rival", offset_seconds=at, score=float(scores[index])))
            rivals += 1
        if rivals == _RIVALS:
            break
    return found


def label_levels(
    found: Sequence[Summit], *, apart_seconds: float, apart_score: float
) -> Sequence[int]:
    """Return by how many labels each rival's number has to be raised to be readable."""
    levels: list[int] = []
    for index, summit in enumerate(found):
        near = [
            other.score + level * apart_score
            for other, level in zip(found[:index], levels, strict=True)
            if other.kind == "rival"
            and abs(other.offset_seconds - summit.offset_seconds) < apart_seconds
        ]
        level = 0
        while any(abs(summit.score + level * apart_score - at) < apart_score for at in near):
            level += 1
        levels.append(level)
    return levels


def _summit(kind: str, offset_seconds: float, curve: Curve) -> Summit:
    near = np.abs(curve[0] - offset_seconds) <= _GUARD_SECONDS
    score = curve[1][near].max() if near.any() else np.interp(offset_seconds, *curve)
    return Summit(kind=kind, offset_seconds=offset_seconds, score=float(score))


def answer_of(report: SyncReport) -> float | None:
    """Return the offset that was found, None without a match."""
    return report.offset_seconds if report.match else None


def draw_correlation(report: SyncReport, *, width: float, height: float = 250.0) -> str | None:
    """Return the SVG of the correlation, or None where the report holds none."""
    curve = curve_of(report)
    if curve is None or len(curve[0]) < 2:
        return None
    drawing = Drawing(width=width, height=height, label="Correlation over offset")
    x = Scale(low=curve[0][0], high=curve[0][-1], first_px=_LEFT, last_px=width - _RIGHT)
    top = max(float(curve[1].max()), 1e-9)
    floor = min(0.0, float(np.percentile(curve[1], 1)))
    y = Scale(low=floor, high=1.05 * top, first_px=height - _BOTTOM, last_px=_TOP)
    _axes(drawing, x, y)
    _line(drawing, curve, x, y)
    _name_others(drawing, summits(report, curve), x, y)
    answer = answer_of(report)
    if answer is not None:
        _name_answer(drawing, answer, x, y)
    return drawing.markup()


def _axes(drawing: Drawing, x: Scale, y: Scale) -> None:
    unit, name = (1.0, "s") if x.high - x.low > 3.0 else (1000.0, "ms")
    ticks = round_ticks(x.low * unit, x.high * unit, at_most=max(3, int(drawing.width / 110)))
    for value in ticks:
        at = x(value / unit)
        drawing.line((at, y.last_px), (at, y.first_px), class_="grid")
        drawing.text(
            (at, y.first_px + 17), tick_text(value, ticks), class_="tick", text_anchor="middle"
        )
    levels = round_ticks(y.low, y.high, at_most=4)
    for value in levels:
        at = y(value)
        drawing.line((x.first_px, at), (x.last_px, at), class_="zero" if value == 0 else "grid")
        drawing.text(
            (x.first_px - 7, at + 4), tick_text(value, levels), class_="tick", text_anchor="end"
        )
    drawing.text(
        (x.last_px, y.first_px + 34),
        f"dub late ←   offset ({name})   → dub early",
        class_="axis",
        text_anchor="end",
    )
    drawing.text((x.first_px, y.last_px - 26), "Score", class_="axis")


def _line(drawing: Drawing, shown: Curve, x: Scale, y: Scale) -> None:
    points = list(zip(map(x, shown[0]), map(y.inside, shown[1]), strict=True))
    ground = y(0.0)
    drawing.path(
        [(points[0][0], ground), *points, (points[-1][0], ground)], closed=True, class_="area"
    )
    drawing.path(points, class_="curve")


def _name_answer(drawing: Drawing, answer: float, x: Scale, y: Scale) -> None:
    at = x.inside(answer)
    drawing.line((at, y.last_px - 12), (at, y.first_px), class_="answer")
    _say(drawing, at, y.last_px - 16, f"answer: {timebase.describe(answer)}", "answer-name")


def _name_others(drawing: Drawing, found: Sequence[Summit], x: Scale, y: Scale) -> None:
    number = 0
    apart_seconds = _LABEL_PX / (x.last_px - x.first_px) * (x.high - x.low)
    apart_score = _LABEL_PX / (y.first_px - y.last_px) * (y.high - y.low)
    levels = label_levels(found, apart_seconds=apart_seconds, apart_score=apart_score)
    for summit, level in zip(found, levels, strict=True):
        if summit.kind == "answer":
            continue
        rival = summit.kind == "rival"
        number += rival
        at = (x.inside(summit.offset_seconds), y.inside(summit.score))
        kind = "rival" if rival else "other-segment"
        drawing.add("circle", cx=at[0], cy=at[1], r=4.0, class_=kind)
        if rival:
            place = (at[0], at[1] - 8 - _LABEL_PX * level)
            drawing.text(place, str(number), class_="rival-name", text_anchor="middle")


def _say(drawing: Drawing, at: float, baseline: float, text: str, kind: str) -> None:
    half = 3.6 * len(text)
    anchor = "start" if at < half else "end" if at > drawing.width - half else "middle"
    drawing.text((at, baseline), text, class_=kind, text_anchor=anchor)
