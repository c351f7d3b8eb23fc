"""The log: one JSON object a line, with request and job, in a file that is rotated.

Several processes (servers and workers) write the same file. Each line is one append, which
the system keeps whole; whoever finds the file too large rotates it under a lock, and the
others notice that the file behind the name is another one.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from app.core.context import job_id_var, request_id_var

OURS = ("app", "sync_analyzer")


class JsonFormatter(logging.Formatter):
    """Writes a record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id_var.get(),
            "job_id": job_id_var.get(),
            "process": record.process,
        }
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class SharedRotatingHandler(logging.Handler):
    """Appends to a file that other processes append to and rotate as well."""

    def __init__(self, path: Path, *, max_bytes: int, backups: int) -> None:
        super().__init__()
        self._path = path
        self._max_bytes = max_bytes
        self._backups = backups
        self._file: int | None = None
        path.parent.mkdir(parents=True, exist_ok=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line, rotating first when the file has grown too large."""
        try:
            line = (self.format(record) + "\n").encode("utf-8", "replace")
            descriptor = self._current()
            if os.fstat(descriptor).st_size + len(line) > self._max_bytes:
                self._rotate()
                descriptor = self._current()
            os.write(descriptor, line)
        except OSError:
            self.handleError(record)

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        super().close()

    def _current(self) -> int:
        """Return a descriptor of the file that has the name now."""
        if self._file is not None:
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(self._file), self._path.stat()):
                    return self._file
            os.close(self._file)
        self._file = os.open(self._path, os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o640)
        return self._file

    def _rotate(self) -> None:
        with _exclusive(self._path.with_name(self._path.name + ".lock")) as mine:
            if not mine or self._path.stat().st_size <= self._max_bytes // 2:
                return  # another process did it just now
            for number in range(self._backups - 1, 0, -1):
                with contextlib.suppress(FileNotFoundError):
                    self._backup(number).replace(self._backup(number + 1))
            self._path.replace(self._backup(1))

    def _backup(self, number: int) -> Path:
        return self._path.with_name(f"{self._path.name}.{number}")


@contextlib.contextmanager
def _exclusive(path: Path) -> Iterator[bool]:
    """Hold a lock file for the block, or tell that somebody else does (stale after 10 s)."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
    except FileExistsError:
        with contextlib.suppress(FileNotFoundError):
            age_seconds = datetime.now().timestamp() - path.stat().st_mtime
            if age_seconds > 10.0:
                path.unlink()
        yield False
        return
    try:
        yield True
    finally:
        os.close(descriptor)
        path.unlink(missing_ok=True)


def configure_logging(*, level: str, path: Path, max_bytes: int, backups: int) -> None:
    """Send the log of this process to ``path``, and warnings to stderr as well."""
    formatter = JsonFormatter()
    to_file = SharedRotatingHandler(path, max_bytes=max_bytes, backups=backups)
    to_file.setFormatter(formatter)
    to_screen = logging.StreamHandler(sys.stderr)
    to_screen.setLevel(logging.WARNING)
    to_screen.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    for name in OURS:
        logger = logging.getLogger(name)
        for old in tuple(logger.handlers):
            logger.removeHandler(old)
            old.close()
        logger.setLevel(level)
        logger.addHandler(to_file)
        logger.addHandler(to_screen)
        logger.propagate = False
