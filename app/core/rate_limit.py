"""Rate limiting by slowapi, counted once for all server processes."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from fastapi import Request, Response
from limits.storage import Storage
from slowapi import Limiter
from slowapi.errors import RateLimitExceeded

from app.core.envelope import error_response
from app.core.errors import CODE_BY_STATUS
from app.core.security import client_of, is_accepted, key_hash, key_of
from app.core.settings import Settings

logger = logging.getLogger(__name__)

RateLimit = Callable[..., Awaitable[None]]


class SqliteCounters(Storage):
    """Fixed-window counters in a SQLite file that all processes open; lost ones do no harm."""

    STORAGE_SCHEME = ["sqlite-counters"]  # noqa: RUF012 - the base class wants a list

    def __init__(self, uri: str, **options: Any) -> None:
        super().__init__(uri, **options)
        path = Path(unquote(uri.partition("://")[2]))
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path, timeout=5.0, isolation_level=None, check_same_thread=False
        )
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.execute(
            "CREATE TABLE IF NOT EXISTS counters (key TEXT PRIMARY KEY, count INTEGER, ends REAL)"
        )

    @property
    def base_exceptions(self) -> type[Exception]:
        """What this storage raises."""
        return sqlite3.Error

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count; a window that has ended begins anew. On a full disk nobody is counted."""
        with self._lock:
            try:
                return self._count(key, expiry, amount)
            except sqlite3.Error as error:
                logger.warning("a request is not counted: %s", error)
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                return 0

    def _count(self, key: str, expiry: int, amount: int) -> int:
        at = time.time()
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("DELETE FROM counters WHERE ends <= ?", (at,))
        self._connection.execute(
            "INSERT INTO counters VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET count = count + excluded.count",
            (key, amount, at + expiry),
        )
        (count,) = self._connection.execute(
            "SELECT count FROM counters WHERE key = ?", (key,)
        ).fetchone()
        self._connection.execute("COMMIT")
        return int(count)

    def get(self, key: str) -> int:
        """Return the count of the running window."""
        row = self._row(key)
        return 0 if row is None else int(row[0])

    def get_expiry(self, key: str) -> float:
        """Return when the window ends, in seconds since 1970."""
        row = self._row(key)
        return time.time() if row is None else float(row[1])

    def check(self) -> bool:
        """Tell whether the storage answers."""
        self._row("")
        return True

    def reset(self) -> int:
        """Forget everything."""
        with self._lock:
            return self._connection.execute("DELETE FROM counters").rowcount

    def clear(self, key: str) -> None:
        """Forget one key."""
        with self._lock:
            self._connection.execute("DELETE FROM counters WHERE key = ?", (key,))

    def _row(self, key: str) -> tuple[int, float] | None:
        with self._lock:
            row: tuple[int, float] | None = self._connection.execute(
                "SELECT count, ends FROM counters WHERE key = ? AND ends > ?", (key, time.time())
            ).fetchone()
            return row


def make_rate_limit(settings: Settings) -> tuple[Limiter, RateLimit]:
    """Return the limiter, and what a limited route awaits (with ``request``, ``response``)."""

    def who(request: Request) -> str:
        key = key_of(request)
        if key is not None and is_accepted(key, settings.api_keys):
            return f"key {key_hash(key)[:16]}"
        return client_of(request, trusted_proxies=settings.trusted_proxies)

    limiter = Limiter(
        key_func=who,
        headers_enabled=True,
        enabled=settings.enable_rate_limiting,
        storage_uri=f"sqlite-counters://{quote(str(settings.data_dir / 'rates.sqlite3'))}",
    )

    @limiter.shared_limit(f"{settings.rate_limit_per_minute}/minute", scope="api")
    async def limited(request: Request, response: Response) -> None:
        """Pass, or raise `RateLimitExceeded`."""

    return limiter, limited


async def on_rate_limit(request: Request, error: Exception) -> Response:
    """Answer 429 in the envelope, with Retry-After and the limit's headers."""
    assert isinstance(error, RateLimitExceeded)
    limiter: Limiter = request.app.state.limiter
    response = error_response(
        status=429,
        error=f"Too many requests: {error.detail} are allowed. Wait for Retry-After seconds. "
        "Status polls do not count.",
        error_code=CODE_BY_STATUS[429],
        details={"limit": str(error.detail)},
    )
    limiter._inject_headers(response, request.state.view_rate_limit)
    return response
