"""Turns arrays into PNG images: a palette and the file format, nothing else."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_ANCHORS = (
    (12, 13, 34),
    (48, 25, 92),
    (104, 34, 112),
    (164, 50, 101),
    (216, 84, 72),
    (246, 143, 48),
    (252, 206, 90),
    (252, 250, 214),
)


def palette() -> NDArray[np.uint8]:
    """Return 256 colours from dark to light, shape ``(256, 3)``; lightness only rises."""
    anchors = np.asarray(_ANCHORS, np.float64)
    at = np.linspace(0, len(anchors) - 1, 256)
    columns = [np.interp(at, np.arange(len(anchors)), anchors[:, c]) for c in range(3)]
    colors: NDArray[np.uint8] = np.stack(columns, axis=1).round().astype(np.uint8)
    return colors


def png_of(levels: NDArray[np.float64]) -> bytes:
    """
    Return a PNG file of a picture in `palette`.

    Args:
        levels: shape ``(rows, columns)``, 0..1, row 0 on top.
    """
    indices = np.clip(np.round(levels * 255), 0, 255).astype(np.uint8)
    rows, columns = indices.shape
    lines = np.zeros((rows, columns + 1), np.uint8)
    lines[:, 1:] = indices
    header = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", palette().tobytes()),
        (b"IDAT", zlib.compress(lines.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
