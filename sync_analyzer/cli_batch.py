"""``sync-analyzer batch``."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sync_analyzer.cli_files import cache_folder, json_text, write_bytes
from sync_analyzer.cli_options import ERROR, check_frame_rate, exit_code_of
from sync_analyzer.cli_progress import shown_run
from sync_analyzer.errors import InvalidOption, MediaNotFound, SyncAnalyzerError
from sync_analyzer.export.report.registry import render_report, report_format
from sync_analyzer.media.track import Track
from sync_analyzer.options import Options
from sync_analyzer.pipeline import analyze, decode_master
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run
from sync_analyzer.timebase import describe

MEDIA_SUFFIXES = frozenset(
    {".aac", ".ac3", ".aif", ".aiff", ".avi", ".bwf", ".dts", ".eac3", ".flac", ".m2ts", ".m4a",
     ".mka", ".mkv", ".mov", ".mp2", ".mp3", ".mp4", ".mpg", ".mts", ".mxf", ".ogg", ".opus",
     ".ts", ".wav", ".webm", ".wma", ".wv"}
)  # fmt: skip
"""Files of a folder that are taken for dubs."""

Pair = tuple[Path, Path]


def run_batch(
    source: Path,
    *,
    master: Path | None,
    options: Options,
    frame_rate: str | None,
    folder: Path | None,
    report: str | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Analyse every pair and print them; return the worst exit code."""
    check_frame_rate(frame_rate)
    if report is not None:
        report_format(report)
        if folder is None:
            raise InvalidOption("--report", value=report, expected="a folder for it: --output")
    pairs = pairs_of(source, master=master)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    found: list[tuple[Pair, SyncReport | SyncAnalyzerError]] = []
    track: tuple[Path, Track] | None = None
    for index, pair in enumerate(pairs):
        title = f"{index + 1}/{len(pairs)} {pair[1].name}"
        with shown_run(title, quiet=quiet or as_json) as run:
            try:
                track = _master_track(pair[0], track, pairs, options=options, run=run)
                shared = None if track is None else track[1]
                outcome: SyncReport | SyncAnalyzerError = analyze(
                    str(pair[0]), str(pair[1]), options=options, run=run.part(1.0),
                    master_track=shared,
                )  # fmt: skip
            except SyncAnalyzerError as error:
                outcome = error
        found.append((pair, outcome))
        if isinstance(outcome, SyncReport) and folder is not None:
            _store(outcome, folder, number=index + 1, report=report, frame_rate=frame_rate)
    _show(found, as_json=as_json)
    return max((_code(outcome) for _, outcome in found), default=0)


def pairs_of(source: Path, *, master: Path | None) -> list[Pair]:
    """
    Return the pairs that a CSV or a folder names, those of one master together.

    A CSV has a header with ``master`` and ``dub``; relative paths are taken from its folder.
    With ``master`` given, its ``master`` column may be missing.

    Raises:
        MediaNotFound: nothing is there.
        InvalidOption: no pairs in it, or a folder without a master.
    """
    if source.is_dir():
        if master is None:
            raise InvalidOption("--master", value=None, expected="the master of the folder's dubs")
        files = sorted(path for path in source.iterdir() if path.suffix.lower() in MEDIA_SUFFIXES)
        pairs = [(master, path) for path in files if not _same(path, master)]
    else:
        pairs = _pairs_of_csv(source, master=master)
    if not pairs:
        raise InvalidOption("source", value=str(source), expected="at least one dub in it")
    return sorted(pairs, key=lambda pair: str(pair[0]))


def _pairs_of_csv(source: Path, *, master: Path | None) -> list[Pair]:
    try:
        text = source.read_text(encoding="utf-8-sig")
    except OSError:
        raise MediaNotFound(str(source)) from None
    except UnicodeDecodeError:
        raise InvalidOption("source", value=str(source), expected="a CSV in UTF-8") from None
    delimiter = ";" if text.partition("\n")[0].count(";") else ","
    rows = csv.DictReader(text.splitlines(), delimiter=delimiter)
    names = {(name or "").strip().lower(): name for name in rows.fieldnames or ()}
    if "dub" not in names or ("master" not in names and master is None):
        raise InvalidOption("source", value=str(source), expected="columns named master and dub")
    pairs = []
    for row in rows:
        dub = (row.get(names["dub"]) or "").strip()
        own = (row.get(names["master"]) or "").strip() if "master" in names else ""
        if dub and (own or master):
            pairs.append((source.parent / own if own else Path(str(master)), source.parent / dub))
    return pairs


def _same(one: Path, other: Path) -> bool:
    return one.resolve() == other.resolve()


def _master_track(
    master: Path,
    track: tuple[Path, Track] | None,
    pairs: Sequence[Pair],
    *,
    options: Options,
    run: Run,
) -> tuple[Path, Track] | None:
    """Return the decoded master where several dubs share it."""
    if track is not None and track[0] == master:
        return track
    if sum(one == master for one, _ in pairs) < 2:
        return None
    return master, decode_master(str(master), options=options, run=run.part(0.3))


def _store(
    outcome: SyncReport, folder: Path, *, number: int, report: str | None, frame_rate: str | None
) -> None:
    stem = f"{number:03}_{Path(outcome.dub_file).stem}"
    write_bytes(folder / f"{stem}.json", json_text(outcome.to_dict()).encode("utf-8") + b"\n")
    if report is not None:
        content = render_report(
            outcome, format_name=report, frame_rate=frame_rate, cache_dir=cache_folder()
        )
        write_bytes(folder / f"{stem}{report_format(report).suffix}", content)


def _code(outcome: SyncReport | SyncAnalyzerError) -> int:
    return ERROR if isinstance(outcome, SyncAnalyzerError) else exit_code_of(outcome)


def _show(found: Sequence[tuple[Pair, SyncReport | SyncAnalyzerError]], *, as_json: bool) -> None:
    if as_json:
        print(json_text([_entry(pair, outcome) for pair, outcome in found]))
        return
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD)
    for name in ("Dub", "Verdict", "Offset", "Confidence", ""):
        table.add_column(name)
    colors = ("green", "red", "magenta", "red")
    for (_, dub), outcome in found:
        cells = (dub.name, *_cells(outcome))
        style = colors[_code(outcome)]
        table.add_row(*(Text(cell, style=style if i == 1 else "") for i, cell in enumerate(cells)))
    Console().print(table)


def _cells(outcome: SyncReport | SyncAnalyzerError) -> tuple[str, str, str, str]:
    if isinstance(outcome, SyncAnalyzerError):
        return "error", "", "", outcome.message
    offset = outcome.offset_seconds
    said = "" if offset is None else describe(offset)
    return outcome.verdict, said, f"{outcome.confidence:.1%}", outcome.sync_status


def _entry(pair: Pair, outcome: SyncReport | SyncAnalyzerError) -> dict[str, Any]:
    entry: dict[str, Any] = {"master_file": str(pair[0]), "dub_file": str(pair[1])}
    if isinstance(outcome, SyncAnalyzerError):
        failure = {"error": outcome.message, "error_code": outcome.error_code}
        return {**entry, "success": False, **failure}
    return {**entry, "success": True, "result": outcome.to_dict()}
