"""Reads the sizes in a WAV file's header, to see whether samples are missing at its end."""

from __future__ import annotations

import struct

_UNKNOWN = 0xFFFFFFFF
_CHUNK_BYTES = 8


def data_bytes(path: str, *, size_bytes: int) -> tuple[int, int]:
    """
    Return how many bytes of audio a WAV file's header promises, and how many are there.

    ``(0, 0)`` for a length that is not known and for other formats.
    """
    with open(path, "rb") as file:
        riff = file.read(12)
        if riff[:4] != b"RIFF" or riff[8:12] != b"WAVE":
            return 0, 0
        position = 12
        while position + _CHUNK_BYTES <= size_bytes:
            file.seek(position)
            header = file.read(_CHUNK_BYTES)
            length: int = struct.unpack("<I", header[4:])[0]
            position += _CHUNK_BYTES
            if header[:4] == b"data":
                known = length if length != _UNKNOWN else 0
                return known, min(known, size_bytes - position)
            position += length + length % 2
    return 0, 0
