"""The only place that runs the ffmpeg program: with progress, cancellation and its own words."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from sync_analyzer.errors import RepairFailed, RepairUnavailable
from sync_analyzer.run import Run

_BLOCK_BYTES = 1 << 20

_GUARD = """
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL)
def watch():
    sys.stdin.buffer.read()
    child.kill()
threading.Thread(target=watch, daemon=True).start()
os._exit(child.wait() & 255)
"""
"""
A process between this one and ffmpeg that ends ffmpeg as soon as this one is gone, however
it went: its standard input comes to an end.
"""


def ffmpeg_program() -> str:
    """
    Return the path of the ffmpeg that comes with imageio-ffmpeg, else of one on the PATH.

    Raises:
        RepairUnavailable: there is neither.
    """
    try:
        import imageio_ffmpeg  # noqa: PLC0415

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        found = shutil.which("ffmpeg")
        if found is None:
            raise RepairUnavailable from None
        return found


def read_from(path: object) -> list[str]:
    """Return the arguments that name a file to read: a file and nothing it may point to."""
    return ["-protocol_whitelist", "file", "-i", f"file:{path}"]


def run_ffmpeg(
    arguments: Sequence[str], *, output_path: str, seconds: float, run: Run, message: str
) -> None:
    """
    Run ffmpeg to its end.

    Args:
        arguments: everything after the program's name.
        output_path: named in the error, for a person.
        seconds: how much sound it will write, for the progress.
        run: is told of progress and may cancel.
        message: what the progress says.

    Raises:
        RepairFailed: ffmpeg failed; in its own words.
        AnalysisCancelled: the run was cancelled.
    """
    progress = ["-progress", "pipe:1", "-stats_period", "0.2"]
    with _started([*progress, *arguments], output_path) as stdout:
        for line in stdout:
            name, _, value = line.decode("ascii", "replace").strip().partition("=")
            if name == "out_time_us" and value.isdigit():
                run.checkpoint(int(value) / 1e6 / max(seconds, 1e-3), message)


def stream_ffmpeg(
    arguments: Sequence[str],
    write: Callable[[bytes], object],
    *,
    output_path: str,
    total_bytes: int,
    run: Run,
    message: str,
) -> int:
    """
    Run ffmpeg and hand what it writes to its output to ``write``, block by block.

    Returns:
        how many bytes that were.

    Raises:
        RepairFailed: ffmpeg failed; in its own words.
        AnalysisCancelled: the run was cancelled.
    """
    done = 0
    with _started(arguments, output_path) as stdout:
        while block := stdout.read(_BLOCK_BYTES):
            write(block)
            done += len(block)
            run.checkpoint(done / max(total_bytes, 1), message)
    return done


@contextmanager
def _started(arguments: Sequence[str], output_path: str) -> Iterator[IO[bytes]]:
    command = [sys.executable, "-I", "-S", "-c", _GUARD, ffmpeg_program()]
    command += ["-nostdin", "-hide_banner", "-v", "error", *arguments]
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout
            code = process.wait()
        finally:
            process.stdin.close()
            process.wait()
            process.stdout.close()
        if code != 0:
            complaints.seek(0)
            raise RepairFailed(output_path, _last_words(complaints.read()))


def _last_words(complaints: bytes) -> str:
    lines = [line for line in complaints.decode("utf-8", "replace").splitlines() if line.strip()]
    return "; ".join(lines[-3:])[:600] or "ffmpeg stopped without a word"
