"""The only place that gathers what a report is made of, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from sync_analyzer.errors import ReportUnavailable
from sync_analyzer.export.plan import CorrectionPlan, plan_correction
from sync_analyzer.export.programme import programme_clock
from sync_analyzer.export.report.facts import Facts, facts_of
from sync_analyzer.export.report.sound import Sound, fetch_sound
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run
from sync_analyzer.timecode import ProgrammeClock


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """A report, its words, its sound and how its frames are counted."""

    report: SyncReport
    facts: Facts
    sound: Sound
    plan: CorrectionPlan | None
    programme: ProgrammeClock
    master_seconds: float


def gather(
    report: SyncReport,
    *,
    with_sound: bool = True,
    frame_rate: str | None = None,
    cache_dir: Path | None = None,
    files: Mapping[str, str] | None = None,
    run: Run | None = None,
) -> Material:
    """
    Return everything a format needs.

    Args:
        report: a finished report of any verdict.
        with_sound: read the files for waveforms and spectrograms.
        frame_rate: how to count frames where the master does not say.
        cache_dir: where waveforms are kept between reports; None keeps none.
        files: where ``master`` and ``dub`` really lie; the report's own paths are names
            for people.
        run: is told of progress and may cancel.

    Raises:
        InvalidOption: ``frame_rate`` is no frame rate.
        AnalysisCancelled: the run was cancelled.
    """
    facts = facts_of(report, frame_rate=frame_rate)
    programme, _ = programme_clock(report, frame_rate=frame_rate)
    try:
        plan = plan_correction(report, frame_rate=frame_rate)
    except ReportUnavailable:
        plan = None
    found = _at(report, files)
    sound = fetch_sound(found, cache_dir=cache_dir, run=run) if with_sound else Sound()
    return Material(
        report=report,
        facts=facts,
        sound=sound,
        plan=plan,
        programme=programme,
        master_seconds=_master_seconds(report),
    )


def _at(report: SyncReport, files: Mapping[str, str] | None) -> SyncReport:
    if files is None:
        return report
    return replace(report, master_file=files["master"], dub_file=files["dub"])


def _master_seconds(report: SyncReport) -> float:
    """Return the master's length; where a stored report lacks it, where its windows end."""
    master = report.media.get("master") or {}
    known = float(master.get("decoded_seconds") or master.get("duration_seconds") or 0.0)
    ends = [segment.master_end_seconds for segment in report.segments]
    ends += [window.master_seconds for window in report.windows]
    return known or max(ends, default=1.0)
