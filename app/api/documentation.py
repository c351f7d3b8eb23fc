"""The pages /docs and /redoc, served without the internet, and the finished OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from fastapi.openapi.utils import get_openapi
from starlette.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from app.core.errors import codes_by_status
from app.models.common import ErrorResponse

ASSETS_URL = "/docs-assets"
DESCRIPTION = """
Says for each dub whether it is in sync with its master, by how much it is not, whether the
error grows or jumps, and how sure that is.

**Sign**: `dub(t) == master(t + offset_seconds)`. `offset_seconds` is the shift to apply to the
dub; negative: the dub is late.

Start with `POST /api/v1/analysis/sync`, poll `GET /api/v1/analysis/{analysis_id}`.
Every error has the shape of `ErrorResponse`.
Large files are uploaded resumably at `/api/v1/files/tus`, by the tus protocol 1.0.0.
"""
PROTOCOLS = ("/api/v1/files/tus",)
"""Addresses that speak a protocol with a specification of its own, in headers OpenAPI cannot
describe. The help lists them; the document does not."""

COMMON: Mapping[str, str] = MappingProxyType(
    {"400": "The request cannot be read.", "500": "A fault of the service; the log has it."}
)
SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "401": "An API key is needed.",
        "403": "Not allowed here.",
        "404": "There is no such thing.",
        "409": "Not in this state.",
        "412": "The wrong version of the protocol.",
        "413": "Too large.",
        "415": "Not audio or video.",
        "416": "The file is shorter than that.",
        "422": "The request is understood and not valid.",
        "423": "In use by another request.",
        "460": "The checksum does not match.",
        "507": "No room on the server.",
        "429": "Too many requests; wait for Retry-After seconds.",
        "503": "Not now; wait for Retry-After seconds where it is given.",
    }
)


def install_documentation(app: FastAPI, *, with_keys: bool) -> None:
    """Serve the document and its two pages."""
    assets = Path(str(files("fastapi_offline"))) / "static"
    app.mount(ASSETS_URL, StaticFiles(directory=assets), name="docs-assets")

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _finished(app, with_keys=with_keys)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]

    @app.get("/docs", include_in_schema=False)
    async def swagger() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url="/openapi.json",
            title=app.title,
            swagger_js_url=f"{ASSETS_URL}/swagger-ui-bundle.js",
            swagger_css_url=f"{ASSETS_URL}/swagger-ui.css",
            swagger_favicon_url=f"{ASSETS_URL}/favicon.png",
        )

    @app.get("/redoc", include_in_schema=False)
    async def redoc() -> HTMLResponse:
        return get_redoc_html(
            openapi_url="/openapi.json",
            title=app.title,
            redoc_js_url=f"{ASSETS_URL}/redoc.standalone.js",
            redoc_favicon_url=f"{ASSETS_URL}/favicon.png",
            with_google_fonts=False,
        )


def _finished(app: FastAPI, *, with_keys: bool) -> dict[str, Any]:
    """Return the document with the envelope as the shape of every error."""
    document = get_openapi(
        title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas.setdefault(
        "ErrorResponse",
        ErrorResponse.model_json_schema(ref_template="#/components/schemas/{model}"),
    )
    codes = codes_by_status()
    every_code = sorted({code for some in codes.values() for code in some})
    schemas["ErrorResponse"]["properties"]["error_code"]["enum"] = every_code
    for operations in document["paths"].values():
        for operation in operations.values():
            _finish(operation, codes, with_keys=with_keys)
    app.state.protocols = {
        path: document["paths"].pop(path)
        for path in tuple(document["paths"])
        if path.startswith(PROTOCOLS)
    }
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    return document


def _finish(operation: dict[str, Any], codes: Mapping[int, list[str]], *, with_keys: bool) -> None:
    responses = operation["responses"]
    for status, sentence in COMMON.items():
        responses.setdefault(status, {"description": sentence})
    if with_keys and "security" in operation:
        responses.setdefault("401", {"description": SENTENCES["401"]})
    for status, response in responses.items():
        if status.startswith(("4", "5")) and "HealthResponse" not in str(response):
            response["content"] = {
                "application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}
            }
            sentence = SENTENCES.get(status, COMMON.get(status, ""))
            listed = ", ".join(f"`{code}`" for code in codes[int(status)])
            response["description"] = f"{sentence} `error_code`: {listed}."
