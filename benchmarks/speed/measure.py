"""Runs processes and says what they cost: seconds on the wall, of CPU, and memory at its peak."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

SAMPLE_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What something took; memory is the sum of the processes' proportional set sizes."""

    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int = 0


def ffmpeg() -> str:
    """Return a command-line ffmpeg: the system's, else the one in the imageio-ffmpeg wheel."""
    found = shutil.which("ffmpeg")
    if found is None:
        import imageio_ffmpeg

        found = imageio_ffmpeg.get_ffmpeg_exe()
    return found


def decode_cost(paths: Sequence[Path]) -> Cost:
    """Return what ``ffmpeg -i FILE -f null -`` costs for all the files, run in parallel."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    running = [
        subprocess.Popen(
            [ffmpeg(), "-nostdin", "-v", "error", "-i", os.fspath(path), "-f", "null", "-"],
            stdin=subprocess.DEVNULL,
        )
        for path in paths
    ]
    exit_codes = [process.wait() for process in running]
    wall_seconds = time.perf_counter() - started
    if any(exit_codes):
        raise RuntimeError(f"ffmpeg failed on {', '.join(map(str, paths))}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Cost(wall_seconds=wall_seconds, cpu_seconds=cpu_seconds(after) - cpu_seconds(before))


def cpu_seconds(usage: resource.struct_rusage) -> float:
    """Return user and system time together."""
    return usage.ru_utime + usage.ru_stime


class PeakMemory:
    """The highest sum of memory over a process and its descendants, watched by a thread."""

    def __init__(self, process: psutil.Process) -> None:
        self._process = process
        self._stopped = threading.Event()
        self.peak_bytes = 0

    @contextmanager
    def watched(self) -> Iterator[PeakMemory]:
        """Watch while the block runs; `peak_bytes` is right at any time."""
        watcher = threading.Thread(target=self._watch, daemon=True)
        watcher.start()
        try:
            yield self
        finally:
            self._stopped.set()
            watcher.join()

    def _watch(self) -> None:
        while not self._stopped.wait(SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, _memory_bytes(self._process))


def _memory_bytes(process: psutil.Process) -> int:
    total = 0
    try:
        for one in (process, *process.children(recursive=True)):
            total += one.memory_full_info().pss
    except psutil.NoSuchProcess:
        return 0
    return total
