"""Writes one log line and one count for each request."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger(__name__)

Count = Callable[[str, str, int, float], None]
"""Takes method, route template, status and seconds."""


class AccessLogMiddleware:
    """Logs requests with their duration; routine reads only at DEBUG."""

    def __init__(self, app: ASGIApp, *, count: Count, quiet_below: tuple[str, ...]) -> None:
        self.app = app
        self._count = count
        self._quiet_below = quiet_below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noting)
        finally:
            self._note(scope, status, time.perf_counter() - started)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method, path = scope["method"], scope["path"]
        self._count(method, _template(scope), status, seconds)
        quiet = method == "GET" and status < 400 and path.startswith(self._quiet_below)
        logger.log(
            logging.DEBUG if quiet else logging.INFO,
            "%s %s %d",
            method,
            path,
            status,
            extra={"fields": {"milliseconds": round(seconds * 1000, 2), "status": status}},
        )


def _template(scope: Scope) -> str:
    """Return the route's path with its parameters unnamed, so that counts stay few."""
    route = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", "(none)"))
