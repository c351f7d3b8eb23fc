"""The only place that fetches the sound a report shows: peaks, close-ups and the worst places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.errors import MediaError, ReportUnavailable
from sync_analyzer.export.plan import CorrectionPlan, plan_correction
from sync_analyzer.export.report.around import Around, correlation_around
from sync_analyzer.export.report.excerpts import Samples, corrected, mono
from sync_analyzer.export.report.fit import Placed, placed_windows, worst_places
from sync_analyzer.export.report.peaks import Peaks, load_peaks
from sync_analyzer.export.report.spectrogram import RATE_HZ, spectrogram
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Media
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run

_PLACE_SECONDS = 4.0
_WORST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseUp:
    """
    The same short stretch three times, mono at `spectrogram.RATE_HZ`.

    ``event_seconds`` is an instant of the master worth looking at; in the dub as delivered
    it lies at ``event_in_dub_seconds``.
    """

    start_seconds: float
    master: Samples
    delivered: Samples
    corrected: Samples
    event_seconds: float
    event_in_dub_seconds: float

    @property
    def duration_seconds(self) -> float:
        """Length of the stretch."""
        return len(self.master) / RATE_HZ


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstPlace:
    """Spectrogram levels around a window far from the fit: master, and dub after correction."""

    placed: Placed
    start_seconds: float
    duration_seconds: float
    master: NDArray[np.float64]
    corrected: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpts:
    """What short stretches of both files show; nothing where there is no answer to show."""

    close_up: CloseUp | None = None
    around: Around | None = None
    worst: tuple[WorstPlace, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What could be fetched; ``missing`` says what could not, and why."""

    master_peaks: Peaks | None = None
    dub_peaks: Peaks | None = None
    close_up: CloseUp | None = None
    around: Around | None = None
    worst: tuple[WorstPlace, ...] = ()
    missing: tuple[str, ...] = ()


def fetch_sound(
    report: SyncReport, *, cache_dir: Path | None = None, run: Run | None = None
) -> Sound:
    """
    Return the sound of a report; files that are gone leave a note instead.

    Raises:
        AnalysisCancelled: the run was cancelled.
    """
    run = run or Run()
    missing: list[str] = []
    master = _peaks(report, "master", missing, cache_dir=cache_dir, run=run.part(0.5))
    dub = _peaks(report, "dub", missing, cache_dir=cache_dir, run=run.part(0.5))
    excerpts = Excerpts()
    if not missing:
        try:
            excerpts = _excerpts(report)
        except MediaError as error:
            missing.append(f"No excerpts: {error.message}")
    return Sound(
        master_peaks=master,
        dub_peaks=dub,
        close_up=excerpts.close_up,
        around=excerpts.around,
        worst=excerpts.worst,
        missing=tuple(missing),
    )


def _peaks(
    report: SyncReport, side: str, missing: list[str], *, cache_dir: Path | None, run: Run
) -> Peaks | None:
    path = report.master_file if side == "master" else report.dub_file
    stored = (report.media.get(side) or {}).get("peaks")
    if stored:
        return Peaks.from_dict(stored)
    try:
        return load_peaks(path, stream=_stream(report, side), cache_dir=cache_dir, run=run)
    except MediaError as error:
        missing.append(f"No waveform of the {side}: {error.message}")
        return None


def _stream(report: SyncReport, side: str) -> int | None:
    stream = (report.media.get(side) or {}).get("stream")
    return None if stream is None else int(stream)


def _excerpts(report: SyncReport) -> Excerpts:
    try:
        plan = plan_correction(report)
    except ReportUnavailable:
        return Excerpts()
    master = probe(report.master_file, stream=_stream(report, "master"))
    dub = probe(report.dub_file, stream=_stream(report, "dub"))
    return Excerpts(
        close_up=_close_up(report, plan, master, dub),
        around=correlation_around(report, plan, master, dub),
        worst=tuple(_worst(report, plan, master, dub)),
    )


def _close_up(
    report: SyncReport, plan: CorrectionPlan, master: Media, dub: Media
) -> CloseUp | None:
    at = _telling_place(report, plan)
    dub_at = plan.dub_seconds_at(at)
    if dub_at is None:
        return None
    length = float(np.clip(3.0 * abs(at - dub_at), 0.5, 5.0))
    start = max(0.0, at - length / 2)
    wanted = mono(master, start_seconds=start, length_seconds=length)
    fixed = corrected(plan, dub, start_seconds=start, length_seconds=length)
    event = start + _shared_rise(wanted, fixed) / RATE_HZ
    event_in_dub = plan.dub_seconds_at(event)
    return CloseUp(
        start_seconds=start,
        master=wanted,
        delivered=mono(dub, start_seconds=start, length_seconds=length),
        corrected=fixed,
        event_seconds=event,
        event_in_dub_seconds=event if event_in_dub is None else event_in_dub,
    )


def _telling_place(report: SyncReport, plan: CorrectionPlan) -> float:
    """Return the instant of strongest evidence where the dub is farthest off."""
    piece = max(plan.sounding, key=lambda p: (abs(p.offset_seconds or 0), p.duration_seconds))
    first, last = float(piece.master_start_seconds), float(piece.master_end_seconds)
    inside = [
        placed.window
        for placed in placed_windows(report)
        if placed.residual_seconds is not None and first <= placed.window.master_seconds < last
    ]
    return inside[-1].master_seconds if inside else (first + last) / 2


def _worst(
    report: SyncReport, plan: CorrectionPlan, master: Media, dub: Media
) -> Iterator[WorstPlace]:
    apart = min(10.0, float(plan.master_seconds) / 8)
    for placed in worst_places(report, count=_WORST, apart_seconds=apart):
        start = max(0.0, placed.window.master_seconds - _PLACE_SECONDS / 2)
        span = {"start_seconds": start, "length_seconds": _PLACE_SECONDS}
        yield WorstPlace(
            placed=placed,
            start_seconds=start,
            duration_seconds=_PLACE_SECONDS,
            master=spectrogram(mono(master, **span)),
            corrected=spectrogram(corrected(plan, dub, **span)),
        )


def _shared_rise(master: Samples, corrected: Samples) -> int:
    """Return the sample where both levels rise most within 10 ms, away from the edges."""
    block = RATE_HZ // 100
    count = min(len(master), len(corrected)) // block
    if count < 10:
        return len(master) // 2
    rises = []
    for samples in (master, corrected):
        level = np.sqrt(np.mean(samples[: count * block].reshape(count, block) ** 2, axis=1))
        rises.append(np.maximum(np.diff(level), 0.0) / max(1e-9, float(level.max())))
    margin = count // 6
    shared = np.minimum(*rises)[margin:-margin]
    return int((np.argmax(shared) + margin + 1) * block)
