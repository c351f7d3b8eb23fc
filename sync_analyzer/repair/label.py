"""The only place that decides which start label the corrected dub carries."""

from __future__ import annotations

from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.repair.command import Label
from sync_analyzer.report import SyncReport


def label_of(report: SyncReport, plan: CorrectionPlan) -> tuple[Label | None, tuple[str, ...]]:
    """
    Return the label to write, and a note where it is not the dub's own.

    The corrected dub begins where the master begins. So a dub that carries a label gets the
    master's, where that has one and it differs; a dub without stays without.
    """
    dub, master = (_label(report, side) for side in ("dub", "master"))
    if dub is None or master is None or dub == master:
        return None, ()
    frame = plan.programme.start_frame
    rate_hz = plan.dub_sample_rate_hz
    label = Label(
        text=plan.programme.label_at(0),
        samples=round(plan.programme.clock.seconds(frame) * rate_hz),
    )
    note = f"The start label is the master's, {label.text}; the dub had {dub}."
    return label, (note,)


def _label(report: SyncReport, side: str) -> str | None:
    media = report.media.get(side) or {}
    if media.get("start_timecode"):
        return str(media["start_timecode"])
    reference = str((media.get("tags") or {}).get("time_reference", ""))
    rate_hz = int(media.get("sample_rate_hz") or 0)
    if not reference.isdigit() or not rate_hz or int(reference) == 0:
        return None
    return f"{int(reference) / rate_hz:.6f} s after midnight"
