"""Reads an upload form piece by piece: the file goes where it is sent, never into memory."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.services.errors import UploadRejected
from app.services.views import can_be_sent

LONGEST_FIELD_BYTES = 16_384
FIELDS = ("file_type", "description", "tags")
FILE_TYPES = ("audio", "video")


@dataclass(slots=True)
class UploadForm:
    """
    A form that is arriving; feed it with `write`, read its fields after `finish`.

    ``take`` gets the bytes of the field ``file`` as they come.
    """

    take: Callable[[bytes], None]
    boundary: bytes
    filename: str | None = None
    fields: dict[str, bytes] = field(default_factory=dict)
    is_complete: bool = False
    _parser: MultipartParser = field(init=False)
    _name: str = ""
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _header: tuple[bytes, bytes] = (b"", b"")

    def __post_init__(self) -> None:
        try:
            self._parser = MultipartParser(
                self.boundary,
                {
                    "on_part_begin": self._part_begins,
                    "on_header_field": self._header_name,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_ends,
                    "on_headers_finished": self._headers_end,
                    "on_part_data": self._data,
                    "on_end": self._ends,
                },
            )
        except FormParserError as error:
            raise UploadRejected(f"The form cannot be read: {error}.") from error

    def write(self, data: bytes) -> None:
        """
        Take more of the body.

        Raises:
            UploadRejected: it is no form, or not one we know.
        """
        try:
            self._parser.write(data)
        except FormParserError as error:
            raise UploadRejected(f"The form cannot be read: {error}.") from error

    def about(self) -> dict[str, Any]:
        """
        Return what the other fields say of the file.

        Raises:
            UploadRejected: the form is cut short, has no file, or a field makes no sense.
        """
        if not self.is_complete or self.filename is None:
            raise UploadRejected(
                "The form holds no whole file. Send multipart/form-data with the field `file`."
            )
        texts = {name: value.decode("utf-8", "replace") for name, value in self.fields.items()}
        return describe(texts)

    def _part_begins(self) -> None:
        self._headers = {}

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _header_ends(self) -> None:
        name, value = self._header
        self._headers[name.lower()] = value
        self._header = (b"", b"")

    def _headers_end(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        self._name = options.get(b"name", b"").decode("utf-8", "replace")
        if self._name == "file":
            if self.filename is not None:
                raise UploadRejected("The form holds more than one file. Send one at a time.")
            self.filename = options.get(b"filename", b"upload").decode("utf-8", "replace")
        elif self._name in FIELDS:
            self.fields[self._name] = b""
        else:
            raise UploadRejected(
                f"Unknown form field {self._name!r}. Known: file, {', '.join(FIELDS)}."
            )

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._name == "file":
            self.take(data[start:end])
            return
        self.fields[self._name] += data[start:end]
        if len(self.fields[self._name]) > LONGEST_FIELD_BYTES:
            raise UploadRejected(f"The form field {self._name} is too long.")

    def _ends(self) -> None:
        self.is_complete = True


def boundary_of(content_type: str) -> bytes:
    """
    Return the boundary between the parts of a form.

    Raises:
        UploadRejected: the content type is not that of a form with a file.
    """
    kind, options = parse_options_header(content_type)
    boundary: bytes = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not boundary:
        raise UploadRejected("Send the file as multipart/form-data, in the field `file`.")
    return boundary


def describe(texts: dict[str, str]) -> dict[str, Any]:
    """
    Return the fields beside the file: ``file_type``, ``description`` and ``tags``.

    Raises:
        UploadRejected: one of them makes no sense.
    """
    file_type = texts.get("file_type") or None
    if file_type is not None and file_type not in FILE_TYPES:
        raise UploadRejected(f"file_type is {file_type!r}; choose audio or video.")
    return {
        "file_type": file_type,
        "description": texts.get("description") or None,
        "tags": tags_of(texts.get("tags", "")),
    }


def tags_of(text: str) -> tuple[str, ...]:
    """
    Return tags written as a JSON list or with commas.

    >>> tags_of('["a b", "c"]'), tags_of("a b, c")
    (('a b', 'c'), ('a b', 'c'))

    Raises:
        UploadRejected: it begins like JSON and is not a list of texts.
    """
    if not text.lstrip().startswith("["):
        return tuple(word.strip() for word in text.split(",") if word.strip())
    try:
        words = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UploadRejected(f"tags is not a JSON list: {error}.") from error
    if not all(isinstance(word, str) and can_be_sent(word) for word in words):
        raise UploadRejected("tags must be a list of texts.")
    return tuple(words)
