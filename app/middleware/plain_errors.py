"""Puts errors into the envelope that the framework answers in plain text: ranges, CORS."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.envelope import plain_error_response

REPLACED = frozenset({b"content-type", b"content-length"})


class PlainErrorsMiddleware:
    """Rewrites answers of 400 and above whose body is plain text; its text is the sentence."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        held: Message | None = None
        text = b""

        async def send_rewritten(message: Message) -> None:
            nonlocal held, text
            if message["type"] == "http.response.start" and _is_plain_error(message):
                held = message
            elif held is None:
                await send(message)
            else:
                text += message.get("body", b"")
                if not message.get("more_body", False):
                    await _answer(held, text.decode("utf-8", "replace"))

        async def _answer(start: Message, sentence: str) -> None:
            response = plain_error_response(status=start["status"], error=sentence)
            kept = [pair for pair in start["headers"] if pair[0].lower() not in REPLACED]
            response.raw_headers.extend(kept)
            await response(scope, receive, send)

        await self.app(scope, receive, send_rewritten)


def _is_plain_error(start: Message) -> bool:
    kind = Headers(raw=start["headers"]).get("content-type", "")
    return start["status"] >= 400 and kind.startswith("text/plain")
