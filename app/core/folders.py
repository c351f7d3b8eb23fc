"""The folders the service writes to."""

from __future__ import annotations

import os
from pathlib import Path

from app.core.settings import InvalidSettings, Settings


def make_folders(settings: Settings) -> None:
    """
    Make the folders the service writes to.

    Raises:
        InvalidSettings: one of them cannot be written.
    """
    _make("DATA_DIR", settings.data_dir)
    _make("UPLOAD_DIR", settings.upload_dir)
    _make("LOG_FILE", settings.log_file.parent)


def _make(name: str, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".writable.{os.getpid()}"
        probe.touch()
        probe.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidSettings(
            f"{name}: {folder} cannot be written ({error.strerror}). "
            "Choose another folder or change its permissions."
        ) from error
