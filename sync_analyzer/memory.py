"""How this process gets memory from the system: for programs that do nothing but analyse.

The arrays of an analysis live for milliseconds. The C library gives the larger ones back to
the system each time, which then clears the same pages again: a tenth of a short analysis.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
_KEPT_BYTES, _MAPPED_BYTES = (1 << 31) - 1, 32 << 20
"""The second is the largest that every version of the GNU C library takes."""


def keep_freed_memory() -> bool:
    """
    Let freed arrays of up to 32 MiB be used again before the system gets them back.

    Returns:
        whether this system's C library (GNU's) has such a setting; else nothing is changed.
    """
    library = _gnu_library()
    if library is None:
        return False
    kept = library.mallopt(_TRIM_THRESHOLD, _KEPT_BYTES)
    return bool(library.mallopt(_MMAP_THRESHOLD, _MAPPED_BYTES) and kept)


def give_memory_back() -> None:
    """Hand all unused memory to the system; for between two pieces of work."""
    library = _gnu_library()
    if library is not None:
        library.malloc_trim(0)


def _gnu_library() -> Any:
    if not sys.platform.startswith("linux"):
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None
