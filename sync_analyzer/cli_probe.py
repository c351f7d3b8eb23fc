"""``sync-analyzer probe``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from sync_analyzer.cli_files import json_text
from sync_analyzer.export.words import clock_text
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Media


def probe_files(files: list[Path], *, stream: int | None, as_json: bool) -> None:
    """Print what the files are."""
    found = [probe(str(path), stream=stream) for path in files]
    if as_json:
        print(json_text([_plain(media) for media in found]))
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    for media in found:
        table = Table.grid(padding=(0, 3))
        for name, value in _rows(media):
            table.add_row(Text(name, style="dim"), Text(value))
        Console().print(Text(media.path, style="bold"), table, "")


def _plain(media: Media) -> dict[str, Any]:
    said = asdict(media)
    said["frame_rate"] = None if media.frame_rate is None else str(media.frame_rate)
    said["tags"] = dict(media.tags)
    return said


def _rows(media: Media) -> list[tuple[str, str]]:
    stream = "all, one programme" if media.stream is None else str(media.stream)
    rows = [
        ("Length", clock_text(media.duration_seconds)),
        ("Size", f"{media.size_bytes:,} bytes"),
        ("Container", media.container),
        ("Audio stream", f"{stream} (of {media.stream_count}, counted from 0)"),
        ("Codec", media.codec),
        ("Sample rate", f"{media.sample_rate_hz} Hz"),
        ("Channels", f"{media.channels} ({media.layout})"),
        ("Time zero", f"{media.zero}; audio begins {media.start_seconds * 1000:.3f} ms after it"),
    ]
    if media.frame_rate is not None:
        rows.append(("Frame rate", f"{media.frame_rate} ({float(media.frame_rate):.3f} fps)"))
    if media.start_timecode:
        rows.append(("Start label", media.start_timecode))
    return [*rows, *((name, value) for name, value in media.tags.items())]
