"""What makes two analyses the same: the states of files, the options, the program."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import sync_analyzer


def digest(*facts: Any) -> str:
    """Return a name for plain JSON facts, good for a file."""
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


def file_state(path: str) -> tuple[int, ...]:
    """
    Return what changes whenever the file does: device, inode, size, mtime and ctime in ns.

    No program can set the ctime, so a file that was changed and got its old date back
    differs all the same.
    """
    status = os.stat(path)
    return (
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


@cache
def program_state() -> str:
    """Return a digest of the library's files: another program, other results."""
    root = Path(sync_analyzer.__file__).parent
    files = sorted(p for p in root.rglob("*") if p.is_file() and p.suffix != ".pyc")
    states = [(str(p.relative_to(root)), p.stat().st_size, p.stat().st_mtime_ns) for p in files]
    return digest(sync_analyzer.__version__, states)


def options_key(options: Mapping[str, Any], models: Mapping[str, str]) -> str:
    """Return a digest of all that an answer depends on besides the files."""
    relevant = dict(options)
    relevant["methods"] = sorted(relevant["methods"])
    return digest(relevant, dict(models) if options["enable_ai"] else None, program_state())
