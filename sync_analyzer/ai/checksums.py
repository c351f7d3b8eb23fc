"""Records what a complete model folder holds, and tells whether it still does."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

RECORD = "checksums.json"
_UNFINISHED = (".incomplete", ".partial", ".part", ".tmp", ".aria2", ".crdownload")


def is_complete(folder: Path) -> bool:
    """
    Tell whether nothing in the folder is half downloaded.

    A name that download tools give unfinished files, or a size other than the recorded
    one, says no. Reads no contents.
    """
    if folder.name.endswith(_UNFINISHED):
        return False
    if any(file.name.endswith(_UNFINISHED) for file in folder.rglob("*")):
        return False
    sizes = {name: entry["bytes"] for name, entry in _record(folder).items()}
    return all(
        (folder / name).is_file() and (folder / name).stat().st_size == size
        for name, size in sizes.items()
    )


def record(folder: Path) -> int:
    """Write the SHA-256 and size of every file beside them; return how many."""
    entries = {
        str(file.relative_to(folder)): {"sha256": _sha256(file), "bytes": file.stat().st_size}
        for file in _files(folder)
    }
    path = folder / RECORD
    temporary = path.with_suffix(".json.tmp")
    temporary.write_text(json.dumps(entries, indent=2, sort_keys=True) + "\n")
    temporary.replace(path)
    return len(entries)


def is_recorded(folder: Path) -> bool:
    """Tell whether checksums were recorded for the folder."""
    return (folder / RECORD).is_file()


def damaged_files(folder: Path) -> list[str]:
    """Return the recorded files that are missing or no longer what they were."""
    return [
        name
        for name, entry in sorted(_record(folder).items())
        if not (folder / name).is_file() or _sha256(folder / name) != entry["sha256"]
    ]


def _files(folder: Path) -> list[Path]:
    return [f for f in sorted(folder.rglob("*")) if f.is_file() and f.name != RECORD]


def _record(folder: Path) -> dict[str, dict[str, str | int]]:
    path = folder / RECORD
    if not path.is_file():
        return {}
    found: dict[str, dict[str, str | int]] = json.loads(path.read_text())
    return found


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
