"""Lists the folders that clients may see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.services.errors import NotAFolder, PathNotAllowed
from app.services.paths import MediaPaths
from app.services.probing import Prober
from app.services.views import can_be_sent, wire_time
from sync_analyzer.errors import MediaNotFound

AUDIO = (
    *(".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".mp3", ".m4a", ".aac", ".ogg", ".oga"),
    *(".opus", ".ac3", ".ec3", ".eac3", ".aif", ".aiff", ".aifc", ".caf", ".wma", ".dts"),
    *(".mka", ".mp2", ".thd"),
)
VIDEO = (
    *(".mp4", ".m4v", ".mov", ".mxf", ".mkv", ".webm", ".avi", ".ts", ".m2ts", ".mts"),
    *(".mpg", ".mpeg", ".wmv", ".vob", ".3gp"),
)

SORT_KEYS: Mapping[str, Callable[[dict[str, Any]], Any]] = MappingProxyType(
    {
        "name": lambda entry: entry["name"].casefold(),
        "size": lambda entry: entry["size_bytes"] or 0,
        "modified": lambda entry: entry["modified_at"],
        "type": lambda entry: (entry["type"], entry["name"].casefold()),
    }
)


class Browser:
    """Looks into folders; nothing that leads outside them is shown."""

    def __init__(self, paths: MediaPaths, prober: Prober) -> None:
        self._paths = paths
        self._prober = prober

    def entries(
        self, given: str, *, sort: str, descending: bool
    ) -> tuple[Path, list[dict[str, Any]]]:
        """
        Return the resolved folder and what is in it, folders first.

        Raises:
            PathNotAllowed: it leads outside the folders that may be read.
            MediaNotFound: it names nothing, or cannot be read.
            NotAFolder: it names a file.
        """
        folder = self._paths.inside(given)
        try:
            children = list(folder.iterdir())
        except NotADirectoryError:
            raise NotAFolder(given) from None
        except OSError:
            raise MediaNotFound(given) from None
        found = [self._entry(child) for child in children if _can_be_named(child.name)]
        entries = sorted(
            (entry for entry in found if entry is not None),
            key=SORT_KEYS[sort],
            reverse=descending,
        )
        return folder, sorted(entries, key=lambda entry: entry["type"] != "directory")

    def _entry(self, path: Path) -> dict[str, Any] | None:
        try:
            status = self._paths.inside(str(path)).stat()
        except (OSError, PathNotAllowed, MediaNotFound):
            return None  # a link to nowhere or to outside
        is_folder = path.is_dir()
        known = None if is_folder else self._prober.known(path.resolve())
        modified = datetime.fromtimestamp(status.st_mtime, timezone.utc)
        return {
            "name": path.name,
            "path": str(path),
            "type": "directory" if is_folder else kind_of(path.name),
            "size_bytes": None if is_folder else status.st_size,
            "modified_at": wire_time(modified),
            "duration_seconds": None if known is None else known["duration_seconds"],
        }


def _can_be_named(name: str) -> bool:
    """Tell whether a client may see a name, and could send it back."""
    return not name.startswith(".") and can_be_sent(name)


def kind_of(name: str) -> str:
    """Return ``audio``, ``video`` or ``other``, going by the name alone."""
    if name.lower().endswith(AUDIO):
        return "audio"
    return "video" if name.lower().endswith(VIDEO) else "other"
