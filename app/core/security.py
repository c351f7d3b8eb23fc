"""Secrets and keys: the only place that decides who may call and whom the service signs as."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path

from starlette.requests import Request

from app.core.settings import PLACEHOLDER_SECRET_KEY, InvalidSettings, Settings

KEY_FILE = "secret_key"


def listening_host(settings: Settings, *, argv: Sequence[str], environ: Mapping[str, str]) -> str:
    """Return the address this process will listen on: the server's own option, or HOST."""
    for number, word in enumerate(argv):
        if word == "--host" and number + 1 < len(argv):
            return argv[number + 1]
        if word.startswith("--host="):
            return word.partition("=")[2]
    return environ.get("UVICORN_HOST") or settings.host


def check_secret_key(settings: Settings, *, host: str) -> None:
    """
    Pass settings whose SECRET_KEY may serve on ``host``.

    Raises:
        InvalidSettings: the published example key, on a public address, not in DEBUG.
    """
    if settings.debug or settings.secret_key is None or _is_loopback(host):
        return
    if settings.secret_key.get_secret_value() == PLACEHOLDER_SECRET_KEY:
        raise InvalidSettings(
            f"SECRET_KEY is the published example and the service would listen on {host}. "
            "Set SECRET_KEY to a random text of your own, leave it out to have one made in "
            "DATA_DIR, or listen on 127.0.0.1."
        )


def secret_key(settings: Settings) -> bytes:
    """Return the key for signatures: the configured one, or the one kept in DATA_DIR."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    path = settings.data_dir / KEY_FILE
    _make_once(path)
    return path.read_bytes()


def new_api_key() -> tuple[str, str]:
    """Return a fresh API key and the hash of it that goes into API_KEYS."""
    key = secrets.token_urlsafe(32)
    return key, key_hash(key)


def key_hash(key: str) -> str:
    """Return the SHA-256 of an API key in hex; the key itself is never kept."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def key_of(request: Request) -> str | None:
    """Return the API key a request carries, in X-API-Key or as a bearer token."""
    given = request.headers.get("x-api-key")
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return given or (token.strip() if scheme.lower() == "bearer" else None)


def is_accepted(key: str | None, hashes: Sequence[str]) -> bool:
    """Tell whether the key is one of those whose hashes are listed; takes constant time."""
    if key is None:
        return False
    given = key_hash(key)
    return any([hmac.compare_digest(given, one) for one in hashes])


def client_of(request: Request, *, trusted_proxies: Sequence[str]) -> str:
    """
    Return the address of the client, for telling clients apart.

    X-Forwarded-For is believed only from the proxies listed; the address next to them is
    the client's. (Uvicorn rewrites the client of connections from this machine itself and
    marks that with port 0; such a connection counts as this machine's.)
    """
    peer = "127.0.0.1"
    if request.client is not None and request.client.port != 0:
        peer = request.client.host
    hops = [hop.strip() for hop in request.headers.get("x-forwarded-for", "").split(",")]
    for hop in reversed([hop for hop in hops if hop]):
        if not _within(peer, trusted_proxies):
            break
        peer = hop
    return peer


def _make_once(path: Path) -> None:
    """Create the key file, whole or not at all, unless another process was first."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _within(address: str, networks: Sequence[str]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in ipaddress.ip_network(network, strict=False) for network in networks)
