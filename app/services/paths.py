"""The only place that decides which paths a client may name."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path

from app.services.errors import PathNotAllowed
from sync_analyzer.errors import EmptyMedia, MediaNotAFile, MediaNotFound

INCOMING = ".incoming"
"""The folder of unfinished uploads below a root, which nobody may name."""


class MediaPaths:
    """
    Confines clients to some folders, after every symbolic link and ``..`` is resolved.

    A relative path is taken below the first folder. No part of a path is ever decoded,
    expanded or given to a shell.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = tuple(roots)

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders that may be read, as configured."""
        return self._roots

    def media_file(self, given: str) -> Path:
        """
        Return the resolved path of a file that exists, is regular and is not empty.

        Raises:
            PathNotAllowed: it leads outside the folders.
            MediaNotFound: it names nothing.
            MediaNotAFile: it names a folder or a device.
            EmptyMedia: it has zero bytes.
        """
        path = self.inside(given)
        try:
            status = path.stat()
        except OSError:
            raise MediaNotFound(given) from None
        if not stat.S_ISREG(status.st_mode):
            raise MediaNotAFile(given)
        if status.st_size == 0:
            raise EmptyMedia(given)
        return path

    def inside(self, given: str) -> Path:
        """
        Return the path with every link resolved, whether or not it exists.

        Raises:
            PathNotAllowed: it leads outside the folders.
            MediaNotFound: no file can have such a name.
        """
        try:
            os.fsencode(given)
            resolved = (self._roots[0] / given).resolve()
            roots = [root.resolve() for root in self._roots]
            allowed = any(resolved.is_relative_to(root) for root in roots)
            hidden = any(resolved.is_relative_to(root / INCOMING) for root in roots)
        except (OSError, RuntimeError, ValueError):
            raise MediaNotFound(given) from None
        if not allowed or hidden:
            raise PathNotAllowed(given)
        return resolved
