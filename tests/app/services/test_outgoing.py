import http.client
import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from app.services import outgoing
from app.services.outgoing import post


@pytest.fixture
def receiver():
    """Return a function that answers one connection by ``answer(connection)``, and its URL."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve(answer):
        def work():
            connection, _ = listening.accept()
            with connection:
                connection.recv(65_536)
                try:
                    answer(connection)
                except OSError:
                    return

        threading.Thread(target=work, daemon=True).start()
        return urlsplit(f"http://example.test:{listening.getsockname()[1]}/hook?x=1")

    yield serve
    listening.close()


def test_the_status_is_told_without_waiting_for_the_rest(receiver):
    def answer(connection):
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert post(receiver(answer), "127.0.0.1", b"{}", {}) == 204


@pytest.mark.parametrize("beginning", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_receiver_that_trickles_is_given_up(receiver, monkeypatch, beginning):
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.4)

    def trickle(connection):
        connection.sendall(beginning)
        while True:
            connection.sendall(b"x")
            time.sleep(0.05)

    began = time.monotonic()
    with suppress(OSError, http.client.HTTPException):
        post(receiver(trickle), "127.0.0.1", b"{}", {})

    assert time.monotonic() - began < 3.0
