"""Content hash of a file, for provenance and caching."""

from __future__ import annotations

import hashlib

from sync_analyzer.media.container import check_file

_BLOCK_BYTES = 1 << 20


def content_hash(path: str) -> str:
    """
    Return ``sha256:`` and 64 hex digits over the bytes of the file.

    Raises:
        MediaError: as `container.check_file`.
    """
    check_file(path)
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_BLOCK_BYTES))
    with open(path, "rb", buffering=0) as file:
        while count := file.readinto(buffer):
            digest.update(buffer[:count])
    return f"sha256:{digest.hexdigest()}"
