"""Results of earlier analyses, found by the contents of both files and the options.

Layout below the folder::

    results/<options and sizes>/<contents>.json    a result
    contents/<state of a file>                     the content hash of a file in that state

A file is hashed only when a result for files of these sizes exists, so a first analysis
does not read its files twice.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.services.cache_key import digest, file_state
from sync_analyzer.media.hash import content_hash

logger = logging.getLogger(__name__)

SETTLED_SECONDS = 2.0
"""A state younger than this is not remembered: the file may change within one clock tick."""

State = tuple[int, ...]


class ResultCache:
    """Files below one folder, each written whole or not at all."""

    def __init__(self, folder: Path, *, ttl_seconds: float) -> None:
        self._results = folder / "results"
        self._contents = folder / "contents"
        self._ttl_seconds = ttl_seconds

    def find(self, master: str, dub: str, *, options_key: str) -> dict[str, Any] | None:
        """Return the result of the same contents and options, if one is fresh enough."""
        shelf = self._shelf(file_state(master), file_state(dub), options_key)
        if not shelf.is_dir():
            return None
        contents = (self._content(master), self._content(dub))
        path = shelf / f"{digest(contents)}.json"
        try:
            age_seconds = time.time() - path.stat().st_mtime
            if age_seconds > self._ttl_seconds:
                return None
            found: dict[str, Any] = json.loads(path.read_bytes())
        except (OSError, ValueError):
            return None
        return found

    def keep(
        self,
        result: Mapping[str, Any],
        *,
        master: tuple[str, State],
        dub: tuple[str, State],
        options_key: str,
    ) -> None:
        """
        Keep a result, unless one of the files changed since its state was taken.

        ``result`` names the content hashes that were taken while it was made.
        """
        hashes = result["provenance"].get("content_hashes") or {}
        if not hashes or any(file_state(path) != state for path, state in (master, dub)):
            return
        contents = (str(hashes["master"]), str(hashes["dub"]))
        for content, (_, state) in zip(contents, (master, dub), strict=True):
            self._remember(state, content)
        shelf = self._shelf(master[1], dub[1], options_key)
        text = json.dumps(result, ensure_ascii=False).encode()
        _keep(shelf / f"{digest(contents)}.json", text)

    def was_seen(self, path: str) -> bool:
        """Tell whether the file, in the state it is in, was part of an earlier analysis."""
        return (self._contents / digest(file_state(path))).exists()

    def _shelf(self, master: State, dub: State, options_key: str) -> Path:
        sizes = (master[2], dub[2])
        return self._results / digest(sizes, options_key)

    def _content(self, path: str) -> str:
        state = file_state(path)
        try:
            return (self._contents / digest(state)).read_text()
        except OSError:
            content = content_hash(path)
            if file_state(path) == state:
                self._remember(state, content)
            return content

    def _remember(self, state: State, content: str) -> None:
        changed_seconds = max(state[3], state[4]) / 1e9
        if time.time() - changed_seconds > SETTLED_SECONDS:
            _keep(self._contents / digest(state), content.encode())


def _keep(path: Path, content: bytes) -> None:
    """Write a file of the cache, or do without: a full disk costs no job its result."""
    try:
        write_whole(path, content)
    except OSError as error:
        logger.warning("the cache keeps nothing: %s", error)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
