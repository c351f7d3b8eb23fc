"""Views in memory that a child process fills and its parent reads, with nothing to clean up."""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.media.views import VIEWS

_SAMPLE_BYTES = 2


def new_descriptors() -> dict[str, int]:
    """
    Return one descriptor a view, each of memory without a name.

    The memory is gone once the last process that has it open or mapped has let go of it,
    however that process ends.
    """
    return {name: _nameless(name) for name in VIEWS}


def _nameless(name: str) -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create(name)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def close(descriptors: Mapping[str, int]) -> None:
    """Close the descriptors; what is mapped stays mapped."""
    for descriptor in descriptors.values():
        os.close(descriptor)


def writable(descriptor: int, *, count: int) -> NDArray[np.float16]:
    """Return ``count`` zeros whose memory is the descriptor's; what was there is gone."""
    os.ftruncate(descriptor, 0)
    os.ftruncate(descriptor, count * _SAMPLE_BYTES)
    return readable(descriptor, count=count)


def readable(descriptor: int, *, count: int) -> NDArray[np.float16]:
    """Return the first ``count`` samples of the descriptor's memory."""
    if not count:
        return np.zeros(0, np.float16)
    return np.frombuffer(mmap.mmap(descriptor, count * _SAMPLE_BYTES), np.float16)
