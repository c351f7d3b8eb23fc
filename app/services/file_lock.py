"""A lock between processes that the system releases when its holder ends, however it ends."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


class FileLock:
    """An exclusive lock on a file, by way of SQLite (the same on every system)."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None

    def acquire(self) -> bool:
        """Take the lock if it is free; tell whether it is held now."""
        if self._connection is not None:
            return True
        connection = sqlite3.connect(
            self._path, timeout=0.0, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            connection.close()
            return False
        self._connection = connection
        return True

    def release(self) -> None:
        """Let go."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def waited_for(self, while_waiting: Callable[[], None]) -> Iterator[None]:
        """Hold the lock for the block; ``while_waiting`` is called ten times a second."""
        while not self.acquire():
            while_waiting()
            time.sleep(0.1)
        try:
            yield
        finally:
            self.release()
