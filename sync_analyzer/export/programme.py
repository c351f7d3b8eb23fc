"""The only place that decides how frames of a programme are counted, and from which label."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from sync_analyzer.errors import InvalidOption
from sync_analyzer.report import SyncReport
from sync_analyzer.timecode import FrameClock, ProgrammeClock, rate_name

ASSUMED_RATE = "24"
"""Used, and said to be assumed, when neither file nor caller tells a frame rate."""


def programme_clock(
    report: SyncReport, *, frame_rate: str | None = None
) -> tuple[ProgrammeClock, tuple[str, ...]]:
    """
    Return the master's clock on its start label, and notes on what had to be assumed.

    Raises:
        InvalidOption: ``frame_rate`` is no frame rate.
    """
    notes: list[str] = []
    master = report.media.get("master") or {}
    label = master.get("start_timecode") or None
    clock, assumed = _clock(report, frame_rate=frame_rate, label=label)
    if assumed:
        notes.append(
            f"Neither file tells a frame rate: {clock.name} fps assumed. "
            "Give frame_rate to count frames otherwise."
        )
    start_frame = _frame_of_time_reference(master, clock)
    if label is not None:
        try:
            start_frame = clock.frame(label)
        except InvalidOption:
            notes.append(
                f"The start label {label} does not exist at {clock.name} fps; counted from 0."
            )
    return ProgrammeClock(clock=clock, start_frame=start_frame, assumed=assumed), tuple(notes)


def source_start_frame(report: SyncReport, programme: ProgrammeClock) -> int:
    """Return the dub's own start label as a frame of the programme's clock, 0 without one."""
    dub = report.media.get("dub") or {}
    label = dub.get("start_timecode")
    if not label:
        return _frame_of_time_reference(dub, programme.clock)
    try:
        return programme.clock.frame(label)
    except InvalidOption:
        return 0


def _frame_of_time_reference(media: Mapping[str, Any], clock: FrameClock) -> int:
    """Return the frame of a broadcast WAV's time reference (samples since midnight), else 0."""
    reference = str((media.get("tags") or {}).get("time_reference", ""))
    rate_hz = int(media.get("sample_rate_hz") or 0)
    if not reference.isdigit() or not rate_hz:
        return 0
    return clock.nearest_frame(Fraction(int(reference), rate_hz)) % clock.frames_per_day


def _clock(
    report: SyncReport, *, frame_rate: str | None, label: str | None
) -> tuple[FrameClock, bool]:
    if frame_rate is not None:
        return FrameClock.named(frame_rate), False
    for side in ("master", "dub"):
        media = report.media.get(side) or {}
        fps = _rate_of(media)
        if side == "master" and fps is None:
            fps = report.frame_rate
        if fps is not None:
            return _counted(fps, drop=_drop(media) or (label is not None and ";" in label)), False
    return FrameClock.named(ASSUMED_RATE), True


def _counted(fps: Fraction, *, drop: bool) -> FrameClock:
    try:
        return FrameClock(fps=fps, drop_frame=drop)
    except InvalidOption:
        return FrameClock.named(rate_name(fps))


def _drop(media: Mapping[str, Any]) -> bool:
    return bool(media.get("drop_frame"))


def _rate_of(media: Mapping[str, Any]) -> Fraction | None:
    value = media.get("frame_rate")
    return None if not value else Fraction(str(value))
