"""Receiving files: streamed to disk, measured, looked into, and only then there."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from app.services.probing import Prober
from app.services.upload_form import UploadForm, boundary_of
from app.services.upload_store import Upload, UploadStore, safe_name
from sync_analyzer.errors import MediaError

PIECE_BYTES = 1 << 20
"""Bytes that are handed to the disk at once, outside the event loop."""


class Uploads:
    """The use case behind ``POST /api/v1/files/upload``."""

    def __init__(self, store: UploadStore, prober: Prober) -> None:
        self._store = store
        self._prober = prober

    async def receive(
        self, body: AsyncIterator[bytes], *, content_type: str, declared_bytes: int
    ) -> Upload:
        """
        Take a whole form and return the upload in it.

        Raises:
            UploadRejected: the body is not such a form.
            FileTooLarge, StorageFull: the file does not fit; nothing of it stays.
            MediaError: the file is not audio or video with sound; nothing of it stays.
        """
        boundary = boundary_of(content_type)
        await asyncio.to_thread(self._store.check_space, max(0, declared_bytes - PIECE_BYTES))
        draft = await asyncio.to_thread(self._store.draft)
        try:
            form = UploadForm(take=draft.write, boundary=boundary)
            async for piece in _pieces(body):
                await asyncio.to_thread(form.write, piece)
            about = form.about()
            await asyncio.to_thread(draft.finish)
            return await self.admit(
                draft.data, filename=form.filename or "", sha256=draft.sha256, about=about
            )
        finally:
            await asyncio.shield(asyncio.to_thread(draft.discard))

    async def admit(
        self, data: Path, *, filename: str, sha256: str | None, about: dict[str, Any]
    ) -> Upload:
        """
        Look into the finished file ``data`` of a draft and let it appear as an upload.

        Raises:
            MediaError: it is not audio or video with sound.
        """
        file = await asyncio.to_thread(data.rename, data.with_name(safe_name(filename)))
        try:
            media = await self._prober.probe(file)
        except MediaError as error:
            # The client knows the file by its name, not by where it lay for a moment.
            error.message = error.message.replace(str(file), file.name)
            error.details["file_path"] = file.name
            raise
        if sha256 is None:
            sha256 = await asyncio.to_thread(sha256_of, file)
        upload = await asyncio.to_thread(
            self._store.publish, file, sha256=sha256, media=media, about=about
        )
        self._prober.remember(Path(upload.path), {**media, "path": upload.path})
        return upload


async def _pieces(body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield the body in pieces worth a trip to another thread."""
    waiting = bytearray()
    async for data in body:
        waiting += data
        if len(waiting) >= PIECE_BYTES:
            yield bytes(waiting)
            waiting.clear()
    if waiting:
        yield bytes(waiting)


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hex."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(PIECE_BYTES):
            digest.update(block)
    return digest.hexdigest()
