"""`repair`: from a finished report to a corrected dub that was measured again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sync_analyzer.export.plan import CorrectionPlan, plan_correction
from sync_analyzer.export.words import correction_lines
from sync_analyzer.media.hash import content_hash
from sync_analyzer.media.probe import probe
from sync_analyzer.options import Options
from sync_analyzer.repair.null_test import NullClip, write_null_clips
from sync_analyzer.repair.residual import Residual, corrected_stream, measure_residual
from sync_analyzer.repair.wander import Wander, measure_wander
from sync_analyzer.repair.write import Written, write_corrected
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run

_FOLLOWING, _WRITTEN, _MEASURING = 0.1, 0.5, 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairResult:
    """A corrected dub: where it is, what was done, and what is left."""

    output_file: str
    size_bytes: int
    content_hash: str
    correction: tuple[str, ...]
    notes: tuple[str, ...]
    start_timecode: str | None
    media: Mapping[str, Any]
    residual: Residual
    wander: Mapping[str, Any] | None
    after: SyncReport | None
    null_clips: tuple[NullClip, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        after = None
        if self.after is not None:
            said = self.after.to_dict()
            wanted = ("match", "verdict", "sync_status", "consensus_offset", "segments", "speed")
            after = {key: said[key] for key in wanted}
        return {
            "output_file": self.output_file,
            "size_bytes": self.size_bytes,
            "content_hash": self.content_hash,
            "correction": list(self.correction),
            "notes": list(self.notes),
            "start_timecode": self.start_timecode,
            "media": dict(self.media),
            "residual": self.residual.to_dict(),
            "wander": None if self.wander is None else dict(self.wander),
            "after": after,
            "null_clips": [asdict(clip) for clip in self.null_clips],
        }


def default_output(report: SyncReport, *, folder: Path | None = None) -> Path:
    """Return where the corrected dub goes unless told otherwise: beside the dub."""
    dub = Path(report.dub_file)
    return (folder or dub.parent) / f"{dub.stem}_synced{dub.suffix}"


def repair(
    report: SyncReport,
    *,
    output_path: Path,
    options: Options | None = None,
    overwrite: bool = False,
    null_clips: bool = True,
    analyze_again: bool = True,
    run: Run | None = None,
) -> RepairResult:
    """
    Write the corrected dub and measure it again.

    Args:
        report: a finished report with a match; its paths must still lead to the files.
        output_path: a new file with the dub's suffix, or ``.wav`` for its sound alone.
        options: of the analysis, for the second one; streams are taken from the report.
        overwrite: replace an earlier output, never an input.
        null_clips: write clips of the three worst places beside the output.
        analyze_again: run the whole analysis on the written file as well.
        run: is told of progress and may cancel.

    Raises:
        ReportUnavailable: the report holds no match to correct.
        OutputExists, RepairFailed, InvalidOption, MediaError: nothing was written.
        AnalysisCancelled: the run was cancelled.
    """
    run = run or Run()
    plan = plan_correction(report)
    following = _FOLLOWING if plan.pitch_preserved else 0.0
    wander = measure_wander(report, plan, run=run.part(following))
    written = write_corrected(
        report,
        plan,
        output_path=output_path,
        wander=wander,
        overwrite=overwrite,
        run=run.part(_WRITTEN - following),
    )
    residual = measure_residual(report, plan, str(output_path), run=run.part(_MEASURING))
    after = None
    if analyze_again:
        after = _analyzed_again(report, output_path, options=options, run=run.part(0.28))
    clips: list[NullClip] = []
    if null_clips:
        clips = write_null_clips(report, residual, output_path, folder=output_path.parent)
    run.checkpoint(1.0, "Repair complete")
    return _result(
        report, plan, written, wander=wander, residual=residual, after=after, clips=clips
    )


def _analyzed_again(
    report: SyncReport, output_path: Path, *, options: Options | None, run: Run
) -> SyncReport:
    """Return the analysis of the written file, its windows cut at other places."""
    from sync_analyzer.pipeline import analyze  # noqa: PLC0415

    base = options or Options()
    master = report.media.get("master") or {}
    again = Options(
        methods=base.methods,
        sample_rate_hz=base.sample_rate_hz,
        window_seconds=0.83 * base.window_seconds,
        confidence_threshold=base.confidence_threshold,
        master_stream=master.get("stream"),
        dub_stream=corrected_stream(report, str(output_path)),
        tolerance_profile=base.tolerance_profile,
    )
    return analyze(report.master_file, str(output_path), options=again, run=run)


def _result(
    report: SyncReport,
    plan: CorrectionPlan,
    written: Written,
    *,
    wander: Wander | None,
    residual: Residual,
    after: SyncReport | None,
    clips: list[NullClip],
) -> RepairResult:
    path = str(written.path)
    media = asdict(probe(path, stream=corrected_stream(report, path)))
    media["frame_rate"] = None if media["frame_rate"] is None else str(media["frame_rate"])
    said = None if wander is None else wander.note(followed=written.followed)
    return RepairResult(
        output_file=path,
        size_bytes=written.path.stat().st_size,
        content_hash=content_hash(path),
        correction=tuple(correction_lines(plan)),
        notes=(*written.notes, said) if said else written.notes,
        start_timecode=written.start_label,
        media=media,
        residual=residual,
        wander=None if wander is None else wander.to_dict(followed=written.followed),
        after=after,
        null_clips=tuple(clips),
    )
