"""Answers only to the names in ALLOWED_HOSTS."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from app.core.envelope import response_for
from app.services.errors import HostNotAllowed


class HostsMiddleware:
    """Refuses other Host headers; ``*.example.com`` stands for every name below it."""

    def __init__(self, app: ASGIApp, allowed: Sequence[str]) -> None:
        self.app = app
        self._any = "*" in allowed
        self._exact = frozenset(name.lower() for name in allowed if not name.startswith("*"))
        self._below = tuple(name[1:].lower() for name in allowed if name.startswith("*."))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or self._any or self._allows(scope):
            await self.app(scope, receive, send)
            return
        error = HostNotAllowed(_name(scope))
        await response_for(error)(scope, receive, send)

    def _allows(self, scope: Scope) -> bool:
        name = _name(scope)
        return name in self._exact or name.endswith(self._below)


def _name(scope: Scope) -> str:
    """Return the Host header without its port, in lower case."""
    host = Headers(scope=scope).get("host", "").lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
