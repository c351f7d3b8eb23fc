"""The error envelope and the handlers that put every error into it."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match

from app.core.context import request_id_var
from app.core.errors import CODE_BY_STATUS, code_of, status_of
from app.services.errors import QueueFull, ServerStopping, ServiceError
from app.services.job import now
from sync_analyzer.errors import SyncAnalyzerError

logger = logging.getLogger(__name__)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
MOST_PROBLEMS = 20
HTTP_SENTENCES: Mapping[int, str] = {
    413: "The request body is larger than MAX_REQUEST_BYTES.",
    404: "No such address. GET /api/help lists all of them.",
    405: "This address does not take this method. GET /api/help lists what it takes.",
    416: "The file is shorter than the range that was asked for; Content-Range has its size.",
}


def error_response(
    *,
    status: int,
    error: str,
    error_code: str,
    details: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return the envelope; text that is not valid Unicode is replaced, never a reason to fail."""
    body = {
        "success": False,
        "error": error,
        "error_code": error_code,
        "details": dict(details or {}),
        "timestamp": timestamp(),
        "request_id": request_id_var.get(),
    }
    content = json.dumps(body, ensure_ascii=False, default=str).encode("utf-8", "replace")
    return Response(
        content, status_code=status, media_type="application/json", headers=dict(headers or {})
    )


def plain_error_response(*, status: int, error: str) -> Response:
    """Return the envelope of an answer that came without one."""
    sentence = error.strip() or HTTP_SENTENCES.get(status, "The request cannot be answered.")
    return error_response(
        status=status,
        error=sentence if sentence.endswith(".") else f"{sentence}.",
        error_code=code_of(status),
    )


def timestamp() -> str:
    """Return this instant as the wire writes it: ISO 8601, UTC, ``Z``."""
    return now().isoformat().replace("+00:00", "Z")


def response_for(error: ServiceError | SyncAnalyzerError) -> Response:
    """Return the envelope of an error that was raised on purpose."""
    headers = {}
    if isinstance(error, QueueFull | ServerStopping):
        headers["Retry-After"] = str(error.details["retry_after_seconds"])
    return error_response(
        status=status_of(error),
        error=error.message,
        error_code=error.error_code,
        details=error.details,
        headers=headers,
    )


def allowed_methods(app: FastAPI, path: str) -> list[str]:
    """Return every method that some route takes at ``path``."""
    scope = {"type": "http", "path": path, "root_path": "", "headers": []}
    return [
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in app.routes)
    ]


async def _on_purpose(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError | SyncAnalyzerError)
    return response_for(error)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 405:
        headers["Allow"] = ", ".join(allowed_methods(request.app, request.url.path))
    return error_response(
        status=error.status_code,
        error=HTTP_SENTENCES.get(error.status_code, str(error.detail)),
        error_code=code_of(error.status_code),
        details={"method": request.method, "path": request.url.path},
        headers=headers,
    )


async def _vanished(request: Request, error: Exception) -> Response:
    """Answer nobody: the client hung up before its request was whole."""
    return error_response(
        status=400,
        error="The connection ended before the request was whole.",
        error_code=CODE_BY_STATUS[400],
    )


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    problems = [
        {
            "field": ".".join(str(part) for part in one["loc"]),
            "message": str(one["msg"]).removeprefix("Value error, "),
            "type": str(one["type"]),
        }
        for one in found[:MOST_PROBLEMS]
    ]
    first = problems[0]
    more = f" ({len(found) - 1} more problems)" if len(found) > 1 else ""
    return error_response(
        status=422,
        error=f"The request is not valid: {first['field']}: {first['message']}{more}.",
        error_code=CODE_BY_STATUS[422],
        details={"errors": problems, "count": len(found)},
    )


async def _unexpected(request: Request, error: Exception) -> Response:
    logger.error("unexpected error in %s %s", request.method, request.url.path, exc_info=error)
    details = {"exception": repr(error)} if request.app.state.settings.debug else {}
    return error_response(
        status=500,
        error="Something went wrong inside the service. The log has the cause under this "
        "request_id.",
        error_code=CODE_BY_STATUS[500],
        details=details,
        headers={"X-Request-ID": request_id_var.get()},
    )


def install_error_handlers(app: FastAPI) -> None:
    """Let no error leave ``app`` in any other shape than the envelope."""
    app.add_exception_handler(ServiceError, _on_purpose)
    app.add_exception_handler(SyncAnalyzerError, _on_purpose)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(ClientDisconnect, _vanished)
    app.add_exception_handler(Exception, _unexpected)
