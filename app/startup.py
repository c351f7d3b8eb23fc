"""Starting the service, or saying in a sentence why it cannot start."""

from __future__ import annotations

import sys

from fastapi import FastAPI

from app.core.settings import InvalidSettings
from app.factory import JOURNAL, create_app
from app.services.sqlite_schema import UnusableJournal, migrate

STARTUP_FAILURE = 3
"""The exit code that tells uvicorn not to start failing processes again and again."""


def create_app_or_exit() -> FastAPI:
    """Return the service; where it cannot start, write one sentence and leave."""
    try:
        app = create_app()
        migrate(app.state.settings.data_dir / JOURNAL)
    except (InvalidSettings, UnusableJournal) as error:
        sys.stderr.write(f"The service cannot start. {error}\n")
        raise SystemExit(STARTUP_FAILURE) from None
    return app
