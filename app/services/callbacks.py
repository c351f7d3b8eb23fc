"""Where a callback may go: the only place that decides which addresses the service calls."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from app.services.errors import CallbackNotAllowed

LOCAL_NAMES = (".localhost", ".local", ".internal", ".home.arpa")
PORT_BY_SCHEME = {"http": 80, "https": 443}

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check_callback(url: str, *, allow_private: bool) -> SplitResult:
    """
    Return the parts of a callback URL that may be tried, without asking any name server.

    Raises:
        CallbackNotAllowed: with the reason.
    """
    if not url.isascii() or not url.isprintable() or " " in url:
        raise CallbackNotAllowed(url, reason="it holds spaces or letters beyond ASCII; encode them")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise CallbackNotAllowed(url, reason=f"it is not a URL ({error})") from error
    host = parts.hostname or ""
    if parts.scheme not in PORT_BY_SCHEME or not host or port == 0:
        raise CallbackNotAllowed(url, reason="it must begin with http:// or https:// and a host")
    if parts.username or parts.password:
        raise CallbackNotAllowed(url, reason="it must not carry a user name or password")
    if not allow_private:
        _check_host(url, host)
    return parts


def addresses_of(parts: SplitResult, *, allow_private: bool) -> list[str]:
    """
    Return the addresses behind the host, all of them public unless private ones are allowed.

    Raises:
        CallbackNotAllowed: the name leads to a private address, or nowhere.
    """
    url, host = parts.geturl(), parts.hostname or ""
    port = parts.port or PORT_BY_SCHEME[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise CallbackNotAllowed(url, reason=f"its host cannot be found ({error})") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not allow_private:
        for address in addresses:
            if not is_public(address):
                raise CallbackNotAllowed(url, reason=f"{host} leads to {address}, not public")
    return addresses


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the open internet, whatever it is wrapped in."""
    parsed: Address = ipaddress.ip_address(address.partition("%")[0])
    inner: Address | None = None
    if isinstance(parsed, ipaddress.IPv6Address):
        teredo = parsed.teredo
        inner = parsed.ipv4_mapped or parsed.sixtofour or (teredo[1] if teredo else None)
        if inner is None and parsed in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
    if inner is not None:
        return is_public(str(inner))
    return parsed.is_global and not parsed.is_multicast


def _check_host(url: str, host: str) -> None:
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith(LOCAL_NAMES):
        raise CallbackNotAllowed(url, reason=f"{host} is this machine or its network")
    try:
        public = is_public(name)
    except ValueError:
        return  # a name; where it leads is looked up when it is called
    if not public:
        raise CallbackNotAllowed(url, reason=f"{host} is not a public address")
