"""Resumable uploads: the tus protocol 1.0.0, without HTTP.

An unfinished upload is ``<id>/<name>`` in `UploadStore.incoming`, the bytes that have arrived,
and ``<id>.json``, what the client announced. Its offset is the size of that file, so it
survives whatever happens to the server; whole and still there, it is looked into when the
client asks how far it is.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.services.errors import (
    StorageFull,
    UploadBusy,
    UploadChecksumMismatch,
    UploadConflict,
    UploadNotFound,
    UploadOverrun,
    UploadRejected,
)
from app.services.file_lock import FileLock
from app.services.job import new_id
from app.services.upload_form import describe
from app.services.upload_store import ID, Upload, UploadStore, safe_name
from app.services.uploads import Uploads
from sync_analyzer.errors import MediaError

VERSION = "1.0.0"
EXTENSIONS = ("creation", "termination", "checksum", "expiration")
CHECKSUMS = ("sha1", "md5", "sha256")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an upload is; ``upload`` is there once it is whole."""

    upload_id: str
    offset_bytes: int
    length_bytes: int
    upload: Upload | None = None


class Tus:
    """The verbs of the protocol."""

    def __init__(self, store: UploadStore, uploads: Uploads) -> None:
        self._store = store
        self._uploads = uploads

    def create(self, *, length_bytes: int, metadata: str) -> Progress:
        """
        Announce an upload.

        Raises:
            FileTooLarge, StorageFull: it will not fit.
            UploadRejected: the metadata cannot be read, or the length is zero.
        """
        texts = parse_metadata(metadata)
        if length_bytes < 1:
            raise UploadRejected("Upload-Length must be at least 1.")
        about = describe(texts)
        self._store.check_space(length_bytes)
        folder = self._store.incoming / new_id("file")
        folder.mkdir(parents=True)
        filename = safe_name(texts.get("filename") or texts.get("name") or "upload")
        record = {"length_bytes": length_bytes, "filename": filename, "about": about}
        _data(folder, record).touch()
        folder.with_suffix(".json").write_text(json.dumps(record))
        return Progress(upload_id=folder.name, offset_bytes=0, length_bytes=length_bytes)

    async def progress(self, upload_id: str) -> Progress:
        """
        Return how far an upload is; one that a stopping server left whole is looked into.

        Raises:
            UploadNotFound: there is none with this id.
            MediaError: the whole file is not audio or video with sound; it is removed.
        """
        with contextlib.suppress(UploadNotFound):
            return await asyncio.to_thread(self._finished, upload_id)
        try:
            folder, record = self._open(upload_id)
            have_bytes = _data(folder, record).stat().st_size
        except (FileNotFoundError, UploadNotFound):  # it was finished at this moment, or never was
            return await asyncio.to_thread(self._finished, upload_id)
        if have_bytes == record["length_bytes"]:
            with contextlib.suppress(UploadBusy):  # looked into by who sent the last byte
                return await self._completed(upload_id)
        return Progress(
            upload_id=upload_id, offset_bytes=have_bytes, length_bytes=record["length_bytes"]
        )

    async def append(
        self,
        upload_id: str,
        body: AsyncIterator[bytes],
        *,
        offset_bytes: int,
        checksum: str | None,
    ) -> Progress:
        """
        Take more bytes; with the last one the upload appears.

        Raises:
            UploadNotFound: there is none with this id.
            UploadConflict: it does not stand at ``offset_bytes``.
            UploadBusy: another request writes to it.
            UploadChecksumMismatch: the bytes are not what the checksum says; none is kept.
            UploadOverrun: there are more than announced; they are cut off.
            MediaError: the whole file is not audio or video with sound; it is removed.
        """
        with self._held(upload_id) as (folder, record):
            data = _data(folder, record)
            have_bytes = data.stat().st_size
            if have_bytes != offset_bytes:
                raise UploadConflict(upload_id, have_bytes=have_bytes, given_bytes=offset_bytes)
            with data.open("ab") as file:
                await _write(file, body, length_bytes=record["length_bytes"], checksum=checksum)
            now_bytes = data.stat().st_size
            upload = None
            if now_bytes == record["length_bytes"]:
                upload = await self._finish(folder, record)
            return Progress(
                upload_id=upload_id,
                offset_bytes=now_bytes,
                length_bytes=record["length_bytes"],
                upload=upload,
            )

    def remove(self, upload_id: str) -> None:
        """
        Forget an upload, finished or not.

        Raises:
            UploadNotFound: there is none with this id.
            UploadBusy: a request writes to it.
        """
        with contextlib.suppress(UploadNotFound):
            self._store.delete(upload_id)
            return
        with self._held(upload_id) as (folder, _):
            _forget(folder)

    def _finished(self, upload_id: str) -> Progress:
        upload = self._store.get(upload_id)
        size = upload.size_bytes
        return Progress(upload_id=upload_id, offset_bytes=size, length_bytes=size, upload=upload)

    async def _completed(self, upload_id: str) -> Progress:
        with self._held(upload_id) as (folder, record):
            await self._finish(folder, record)
        return await asyncio.to_thread(self._finished, upload_id)

    async def _finish(self, folder: Path, record: dict[str, Any]) -> Upload:
        about = {**record["about"], "tags": tuple(record["about"]["tags"])}
        try:
            upload = await self._uploads.admit(
                _data(folder, record), filename=record["filename"], sha256=None, about=about
            )
        except MediaError:
            _forget(folder)
            raise
        _forget(folder)  # it has gone to its place
        return upload

    def _open(self, upload_id: str) -> tuple[Path, dict[str, Any]]:
        folder = self._store.incoming / upload_id
        if not ID.fullmatch(upload_id):
            raise UploadNotFound(upload_id)
        try:
            return folder, json.loads(folder.with_suffix(".json").read_text())
        except OSError:
            raise UploadNotFound(upload_id) from None

    @contextlib.contextmanager
    def _held(self, upload_id: str) -> Iterator[tuple[Path, dict[str, Any]]]:
        """Hold an upload against other requests, and return its folder and record."""
        folder, _ = self._open(upload_id)
        lock = FileLock(folder.with_suffix(".lock"))
        if not lock.acquire():
            raise UploadBusy(upload_id)
        try:
            yield self._open(upload_id)  # again: it may have been finished meanwhile
        finally:
            lock.release()
            if not folder.exists():
                folder.with_suffix(".lock").unlink(missing_ok=True)


def parse_metadata(header: str) -> dict[str, str]:
    """
    Return the key-value pairs of an ``Upload-Metadata`` header.

    Raises:
        UploadRejected: a value is not Base64.
    """
    texts = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            texts[key] = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            raise UploadRejected(f"Upload-Metadata: the value of {key!r} is no Base64.") from None
    return texts


def _data(folder: Path, record: dict[str, Any]) -> Path:
    return folder / str(record["filename"])


def _forget(folder: Path) -> None:
    folder.with_suffix(".json").unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


async def _write(
    file: BinaryIO, body: AsyncIterator[bytes], *, length_bytes: int, checksum: str | None
) -> None:
    """
    Append the body to the file.

    What arrived before the connection was lost stays, unless a checksum was to vouch for it.
    """
    digest, expected = _checksum(checksum)
    before_bytes = file.seek(0, os.SEEK_END)
    room_bytes = length_bytes - before_bytes
    is_good = digest is None
    try:
        async for piece in body:
            room_bytes -= len(piece)
            if room_bytes < 0:
                is_good = False
                raise UploadOverrun(Path(file.name).parent.name, length_bytes=length_bytes)
            if digest is not None:
                digest.update(piece)
            await asyncio.to_thread(_append, file, piece)
        is_good = digest is None or digest.digest() == expected
        if not is_good:
            raise UploadChecksumMismatch(Path(file.name).parent.name)
    finally:
        if not is_good:
            file.truncate(before_bytes)


def _append(file: BinaryIO, piece: bytes) -> None:
    try:
        file.write(piece)
        file.flush()
    except OSError as error:
        raise StorageFull(reason=str(error)) from error


def _checksum(header: str | None) -> tuple[Any, bytes]:
    if header is None:
        return None, b""
    name, _, value = header.partition(" ")
    if name not in CHECKSUMS:
        raise UploadRejected(f"Upload-Checksum: use one of {', '.join(CHECKSUMS)}.")
    try:
        return hashlib.new(name, usedforsecurity=False), base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise UploadRejected("Upload-Checksum: the value is no Base64.") from None
