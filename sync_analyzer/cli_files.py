"""Reads stored results and writes outputs for the command line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sync_analyzer.errors import InvalidOption, MediaNotFound

if TYPE_CHECKING:
    from sync_analyzer.options import Options
    from sync_analyzer.report import SyncReport


def report_from(sources: list[Path], *, options: Options, quiet: bool) -> SyncReport:
    """
    Return the stored result that one path names, or the analysis of two files.

    Raises:
        InvalidOption: not one or two paths, or the file holds no result.
        MediaError: as `pipeline.analyze`.
    """
    if len(sources) == 1:
        return read_result(sources[0])
    if len(sources) != 2:
        raise InvalidOption(
            "sources", value=[str(path) for path in sources], expected="RESULT.json or MASTER DUB"
        )
    from sync_analyzer.cli_progress import shown_run  # noqa: PLC0415
    from sync_analyzer.pipeline import analyze  # noqa: PLC0415

    with shown_run(sources[1].name, quiet=quiet) as run:
        return analyze(str(sources[0]), str(sources[1]), options=options, run=run)


def read_result(path: Path) -> SyncReport:
    """
    Return a result as `analyze --output` or the service wrote it.

    Raises:
        MediaNotFound: nothing is there.
        InvalidOption: it holds no result.
    """
    from sync_analyzer.report import SyncReport  # noqa: PLC0415

    try:
        stored: Any = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise MediaNotFound(str(path)) from None
    except ValueError:
        stored = None
    if isinstance(stored, dict) and isinstance(stored.get("result"), dict):
        stored = stored["result"]
    try:
        return SyncReport.from_dict(stored)
    except (KeyError, TypeError, ValueError):
        raise InvalidOption(
            "result", value=str(path), expected="a JSON result of `sync-analyzer analyze --output`"
        ) from None


def write_bytes(path: Path, content: bytes) -> None:
    """
    Write a file whole or not at all, replacing what was there.

    Raises:
        InvalidOption: the folder cannot be written to.
    """
    temporary = path.with_name(f".{path.name[:80]}.{os.getpid()}.part")
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise InvalidOption(
            "output", value=str(path), expected=f"a writable place ({reason})"
        ) from error


def json_text(value: Any) -> str:
    """Return JSON for people and programs: indented, UTF-8, finite."""
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)


def cache_folder() -> Path:
    """Return where waveforms are kept between reports: the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base) / "sync-analyzer" / "peaks"
