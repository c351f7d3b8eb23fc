"""Keeps the cache within its age and its size."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DRAFT_SECONDS = 86_400.0
"""A draft or lock older than this was left by a process that was killed."""


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    used_at: float
    size_bytes: int


def sweep(folder: Path, *, ttl_seconds: float, max_bytes: int) -> None:
    """Remove results older than ``ttl_seconds``, then the longest unused until it fits."""
    at = time.time()
    entries = []
    for entry in _entries(folder):
        is_result = entry.path.parent.parent.name == "results"
        is_rest = ".lock" in entry.path.name or entry.path.name.startswith(".")
        if (is_result and at - entry.used_at > ttl_seconds) or (
            is_rest and at - entry.used_at > DRAFT_SECONDS
        ):
            _remove(entry.path)
        elif not is_rest:
            entries.append(entry)
    total_bytes = sum(entry.size_bytes for entry in entries)
    for entry in sorted(entries, key=lambda one: one.used_at):
        if total_bytes <= max_bytes:
            return
        _remove(entry.path)
        total_bytes -= entry.size_bytes


def _entries(folder: Path) -> Iterator[_Entry]:
    for pattern in ("results/*/*", "contents/*", "tracks/*"):
        for path in folder.glob(pattern):
            with contextlib.suppress(FileNotFoundError):
                files = [path] if path.is_file() else list(path.rglob("*"))
                size_bytes = sum(one.stat().st_size for one in files)
                yield _Entry(path, path.stat().st_mtime, size_bytes)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
        return
    path.unlink(missing_ok=True)
    with contextlib.suppress(OSError):  # other results lie beside it
        if path.parent.parent.name == "results":
            path.parent.rmdir()
