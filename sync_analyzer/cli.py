"""
The command line: ``sync-analyzer``.

It uses the library directly; no server is needed. Exit codes: 0 in sync, 1 out of
tolerance, 2 no match, 3 error. Heavy imports happen inside the commands, so that
``--help`` answers at once.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Annotated

import typer

from sync_analyzer import cli_options as opt
from sync_analyzer.errors import AnalysisCancelled, SyncAnalyzerError
from sync_analyzer.memory import keep_freed_memory

app = typer.Typer(
    name="sync-analyzer",
    help="Measure how a dub lies against its master, report it, and write the corrected file. "
    "Exit codes: 0 in sync, 1 out of tolerance, 2 no match, 3 error.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def analyze(
    master: opt.Master,
    dub: opt.Dub,
    methods: opt.Methods = None,
    ai: opt.AiModel = None,
    profile: opt.Profile = "default",
    window: opt.Window = 30.0,
    sample_rate: opt.SampleRate = 22050,
    threshold: opt.Threshold = 0.7,
    master_stream: opt.MasterStream = None,
    dub_stream: opt.DubStream = None,
    frame_rate: opt.FrameRate = None,
    as_json: opt.Json = False,
    output: opt.Output = None,
    quiet: opt.Quiet = False,
) -> None:
    """Measure where DUB lies against MASTER."""
    from sync_analyzer.cli_analyze import analyze_pair  # noqa: PLC0415

    options = opt.options_of(
        methods=methods,
        ai_model=ai,
        profile=profile,
        window_seconds=window,
        sample_rate_hz=sample_rate,
        threshold=threshold,
        master_stream=master_stream,
        dub_stream=dub_stream,
    )
    code = analyze_pair(
        master, dub, options=options, frame_rate=frame_rate, as_json=as_json, output=output,
        quiet=quiet,
    )  # fmt: skip
    raise typer.Exit(code)


@app.command()
def batch(
    source: Annotated[
        Path, typer.Argument(help="A CSV with columns master and dub, or a folder of dubs.")
    ],
    master: Annotated[
        Path | None, typer.Option("--master", help="The one master of all dubs in a folder.")
    ] = None,
    methods: opt.Methods = None,
    ai: opt.AiModel = None,
    profile: opt.Profile = "default",
    window: opt.Window = 30.0,
    sample_rate: opt.SampleRate = 22050,
    threshold: opt.Threshold = 0.7,
    master_stream: opt.MasterStream = None,
    dub_stream: opt.DubStream = None,
    frame_rate: opt.FrameRate = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Folder for a result (JSON) per dub.")
    ] = None,
    report: Annotated[
        str | None, typer.Option("--report", help="Also write a report per dub: html, pdf, ...")
    ] = None,
    as_json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Measure many dubs, the master of each decoded once."""
    from sync_analyzer.cli_batch import run_batch  # noqa: PLC0415

    options = opt.options_of(
        methods=methods,
        ai_model=ai,
        profile=profile,
        window_seconds=window,
        sample_rate_hz=sample_rate,
        threshold=threshold,
        master_stream=master_stream,
        dub_stream=dub_stream,
    )
    code = run_batch(
        source, master=master, options=options, frame_rate=frame_rate, folder=output,
        report=report, as_json=as_json, quiet=quiet,
    )  # fmt: skip
    raise typer.Exit(code)


@app.command()
def report(
    sources: opt.Sources,
    format_name: Annotated[
        str | None, typer.Option("--format", "-f", help="html, pdf, png, json or csv.")
    ] = None,
    output: opt.Output = None,
    frame_rate: opt.FrameRate = None,
    methods: opt.Methods = None,
    ai: opt.AiModel = None,
    profile: opt.Profile = "default",
    master_stream: opt.MasterStream = None,
    dub_stream: opt.DubStream = None,
    quiet: opt.Quiet = False,
) -> None:
    """Write a report of a stored result, or of MASTER and DUB."""
    from sync_analyzer.cli_write import write_report  # noqa: PLC0415

    options = opt.options_of(
        methods=methods, ai_model=ai, profile=profile, master_stream=master_stream,
        dub_stream=dub_stream,
    )  # fmt: skip
    write_report(
        sources, format_name=format_name, output=output, frame_rate=frame_rate, options=options,
        quiet=quiet,
    )  # fmt: skip


@app.command()
def export(
    sources: opt.Sources,
    format_name: Annotated[
        str,
        typer.Option(
            "--format", "-f",
            help="ffmpeg, edl, otio, fcpxml, reaper_csv, audition_csv or srt_shift.",
        ),
    ],
    output: opt.Output = None,
    frame_rate: opt.FrameRate = None,
    methods: opt.Methods = None,
    ai: opt.AiModel = None,
    profile: opt.Profile = "default",
    master_stream: opt.MasterStream = None,
    dub_stream: opt.DubStream = None,
    quiet: opt.Quiet = False,
) -> None:  # fmt: skip
    """Write the correction as a command or an edit list for another program."""
    from sync_analyzer.cli_write import write_export  # noqa: PLC0415

    options = opt.options_of(
        methods=methods, ai_model=ai, profile=profile, master_stream=master_stream,
        dub_stream=dub_stream,
    )  # fmt: skip
    write_export(
        sources, format_name=format_name, output=output, frame_rate=frame_rate, options=options,
        quiet=quiet,
    )  # fmt: skip


@app.command()
def repair(
    sources: opt.Sources,
    output: opt.Output = None,
    force: opt.Force = False,
    null_clips: Annotated[
        bool, typer.Option(help="Write clips of the three worst places: master left, dub right.")
    ] = True,
    again: Annotated[bool, typer.Option(help="Analyse the written file as well.")] = True,
    methods: opt.Methods = None,
    ai: opt.AiModel = None,
    profile: opt.Profile = "default",
    master_stream: opt.MasterStream = None,
    dub_stream: opt.DubStream = None,
    as_json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Write the corrected dub, and measure it again."""
    from sync_analyzer.cli_repair import repair_dub  # noqa: PLC0415

    options = opt.options_of(
        methods=methods, ai_model=ai, profile=profile, master_stream=master_stream,
        dub_stream=dub_stream,
    )  # fmt: skip
    repair_dub(
        sources, output=output, force=force, null_clips=null_clips, again=again, options=options,
        as_json=as_json, quiet=quiet,
    )  # fmt: skip


@app.command()
def probe(
    files: Annotated[list[Path], typer.Argument(help="Media files.", show_default=False)],
    stream: Annotated[int | None, typer.Option(min=0, help="Audio stream, from 0.")] = None,
    as_json: opt.Json = False,
) -> None:
    """Say what files are, without decoding them."""
    from sync_analyzer.cli_probe import probe_files  # noqa: PLC0415

    probe_files(files, stream=stream, as_json=as_json)


@app.command()
def selftest(
    file: Annotated[Path, typer.Argument(help="A programme of your own.", show_default=False)],
    seconds: Annotated[float, typer.Option(min=20.0, help="How much of it to use.")] = 90.0,
    start: Annotated[float | None, typer.Option(min=0.0, help="From where; the middle.")] = None,
    as_json: opt.Json = False,
    quiet: opt.Quiet = False,
) -> None:
    """Disturb your own file by known amounts, and show what is recovered."""
    from sync_analyzer.cli_selftest import run_selftest  # noqa: PLC0415

    code = run_selftest(file, seconds=seconds, start_seconds=start, as_json=as_json, quiet=quiet)
    raise typer.Exit(code)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="Server processes.")] = 1,
    reload: Annotated[bool, typer.Option(help="Restart when code changes.")] = False,
) -> None:
    """Run the service: REST, Swagger at /docs, the web page."""
    import uvicorn  # noqa: PLC0415

    uvicorn.run(
        "app.factory:create_app", factory=True, host=host, port=port, workers=workers, reload=reload
    )


def _mount_models() -> None:
    """Add ``models`` where that part is installed; its module is read when it is asked for."""
    if "models" not in sys.argv and importlib.util.find_spec("sync_analyzer.cli_models"):
        summary = "List the AI models, fetch their weights, check that they are whole."
        app.add_typer(typer.Typer(name="models", help=summary, callback=lambda: None))
        return
    from sync_analyzer.cli_models import app as models  # noqa: PLC0415

    app.add_typer(models, name="models")


_USAGE_ERROR: type[Exception] = next(
    cls for cls in typer.BadParameter.__mro__ if cls.__name__ == "ClickException"
)
"""The root of what typer says of wrong arguments, wherever this version keeps it."""


def main() -> None:
    """Run the command line and leave with its exit code."""
    keep_freed_memory()
    _mount_models()
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: list[str]) -> int:
    """Run one command and return its exit code; errors become a sentence, never a trace."""
    try:
        code = app(args=arguments, standalone_mode=False)
    except _USAGE_ERROR as error:
        error.show()  # type: ignore[attr-defined]
        return opt.ERROR
    except (typer.Abort, KeyboardInterrupt, AnalysisCancelled):
        print("cancelled", file=sys.stderr)
        return 130
    except SyncAnalyzerError as error:
        return _told(error, as_json="--json" in arguments)
    return code if isinstance(code, int) else 0


def _told(error: SyncAnalyzerError, *, as_json: bool) -> int:
    if as_json:
        from sync_analyzer.cli_files import json_text  # noqa: PLC0415

        said = {
            "success": False,
            "error": error.message,
            "error_code": error.error_code,
            "details": error.details,
        }
        print(json_text(said))
    else:
        print(f"error: {error.message}", file=sys.stderr)
    return opt.ERROR
