"""Posts to addresses on the internet, and only to the address that was vetted."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import SplitResult

from app.services.callbacks import PORT_BY_SCHEME

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 10.0
"""How long a request and its answer may take together, however slowly they trickle."""


class _Pinned(http.client.HTTPConnection):
    """A connection to one address, whatever the host's name leads to by now."""

    def __init__(self, parts: SplitResult, address: str) -> None:
        port = parts.port or PORT_BY_SCHEME[parts.scheme]
        super().__init__(parts.hostname or "", port, timeout=CONNECT_SECONDS)
        self._address = address
        self._encrypted = parts.scheme == "https"

    def connect(self) -> None:
        """Open the connection; for https, check the certificate of the name."""
        plain = socket.create_connection((self._address, self.port), CONNECT_SECONDS)
        plain.settimeout(ANSWER_SECONDS)
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
    patience = threading.Timer(ANSWER_SECONDS, _hang_up, (connection,))
    patience.daemon = True
    try:
        connection.connect()
        patience.start()
        connection.request("POST", target, body=body, headers=dict(headers))
        return connection.getresponse().status
    finally:
        patience.cancel()
        connection.close()


def _hang_up(connection: http.client.HTTPConnection) -> None:
    """End what another thread waits for: a receiver may trickle for ever."""
    waited_for = connection.sock
    if waited_for is not None:
        with suppress(OSError):
            waited_for.shutdown(socket.SHUT_RDWR)
