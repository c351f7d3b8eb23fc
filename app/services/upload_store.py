"""Uploaded files: each in a folder of its own, there whole or not at all.

Below UPLOAD_DIR::

    .incoming/<id>/...         what is still arriving; never listed, never readable by path
    <id>/<name>                the file
    <id>/.upload.json          what is known of it

A finished upload appears by renaming its folder, so no process that dies leaves a part.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import re
import shutil
import time
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.services.errors import FileTooLarge, StorageFull, UploadNotFound
from app.services.job import new_id, now
from app.services.paths import INCOMING
from app.services.views import wire_time

RECORD = ".upload.json"
ID = re.compile(r"file_\d{8}_\d{6}_[0-9a-f]{8}")
LONGEST_NAME_BYTES = 200
SPARE_BYTES = 64 * 1024 * 1024
"""Disk space that an upload must leave free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that arrived whole."""

    file_id: str
    filename: str
    path: str
    size_bytes: int
    sha256: str
    created_at: str
    file_type: str | None = None
    description: str | None = None
    tags: tuple[str, ...] = ()
    media: dict[str, Any] | None = None


class Draft:
    """A file that is arriving; `write` counts and hashes as it goes."""

    def __init__(self, folder: Path, file_id: str, *, max_bytes: int) -> None:
        self.file_id = file_id
        self.folder = folder
        self.size_bytes = 0
        self._max_bytes = max_bytes
        self._digest = hashlib.sha256()
        folder.mkdir(parents=True)
        self._file: BinaryIO = (folder / "data").open("xb")

    @property
    def data(self) -> Path:
        """Where the bytes are."""
        return self.folder / "data"

    @property
    def sha256(self) -> str:
        """The hash of what arrived so far, in hex."""
        return self._digest.hexdigest()

    def write(self, data: bytes) -> None:
        """
        Take more bytes.

        Raises:
            FileTooLarge: there are more than MAX_FILE_SIZE.
            StorageFull: the disk is.
        """
        self.size_bytes += len(data)
        if self.size_bytes > self._max_bytes:
            raise FileTooLarge(max_bytes=self._max_bytes)
        self._digest.update(data)
        try:
            self._file.write(data)
        except OSError as error:
            raise StorageFull(reason=str(error)) from error

    def finish(self) -> None:
        """
        Bring the bytes to the disk.

        Raises:
            StorageFull: they do not fit.
        """
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
        except OSError as error:
            raise StorageFull(reason=str(error)) from error

    def discard(self) -> None:
        """Remove every trace; harmless after the file was published."""
        self._file.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class UploadStore:
    """The folder of uploads."""

    def __init__(self, folder: Path, *, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    @property
    def incoming(self) -> Path:
        """Where drafts are."""
        return self._folder / INCOMING

    def draft(self) -> Draft:
        """
        Return a new empty draft.

        Raises:
            StorageFull: there is hardly any space left.
        """
        self.check_space(0)
        file_id = new_id("file")
        return Draft(self.incoming / file_id, file_id, max_bytes=self._max_bytes)

    def check_space(self, wanted_bytes: int) -> None:
        """
        Pass an upload that fits.

        Raises:
            FileTooLarge: it is larger than MAX_FILE_SIZE.
            StorageFull: the disk has no room for it.
        """
        if wanted_bytes > self._max_bytes:
            raise FileTooLarge(max_bytes=self._max_bytes)
        self._folder.mkdir(parents=True, exist_ok=True)  # somebody may have tidied up
        free_bytes = shutil.disk_usage(self._folder).free
        if free_bytes < wanted_bytes + SPARE_BYTES:
            raise StorageFull(reason=f"{free_bytes} bytes are free")

    def publish(
        self, file: Path, *, sha256: str, media: dict[str, Any], about: dict[str, Any]
    ) -> Upload:
        """Let the folder of the finished draft ``file`` appear as an upload."""
        place = self._folder / file.parent.name
        upload = Upload(
            file_id=place.name,
            filename=file.name,
            path=str(place / file.name),
            size_bytes=file.stat().st_size,
            sha256=sha256,
            created_at=str(wire_time(now())),
            media={**media, "path": str(place / file.name)},
            **about,
        )
        (file.parent / RECORD).write_text(json.dumps(dataclasses.asdict(upload)))
        file.parent.rename(place)
        return upload

    def get(self, file_id: str) -> Upload:
        """
        Return what is known of an upload.

        Raises:
            UploadNotFound: there is none with this id.
        """
        try:
            plain = json.loads((self._place(file_id) / RECORD).read_text())
        except OSError:
            raise UploadNotFound(file_id) from None
        upload = Upload(**{**plain, "tags": tuple(plain["tags"])})
        if not Path(upload.path).is_file():
            raise UploadNotFound(file_id)
        return upload

    def delete(self, file_id: str) -> Upload:
        """
        Remove an upload.

        Raises:
            UploadNotFound: there is none with this id.
        """
        upload = self.get(file_id)
        hidden = self.incoming / f"{file_id}.deleted"
        self.incoming.mkdir(exist_ok=True)
        self._place(file_id).rename(hidden)
        shutil.rmtree(hidden, ignore_errors=True)
        return upload

    def sweep(self, *, older_than_seconds: float) -> None:
        """Remove drafts that nobody has written to for a while."""
        oldest = time.time() - older_than_seconds
        used_at: dict[str, float] = {}
        entries = list(self.incoming.glob("*"))
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                newest = max(one.stat().st_mtime for one in [entry, *entry.glob("*")])
                used_at[entry.stem] = max(used_at.get(entry.stem, 0.0), newest)
        for entry in entries:
            if used_at.get(entry.stem, 0.0) < oldest:
                if entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)
                else:
                    entry.unlink(missing_ok=True)

    def _place(self, file_id: str) -> Path:
        if not ID.fullmatch(file_id):
            raise UploadNotFound(file_id)
        return self._folder / file_id


def safe_name(given: str) -> str:
    """
    Return a file name that is only a name: no folders, control characters or leading dots.

    >>> safe_name("../../etc/pass wd.wav")
    'pass wd.wav'
    >>> safe_name("...")
    'upload'
    """
    last = unicodedata.normalize("NFC", given).replace("\\", "/").rpartition("/")[2]
    printable = "".join(letter if letter.isprintable() else "_" for letter in last)
    name = printable.strip().lstrip(".").strip() or "upload"
    stem, dot, suffix = name.rpartition(".")
    if not dot:
        stem, suffix = name, ""
    suffix = suffix[:16]
    room = LONGEST_NAME_BYTES - len((dot + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + suffix
