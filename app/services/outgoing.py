"""Posts to addresses on the internet, and only to the address that was vetted."""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import SplitResult

from app.services.callbacks import PORT_BY_SCHEME

TIMEOUT_SECONDS = 10.0
MOST_ANSWER_BYTES = 65_536


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the host's name leads to by now."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        port = parts.port or PORT_BY_SCHEME[parts.scheme]
        super().__init__(parts.hostname or "", port, timeout=TIMEOUT_SECONDS)
        self._address = address
        self._encrypted = parts.scheme == "https"

    def connect(self) -> None:
        """Open the connection; for https, check the certificate of the name."""
        plain = socket.create_connection((self._address, self.port), TIMEOUT_SECONDS)
        self.sock = plain
        if self._encrypted:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(plain, server_hostname=self.host)


def post(parts: SplitResult, address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """
    Post to ``address`` under the URL's name and return the status; redirects are not followed.

    Raises:
        OSError, http.client.HTTPException: there was no answer.
    """
    connection = _Pinned(parts, address)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request("POST", target, body=body, headers=dict(headers))
        response = connection.getresponse()
        response.read(MOST_ANSWER_BYTES)
        return response.status
    finally:
        connection.close()
