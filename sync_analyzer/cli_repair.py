"""``sync-analyzer repair``."""

from __future__ import annotations

from pathlib import Path

from sync_analyzer.cli_files import json_text, report_from
from sync_analyzer.cli_progress import shown_run
from sync_analyzer.options import Options
from sync_analyzer.repair.repair import RepairResult, default_output, repair


def repair_dub(
    sources: list[Path],
    *,
    output: Path | None,
    force: bool,
    null_clips: bool,
    again: bool,
    options: Options,
    as_json: bool,
    quiet: bool,
) -> None:
    """Write the corrected dub and say what is left."""
    silent = quiet or as_json
    report = report_from(sources, options=options, quiet=silent)
    with shown_run("Repair", quiet=silent) as run:
        result = repair(
            report,
            output_path=output or default_output(report),
            options=options,
            overwrite=force,
            null_clips=null_clips,
            analyze_again=again,
            run=run,
        )
    if as_json:
        print(json_text(result.to_dict()))
    else:
        _show(result)


def _show(result: RepairResult) -> None:
    for line in result.correction:
        print(line)
    residual = result.residual.to_dict()
    if residual["windows_measured"]:
        print(
            f"Measured again at {residual['windows_measured']} places: median "
            f"{residual['median_ms']:+.3f} ms, 95 % within {residual['p95_ms']:.3f} ms, "
            f"worst {residual['worst_ms']:.3f} ms."
        )
    else:
        print("Measured again: no place gave a clear answer, so the residual is not known.")
    if result.after is not None:
        print(f"Analysed again: {result.after.sync_status}")
    for note in result.notes:
        print(f"note: {note}")
    for clip in result.null_clips:
        print(f"clip: {clip.pair_file} (difference {clip.remaining_db:+.1f} dB)")
    print(result.output_file)
