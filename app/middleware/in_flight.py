"""Lets a stopping server give up on requests whose clients do not come to an end."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.envelope import response_for
from app.core.shutdown import InFlight
from app.services.errors import ServerStopping


class InFlightMiddleware:
    """Answers 503 where a request is ended because the server stops, or hangs up mid-answer."""

    def __init__(self, app: ASGIApp, *, in_flight: InFlight) -> None:
        self.app = app
        self._in_flight = in_flight

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def send_noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            with self._in_flight.request():
                await self.app(scope, receive, send_noting)
        except asyncio.CancelledError:
            if not self._in_flight.is_over:
                raise
            if not has_begun:
                await response_for(ServerStopping())(scope, receive, send)
