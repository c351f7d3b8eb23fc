"""``sync-analyzer analyze``."""

from __future__ import annotations

from pathlib import Path

from sync_analyzer.cli_files import json_text, write_bytes
from sync_analyzer.cli_options import check_frame_rate, exit_code_of
from sync_analyzer.cli_progress import shown_run
from sync_analyzer.options import Options
from sync_analyzer.pipeline import analyze


def analyze_pair(
    master: Path,
    dub: Path,
    *,
    options: Options,
    frame_rate: str | None,
    as_json: bool,
    output: Path | None,
    quiet: bool,
) -> int:
    """Analyse, print and store; return the exit code."""
    check_frame_rate(frame_rate)
    with shown_run(dub.name, quiet=quiet or as_json) as run:
        report = analyze(str(master), str(dub), options=options, run=run)
    text = json_text(report.to_dict())
    if output is not None:
        write_bytes(output, text.encode("utf-8") + b"\n")
    if as_json:
        print(text)
    else:
        from sync_analyzer.cli_show import show_facts  # noqa: PLC0415
        from sync_analyzer.export.report.facts import facts_of  # noqa: PLC0415

        show_facts(facts_of(report, frame_rate=frame_rate))
    return exit_code_of(report)
