"""Stops reading request bodies beyond MAX_REQUEST_BYTES."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.envelope import response_for
from app.services.errors import RequestTooLarge


class BodyLimitMiddleware:
    """
    Limits every body but those of uploads, which have MAX_FILE_SIZE of their own.

    A declared length is refused before anything is read; without one the bytes are counted.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int, unlimited_below: tuple[str, ...]) -> None:
        self.app = app
        self._max_bytes = max_bytes
        self._unlimited_below = unlimited_below

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or scope["path"].startswith(self._unlimited_below):
            await self.app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared) > self._max_bytes:
            error = RequestTooLarge(max_bytes=self._max_bytes)
            await response_for(error)(scope, receive, send)
            return
        taken = 0

        async def receive_counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self._max_bytes:
                raise HTTPException(413, RequestTooLarge(max_bytes=self._max_bytes).message)
            return message

        await self.app(scope, receive_counted, send)
