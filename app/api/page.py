"""Serves the web page: one document and its files, as they lie in ``app/static``."""

from __future__ import annotations

import os
from pathlib import Path

from fastapi import FastAPI
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).resolve().parent.parent / "static"
REVALIDATE = {"Cache-Control": "no-cache"}
"""Browsers ask each time and mostly hear 304: an upgrade is seen at once."""


class PageFiles(StaticFiles):
    """Static files that browsers check before they reuse them."""

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Return the file, or that it has not changed."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(REVALIDATE)
        return response


def install_page(app: FastAPI) -> None:
    """Serve the page at ``/`` and its files below ``/static``."""
    app.mount("/static", PageFiles(directory=FOLDER), name="static")

    @app.get("/", include_in_schema=False)
    async def page() -> FileResponse:
        return FileResponse(FOLDER / "index.html", headers=REVALIDATE)
