"""Starting the service, or saying in a sentence why it cannot start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from fastapi import FastAPI

from app.core.settings import InvalidSettings, Settings, load_settings
from app.factory import create_app
from app.services.sqlite_schema import UnusableJournal, migrate

STARTUP_FAILURE = 3
"""The exit code that tells uvicorn not to start failing processes again and again."""


def create_app_or_exit() -> FastAPI:
    """Return the service; where it cannot start, write one sentence and leave."""
    try:
        settings = load_settings()
        _try_folders(settings)
        return create_app(settings)
    except (InvalidSettings, UnusableJournal) as error:
        sys.stderr.write(f"The service cannot start. {error}\n")
        raise SystemExit(STARTUP_FAILURE) from None


def _try_folders(settings: Settings) -> None:
    """
    Make the folders the service writes to, and bring the journal up to date.

    Raises:
        InvalidSettings: one of them cannot be written.
        UnusableJournal: the journal is damaged or too new.
    """
    folders = {
        "DATA_DIR": settings.data_dir,
        "UPLOAD_DIR": settings.upload_dir,
        "LOG_FILE": settings.log_file.parent,
    }
    for name, folder in folders.items():
        _try_folder(name, folder)
    migrate(settings.data_dir / "jobs.sqlite3")


def _try_folder(name: str, folder: Path) -> None:
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
