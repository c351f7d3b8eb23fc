"""Lists the folders that clients may see."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Child:
    """Something in a folder; links are followed."""

    name: str
    path: str
    status: os.stat_result

    @property
    def is_folder(self) -> bool:
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def type(self) -> str:
        return "directory" if self.is_folder else kind_of(self.name)


SORT_KEYS: Mapping[str, Callable[[_Child], Any]] = MappingProxyType(
    {
        "name": lambda child: child.name.casefold(),
        "size": lambda child: 0 if child.is_folder else child.status.st_size,
        "modified": lambda child: child.status.st_mtime_ns,
        "type": lambda child: (child.type, child.name.casefold()),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderPage:
    """A part of what is in a folder, and how much there is altogether."""

    folder: Path
    entries: list[dict[str, Any]]
    total: int


class Browser:
    """Looks into folders; nothing that leads outside them is shown."""

    def __init__(self, paths: MediaPaths, prober: Prober) -> None:
        self._paths = paths
        self._prober = prober

    def page(
        self, given: str, *, sort: str, descending: bool, offset: int, limit: int
    ) -> FolderPage:
        """
        Return one page of a folder, folders first.

        Raises:
            PathNotAllowed: it leads outside the folders that may be read.
            MediaNotFound: it names nothing, or cannot be read.
            NotAFolder: it names a file.
        """
        folder = self._paths.inside(given)
        try:
            with os.scandir(folder) as found:
                children = [child for one in found if (child := self._child(one)) is not None]
        except NotADirectoryError:
            raise NotAFolder(given) from None
        except OSError:
            raise MediaNotFound(given) from None
        children.sort(key=lambda child: child.name)  # so that pages of equals never overlap
        children.sort(key=SORT_KEYS[sort], reverse=descending)
        children.sort(key=lambda child: not child.is_folder)
        shown = [self._entry(child) for child in children[offset : offset + limit]]
        return FolderPage(folder=folder, entries=shown, total=len(children))

    def _child(self, found: os.DirEntry[str]) -> _Child | None:
        """Return what a name stands for, unless it leads outside, or nowhere."""
        if not _can_be_named(found.name):
            return None
        try:
            if found.is_symlink():
                self._paths.inside(found.path)
            return _Child(found.name, found.path, found.stat())
        except (OSError, PathNotAllowed, MediaNotFound):
            return None

    def _entry(self, child: _Child) -> dict[str, Any]:
        known = None if child.is_folder else self._prober.known(Path(child.path).resolve())
        modified = datetime.fromtimestamp(child.status.st_mtime, timezone.utc)
        return {
            "name": child.name,
            "path": child.path,
            "type": child.type,
            "size_bytes": None if child.is_folder else child.status.st_size,
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
