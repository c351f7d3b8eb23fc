"""Options that several commands share, and the analysis they describe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sync_analyzer.options import Options
    from sync_analyzer.report import SyncReport

IN_SYNC, OUT_OF_TOLERANCE, NO_MATCH, ERROR = 0, 1, 2, 3
"""Exit codes."""

Master = Annotated[Path, typer.Argument(help="The original programme.", show_default=False)]
Dub = Annotated[Path, typer.Argument(help="The dub of it.", show_default=False)]
Sources = Annotated[
    list[Path],
    typer.Argument(
        help="A stored result (JSON), or MASTER and DUB to analyse now.", show_default=False
    ),
]
Methods = Annotated[
    str | None,
    typer.Option(
        "--methods",
        "-m",
        help="Comma-separated: mfcc, onset, spectral, correlation, ai. Default: the first four.",
        show_default=False,
    ),
]
AiModel = Annotated[
    str | None,
    typer.Option("--ai", help="Also run this AI model: spectral, wav2vec2, yamnet."),
]
Profile = Annotated[
    str, typer.Option("--profile", "-p", help="Tolerance profile, e.g. default, ebu_r37, netflix.")
]
Window = Annotated[float, typer.Option("--window", min=1.0, help="Window length in seconds.")]
SampleRate = Annotated[
    int, typer.Option("--sample-rate", min=8000, help="Rate that offset_samples counts at, in Hz.")
]
Threshold = Annotated[
    float, typer.Option("--threshold", min=0.0, max=1.0, help="Confidence below this is warned of.")
]
MasterStream = Annotated[
    int | None, typer.Option("--master-stream", min=0, help="Audio stream, counted from 0.")
]
DubStream = Annotated[
    int | None, typer.Option("--dub-stream", min=0, help="Audio stream, counted from 0.")
]
FrameRate = Annotated[
    str | None,
    typer.Option(
        "--frame-rate", help="How to count frames where no file says: 25, 23.976, 29.97df, ..."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Where to write.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an earlier output, never an input.")]


def check_frame_rate(frame_rate: str | None) -> None:
    """
    Refuse a frame rate that is none before hours are spent on an analysis.

    Raises:
        InvalidOption: ``frame_rate`` is no frame rate.
    """
    from sync_analyzer.timecode import FrameClock  # noqa: PLC0415

    if frame_rate is not None:
        FrameClock.named(frame_rate)


def options_of(
    *,
    methods: str | None = None,
    ai_model: str | None = None,
    profile: str = "default",
    window_seconds: float = 30.0,
    sample_rate_hz: int = 22050,
    threshold: float = 0.7,
    master_stream: int | None = None,
    dub_stream: int | None = None,
) -> Options:
    """
    Return what an analysis is asked to do.

    Raises:
        InvalidOption: no such profile.
    """
    from sync_analyzer.options import DEFAULT_METHODS, Options  # noqa: PLC0415
    from sync_analyzer.tolerance import profile as known_profile  # noqa: PLC0415

    known_profile(profile)
    chosen = tuple(part.strip() for part in (methods or "").split(",") if part.strip())
    return Options(
        methods=chosen or DEFAULT_METHODS,
        enable_ai=ai_model is not None or "ai" in chosen,
        ai_model=ai_model or "spectral",
        window_seconds=window_seconds,
        sample_rate_hz=sample_rate_hz,
        confidence_threshold=threshold,
        master_stream=master_stream,
        dub_stream=dub_stream,
        tolerance_profile=profile,
    )


def exit_code_of(report: SyncReport) -> int:
    """Return 0 within the limits of the profile, 1 beyond them, 2 without a match."""
    if not report.match:
        return NO_MATCH
    return OUT_OF_TOLERANCE if report.tolerance.get("verdict") == "fail" else IN_SYNC
