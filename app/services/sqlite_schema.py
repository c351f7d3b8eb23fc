"""The tables of the job journal, and the steps from each version to the next."""

from __future__ import annotations

import sqlite3
from pathlib import Path

MIGRATIONS: tuple[str, ...] = (
    """
    CREATE TABLE jobs (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        status TEXT NOT NULL,
        batch_id TEXT,
        progress REAL NOT NULL,
        finished_at TEXT,
        callback_due TEXT,
        revision INTEGER NOT NULL,
        record TEXT NOT NULL
    );
    CREATE INDEX jobs_revision ON jobs (revision);
    CREATE INDEX jobs_status ON jobs (status, seq);
    CREATE INDEX jobs_batch ON jobs (batch_id) WHERE batch_id IS NOT NULL;
    CREATE INDEX jobs_callback ON jobs (callback_due) WHERE callback_due IS NOT NULL;
    CREATE TABLE results (id TEXT PRIMARY KEY, content BLOB NOT NULL);
    CREATE TABLE revision (newest INTEGER NOT NULL);
    INSERT INTO revision VALUES (0);
    CREATE TABLE forgotten (revision INTEGER NOT NULL, id TEXT NOT NULL);
    """,
)
"""Step ``n`` leads from version ``n`` (`PRAGMA user_version`) to ``n + 1``."""


class UnusableJournal(RuntimeError):
    """The journal cannot be opened; the message says which file and what to do."""


def connect(path: Path) -> sqlite3.Connection:
    """Return a connection in autocommit mode, WAL, waiting up to 30 s for other writers."""
    connection = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    return connection


def migrate(path: Path) -> None:
    """
    Bring the journal to the newest version, creating it where there is none.

    Raises:
        UnusableJournal: it is damaged, or was written by a newer version.
    """
    try:
        connection = connect(path)
        try:
            _climb(connection, path)
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise UnusableJournal(
            f"Cannot use the job journal {path}: {error}. Move it away to start empty."
        ) from error


def _climb(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(MIGRATIONS):
        connection.execute("ROLLBACK")
        raise UnusableJournal(
            f"The job journal {path} has version {version}; this program knows up to "
            f"{len(MIGRATIONS)}. Run the newer program, or move the file away to start empty."
        )
    for step in MIGRATIONS[version:]:
        for statement in filter(str.strip, step.split(";")):
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    connection.execute("COMMIT")
