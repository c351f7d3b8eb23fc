"""The only place that chooses round places of the programme for an axis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from sync_analyzer.errors import InvalidOption
from sync_analyzer.export.words import clock_text
from sync_analyzer.timecode import ProgrammeClock

_STEPS_SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeTick:
    """A round place of the programme and its label, to the second."""

    seconds: float
    text: str


def time_ticks(
    programme: ProgrammeClock, *, end_seconds: float, at_most: int
) -> Sequence[TimeTick]:
    """Return up to ``at_most`` ticks on round labels between 0 and ``end_seconds``."""
    step = next((s for s in _STEPS_SECONDS if end_seconds / s <= at_most), _STEPS_SECONDS[-1])
    start = programme.start_seconds
    if programme.assumed:
        first = math.ceil(start / step) * step
        places = range(first, math.floor(start + Fraction(end_seconds)) + 1, step)
        return [TimeTick(seconds=float(at - start), text=clock_text(at)[:8]) for at in places]
    found = []
    clock = programme.clock
    for label_seconds in range(0, 86_400, step):
        frame = _frame_of(programme, label_seconds) - programme.start_frame
        seconds = float(clock.seconds(frame % clock.frames_per_day))
        if seconds <= end_seconds:
            found.append(TimeTick(seconds=seconds, text=_text(label_seconds)))
    return sorted(found, key=lambda tick: tick.seconds)


def _frame_of(programme: ProgrammeClock, label_seconds: int) -> int:
    """Return the first frame of a second that its way of counting does not skip."""
    text = _text(label_seconds)
    try:
        return programme.clock.frame(f"{text}:00")
    except InvalidOption:
        return programme.clock.frame(f"{text};{programme.clock.dropped_per_minute:02}")


def _text(label_seconds: int) -> str:
    return clock_text(label_seconds)[:8]
