"""Arrays over a pipe between two processes: two lengths, then the samples."""

from __future__ import annotations

import struct
from typing import IO

import numpy as np

from sync_analyzer.ai.encoder import Array

_SHAPE = struct.Struct("<qq")


def send(sink: IO[bytes], table: Array) -> None:
    """Write one array of shape ``(n_rows, n_columns)``."""
    sink.write(_SHAPE.pack(*table.shape))
    sink.write(np.ascontiguousarray(table, np.float32).tobytes())
    sink.flush()


def receive(source: IO[bytes]) -> Array:
    """
    Return the next array.

    Raises:
        EOFError: the other side closed the pipe.
    """
    rows, columns = _SHAPE.unpack(_exactly(source, _SHAPE.size))
    content = _exactly(source, rows * columns * 4)
    return np.frombuffer(content, np.float32).reshape(rows, columns)


def _exactly(source: IO[bytes], count: int) -> bytes:
    content = source.read(count)
    if len(content) < count:
        raise EOFError(f"{len(content)} of {count} bytes came")
    return content
