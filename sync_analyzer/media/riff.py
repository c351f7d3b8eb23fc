"""Reads the sizes in a WAV file's header, to see whether samples are missing at its end."""

from __future__ import annotations

import struct

_UNKNOWN = 0xFFFFFFFF
_CHUNK_BYTES = 8


def missing_bytes(path: str, *, size_bytes: int) -> int:
    """
    Return how many bytes of audio the header promises beyond the end of the file.

    0 for a file that is whole, of unknown length, or no RIFF WAVE file.
    """
    with open(path, "rb") as file:
        riff = file.read(12)
        if riff[:4] != b"RIFF" or riff[8:12] != b"WAVE":
            return 0
        position = 12
        while position + _CHUNK_BYTES <= size_bytes:
            file.seek(position)
            header = file.read(_CHUNK_BYTES)
            if len(header) < _CHUNK_BYTES:
                return 0
            length: int = struct.unpack("<I", header[4:])[0]
            end = position + _CHUNK_BYTES + length
            if header[:4] == b"data":
                return max(0, end - size_bytes) if length != _UNKNOWN else 0
            position = end + length % 2
    return 0
