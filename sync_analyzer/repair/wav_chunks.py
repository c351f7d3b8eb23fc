"""
Reads a WAV file's chunks and writes a new WAV around other samples, chunks kept.

RIFF, RF64 and BW64. Everything that is not about the samples themselves (``bext``, ``iXML``,
``axml``, ``chna``, ``LIST`` and what nobody here knows) is copied byte for byte.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

BOUND_TO_OLD_SAMPLES = frozenset(
    {b"data", b"ds64", b"fact", b"JUNK", b"junk", b"PAD ", b"FLLR", b"PEAK", b"levl", b"cue ",
     b"plst", b"smpl"}
)  # fmt: skip
"""Chunks that are rewritten or left out: sizes, padding, peaks and marks of the old samples."""

_LARGEST_RIFF = 0xFFFF_FFFF - 8
_UNKNOWN = 0xFFFF_FFFF
_TIME_REFERENCE_AT = 338
_LONGEST_CHUNK_BYTES = 1 << 30


@dataclass(frozen=True, slots=True, kw_only=True)
class WavFrame:
    """
    All of a WAV file but its samples: chunks before and after them.

    The samples lie from ``data_at`` on, ``data_bytes`` long by what the header says; None
    where it does not say.
    """

    form: bytes
    fmt: bytes
    before: tuple[tuple[bytes, bytes], ...]
    after: tuple[tuple[bytes, bytes], ...]
    dropped: tuple[str, ...]
    data_at: int
    data_bytes: int | None

    @property
    def block_bytes(self) -> int:
        """Bytes of one sample of all channels."""
        return int(struct.unpack_from("<H", self.fmt, 12)[0])


def read_frame(path: str) -> WavFrame | None:
    """Return the chunks of a WAV file, None where the file is none."""
    with open(path, "rb") as file:
        head = file.read(12)
        if head[:4] not in {b"RIFF", b"RF64", b"BW64"} or head[8:12] != b"WAVE":
            return None
        chunks = _read_chunks(file)
    if chunks.fmt is None or len(chunks.fmt) < 16 or chunks.data is None:
        return None
    return WavFrame(
        form=head[:4],
        fmt=chunks.fmt,
        before=tuple(chunks.before),
        after=tuple(chunks.after),
        dropped=tuple(chunks.dropped),
        data_at=chunks.data[0],
        data_bytes=chunks.data[1],
    )


@dataclass(slots=True, kw_only=True)
class _Chunks:
    before: list[tuple[bytes, bytes]] = field(default_factory=list)
    after: list[tuple[bytes, bytes]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    fmt: bytes | None = None
    data: tuple[int, int | None] | None = None


def _read_chunks(file: IO[bytes]) -> _Chunks:
    found = _Chunks()
    long_data_bytes = 0
    while len(header := file.read(8)) == 8:
        name, length = header[:4], struct.unpack("<I", header[4:])[0]
        if name == b"data":
            length = long_data_bytes if length == _UNKNOWN and long_data_bytes else length
            known = None if length == _UNKNOWN else length
            found.data = found.data or (file.tell(), known)
            if known is None:
                break
            file.seek(length + length % 2, 1)
            continue
        if length > _LONGEST_CHUNK_BYTES:
            break
        content = file.read(length)
        file.seek(length % 2, 1)
        if name == b"ds64" and len(content) >= 16:
            long_data_bytes = struct.unpack_from("<Q", content, 8)[0]
        if name == b"fmt ":
            found.fmt = content
        elif name in BOUND_TO_OLD_SAMPLES:
            found.dropped += [name.decode("latin-1").strip()] if name in _SPOKEN_OF else []
        elif len(content) == length:
            (found.after if found.data else found.before).append((name, content))
    return found


_SPOKEN_OF = frozenset({b"cue ", b"plst", b"smpl"})


def header_bytes(frame: WavFrame, *, samples: int, time_reference: int | None = None) -> bytes:
    """
    Return everything that comes before the samples.

    Args:
        frame: chunks of the source.
        samples: samples per channel that will follow.
        time_reference: start label in samples since midnight for ``bext``; None keeps it.
    """
    data_bytes = samples * frame.block_bytes
    chunks = b"".join(
        _chunk(name, _relabelled(content, time_reference) if name == b"bext" else content)
        for name, content in frame.before
    )
    body = chunks + _chunk(b"fmt ", frame.fmt)
    tail = trailer_bytes(frame, samples=samples, time_reference=time_reference)
    riff_bytes = 4 + len(body) + 8 + data_bytes + len(tail)
    long = riff_bytes + 36 > _LARGEST_RIFF or frame.form != b"RIFF"
    if not long:
        lengths = struct.pack("<I", riff_bytes), struct.pack("<I", data_bytes)
        return b"RIFF" + lengths[0] + b"WAVE" + body + b"data" + lengths[1]
    form = b"RF64" if frame.form == b"RIFF" else frame.form
    ds64 = struct.pack("<QQQI", riff_bytes + 36, data_bytes, samples, 0)
    unknown = struct.pack("<I", _UNKNOWN)
    return form + unknown + b"WAVE" + _chunk(b"ds64", ds64) + body + b"data" + unknown


def trailer_bytes(frame: WavFrame, *, samples: int, time_reference: int | None = None) -> bytes:
    """Return everything that comes after the samples, their padding byte first."""
    padding = b"\0" * (samples * frame.block_bytes % 2)
    return padding + b"".join(
        _chunk(name, _relabelled(content, time_reference) if name == b"bext" else content)
        for name, content in frame.after
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _relabelled(bext: bytes, time_reference: int | None) -> bytes:
    if time_reference is None or len(bext) < _TIME_REFERENCE_AT + 8:
        return bext
    label = struct.pack("<Q", time_reference)
    return bext[:_TIME_REFERENCE_AT] + label + bext[_TIME_REFERENCE_AT + 8 :]


def spoken_of(dropped: Sequence[str]) -> str | None:
    """Return the sentence about marks that could not be kept, None without any."""
    if not dropped:
        return None
    names = ", ".join(dict.fromkeys(dropped))
    return f"Marks in the dub's {names} chunks name samples of the old timeline and were left out."
