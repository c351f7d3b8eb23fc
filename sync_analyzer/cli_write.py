"""``sync-analyzer report`` and ``sync-analyzer export``."""

from __future__ import annotations

import sys
from pathlib import Path

from sync_analyzer.cli_files import cache_folder, report_from, write_bytes
from sync_analyzer.cli_options import check_frame_rate
from sync_analyzer.cli_progress import shown_run
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export
from sync_analyzer.export.report.registry import render_report, report_format, report_formats
from sync_analyzer.options import Options


def write_report(
    sources: list[Path],
    *,
    format_name: str | None,
    output: Path | None,
    frame_rate: str | None,
    options: Options,
    quiet: bool,
) -> None:
    """Write the report and say where it is."""
    chosen = report_format(format_name or _format_by_suffix(output))
    check_frame_rate(frame_rate)
    report = report_from(sources, options=options, quiet=quiet)
    with shown_run("Report", quiet=quiet) as run:
        content = render_report(
            report,
            format_name=chosen.name,
            frame_rate=frame_rate,
            cache_dir=cache_folder(),
            run=run,
        )
    place = output or Path(chosen.file_name(report))
    write_bytes(place, content)
    print(place)


def write_export(
    sources: list[Path],
    *,
    format_name: str,
    output: Path | None,
    frame_rate: str | None,
    options: Options,
    quiet: bool,
) -> None:
    """Write the correction; to standard output where the output is ``-``."""
    chosen = export(format_name)
    check_frame_rate(frame_rate)
    report = report_from(sources, options=options, quiet=quiet)
    plan = plan_correction(report, frame_rate=frame_rate)
    text = chosen.render(plan)
    for note in plan.notes:
        print(f"note: {note}", file=sys.stderr)
    if output is not None and str(output) == "-":
        sys.stdout.write(text)
        return
    place = output or Path(chosen.file_name(plan))
    write_bytes(place, text.encode("utf-8"))
    print(place)


def _format_by_suffix(output: Path | None) -> str:
    suffix = "" if output is None else output.suffix.lower().removeprefix(".")
    return suffix if suffix in report_formats() else "html"
