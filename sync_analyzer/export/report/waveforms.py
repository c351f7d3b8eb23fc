"""Draws waveforms as lanes: the whole programme, and a close-up before and after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.report.facts import amount
from sync_analyzer.export.report.peaks import Peaks
from sync_analyzer.export.report.sound import CloseUp
from sync_analyzer.export.report.svg import Drawing, Scale, round_ticks, tick_text
from sync_analyzer.export.report.timeaxis import time_ticks
from sync_analyzer.export.words import place_text
from sync_analyzer.timecode import ProgrammeClock

_LEFT, _RIGHT = 14.0, 14.0
_LANE, _BETWEEN, _AXIS = 62.0, 26.0, 30.0

Lane = tuple[str, NDArray[np.float32], NDArray[np.float32], str]


def draw_programme(
    master: Peaks | None,
    dub: Peaks | None,
    *,
    plan: CorrectionPlan | None,
    programme: ProgrammeClock,
    master_seconds: float,
    width: float,
) -> str:
    """Return the SVG of the whole programme: master, dub as delivered, dub corrected."""
    columns = int(width - _LEFT - _RIGHT)
    at = (np.arange(columns) + 0.5) / columns * master_seconds
    lanes: list[Lane] = []
    if master is not None:
        lanes.append(("Master", *master.at(at), "wave-master"))
    if dub is not None:
        lanes.append(("Dub as delivered", *dub.at(at), "wave-before"))
        if plan is not None:
            lanes.append(("Dub corrected", *dub.at(plan.dub_times(at)), "wave-after"))
    drawing, bottom = _lanes(lanes, width=width, label="Waveforms of the whole programme")
    time = Scale(low=0.0, high=master_seconds, first_px=_LEFT, last_px=width - _RIGHT)
    for tick in time_ticks(programme, end_seconds=master_seconds, at_most=int(width / 100)):
        x = time(tick.seconds)
        drawing.line((x, bottom), (x, bottom + 5), class_="frame")
        anchor = "start" if x < 40 else "end" if x > width - 40 else "middle"
        drawing.text((x, bottom + 20), tick.text, class_="tick", text_anchor=anchor)
    return drawing.markup()


def draw_close_up(close_up: CloseUp, *, programme: ProgrammeClock, width: float) -> str:
    """Return the SVG of one short stretch before and after, with one event marked in each."""
    columns = int((width - _LEFT - _RIGHT) / 1.5)
    lanes: list[Lane] = [
        ("Master", *columns_of(close_up.master, columns=columns), "wave-master"),
        ("Dub as delivered", *columns_of(close_up.delivered, columns=columns), "wave-before"),
        ("Dub corrected", *columns_of(close_up.corrected, columns=columns), "wave-after"),
    ]
    drawing, bottom = _lanes(lanes, width=width, label="Waveforms before and after correction")
    begin = close_up.start_seconds
    time = Scale(
        low=begin,
        high=begin + close_up.duration_seconds,
        first_px=_LEFT,
        last_px=width - _RIGHT,
    )
    event = time(close_up.event_seconds)
    for index in (0, 2):
        top = _lane_top(index)
        drawing.line((event, top), (event, top + _LANE), class_="event")
    _delivered_event(drawing, close_up, time, event)
    ticks = round_ticks(0.0, close_up.duration_seconds * 1000, at_most=max(3, int(width / 110)))
    for value in ticks:
        x = time(begin + value / 1000)
        drawing.line((x, bottom), (x, bottom + 5), class_="frame")
        anchor = "start" if x < 20 else "end" if x > width - 20 else "middle"
        drawing.text(
            (x, bottom + 20), f"{tick_text(value, ticks)}", class_="tick", text_anchor=anchor
        )
    said = f"ms after {place_text(programme, begin)}"
    drawing.text((width - _RIGHT, bottom + 36), said, class_="axis", text_anchor="end")
    return drawing.markup()


def _delivered_event(drawing: Drawing, close_up: CloseUp, time: Scale, event: float) -> None:
    """Mark where the master's event lies in the dub as delivered, and how far off that is."""
    top = _lane_top(1)
    shift = close_up.event_seconds - close_up.event_in_dub_seconds
    found = time.inside(close_up.event_in_dub_seconds)
    drawing.line((event, top), (event, top + _LANE), class_="event ghost")
    if time.low <= close_up.event_in_dub_seconds <= time.high:
        drawing.line((found, top), (found, top + _LANE), class_="event")
    if abs(found - event) > 3:
        drawing.line((event, top + 3), (found, top + 3), class_="shift")
    anchor = "start" if max(found, event) < drawing.width - 130 else "end"
    place = max(found, event) + 8 if anchor == "start" else min(found, event) - 8
    drawing.text((place, top + 8), amount(shift), class_="shift-name", text_anchor=anchor)


def _lanes(lanes: Sequence[Lane], *, width: float, label: str) -> tuple[Drawing, float]:
    bottom = _lane_top(len(lanes)) - _BETWEEN
    drawing = Drawing(width=width, height=bottom + _AXIS + 12, label=label)
    loudest = {
        kind == "wave-master": max(1e-6, *np.abs(low), *np.abs(high))
        for _, low, high, kind in lanes
    }
    for index, (name, low, high, kind) in enumerate(lanes):
        top = _lane_top(index)
        drawing.text((_LEFT, top - 6), name, class_="axis")
        drawing.line((_LEFT, top + _LANE / 2), (width - _RIGHT, top + _LANE / 2), class_="grid")
        scale = 0.5 * _LANE / loudest[kind == "wave-master"]
        xs = np.linspace(_LEFT, width - _RIGHT, len(low))
        middle = top + _LANE / 2
        outline = [*zip(xs, middle - high * scale, strict=True)]
        outline += [*zip(xs[::-1], (middle - low * scale)[::-1], strict=True)]
        drawing.path([(float(x), float(y)) for x, y in outline], closed=True, class_=kind)
    return drawing, bottom


def _lane_top(index: int) -> float:
    return 22.0 + index * (_LANE + _BETWEEN)


def columns_of(
    samples: NDArray[np.float32], *, columns: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return the lowest and highest sample of each of about ``columns`` columns."""
    size = max(1, len(samples) // columns)
    count = len(samples) // size
    blocks = samples[: count * size].reshape(count, size)
    return blocks.min(axis=1), blocks.max(axis=1)
