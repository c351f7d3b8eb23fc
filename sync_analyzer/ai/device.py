"""What a result says about the device it ran on."""

from __future__ import annotations

import sys


def peak_process_mib() -> int:
    """Return the largest resident size of this process so far, in MiB."""
    try:
        import resource  # noqa: PLC0415  (absent on Windows)
    except ImportError:
        return 0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak // (1 << 20 if sys.platform == "darwin" else 1 << 10))


def peak_child_mib(pid: int) -> int:
    """Return the largest resident size of a running child process, in MiB; 0 if unknown."""
    import psutil  # noqa: PLC0415  (only this one caller needs it)

    try:
        info = psutil.Process(pid).memory_info()
    except psutil.Error:
        return 0
    return int(getattr(info, "peak_wset", info.rss) >> 20)
