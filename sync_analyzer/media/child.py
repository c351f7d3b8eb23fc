"""Decodes one file in a process of its own, into memory shared with the parent."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TextIO

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.errors import MediaError
from sync_analyzer.media import shared
from sync_analyzer.media.decode import Decoding
from sync_analyzer.media.track import Media, Track, Waveform
from sync_analyzer.run import Run

_HEADROOM = 2
_POLL_SECONDS = 0.05
_CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from sync_analyzer.media.child import main; main()"
)


def command(request: Mapping[str, Any]) -> list[str]:
    """Return the command line of a child, which sees the modules that this process sees."""
    return [sys.executable, "-I", "-c", _CODE, json.dumps(sys.path), json.dumps(request)]


class ChildFailed(Exception):
    """The child ended without a track; the parent decodes the file itself."""


class Child:
    """
    The parent's end: a running child process.

    Use as a context manager: leaving it ends the process, whatever it is doing. The
    process also ends by itself when its parent dies, because its standard input closes.
    """

    available = os.name == "posix"

    def __init__(self, media: Media, *, sample_rate_hz: int, progress_label: str) -> None:
        self.fraction = 0.0
        self.message = f"{progress_label.lower()} - starting"
        self._media = media
        self._sample_rate_hz = sample_rate_hz
        self._descriptors = shared.new_descriptors()
        self._answer: dict[str, Any] | None = None
        self._unread = b""
        request = {
            "media": {**asdict(media), "frame_rate": None, "tags": {}},
            "sample_rate_hz": sample_rate_hz,
            "progress_label": progress_label,
            "descriptors": self._descriptors,
        }
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            command(request),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=tuple(self._descriptors.values()),
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        shared.close(self._descriptors)

    def look(self) -> bool:
        """Take in what the child has said; return whether it has ended."""
        assert self._process.stdout is not None
        ended = self._process.poll() is not None
        while True:
            heard = self._process.stdout.read(1 << 16)
            if not heard:
                break
            *lines, self._unread = (self._unread + heard).split(b"\n")
            for line in lines:
                self._take(json.loads(line))
        return ended

    def track(self, run: Run) -> Track:
        """
        Return the track once the child has it; ``run`` is looked at meanwhile.

        Raises:
            ChildFailed: the child ended without one.
        """
        while not self.look():
            run.checkpoint(self.fraction, f"Decoding {self.message}")
            time.sleep(_POLL_SECONDS)
        if self._answer is None:
            raise ChildFailed
        counts: dict[str, int] = self._answer["counts"]
        views = {
            name: Waveform(
                samples=shared.readable(self._descriptors[name], count=count),
                sample_rate_hz=self._sample_rate_hz,
            )
            for name, count in counts.items()
        }
        return Track(
            media=self._media,
            views=views,
            duration_seconds=self._answer["duration_seconds"],
            applied=self._answer["applied"],
            warnings=tuple(self._answer["warnings"]),
        )

    def _take(self, said: dict[str, Any]) -> None:
        if "counts" in said:
            self._answer = said
        else:
            self.fraction = said["fraction"]
            self.message = said["message"].removeprefix("Decoding ")


def main() -> None:
    """Run as the child: decode what the last argument asks for, telling of it line by line."""
    threading.Thread(target=_die_with_parent, daemon=True).start()
    request = json.loads(sys.argv[-1])
    answers = sys.stdout
    try:
        _say(answers, _decoded(request, answers))
    except MediaError:
        sys.exit(1)


def _decoded(request: Mapping[str, Any], answers: TextIO) -> dict[str, Any]:
    descriptors: dict[str, int] = request["descriptors"]

    def allocate(name: str, count: int) -> NDArray[np.float16]:
        return shared.writable(descriptors[name], count=count * _HEADROOM)

    def progress(fraction: float, message: str) -> None:
        _say(answers, {"fraction": fraction, "message": message})

    track = Decoding(
        media=Media(**request["media"]),
        sample_rate_hz=request["sample_rate_hz"],
        progress_label=request["progress_label"],
        allocate=allocate,
    ).run(Run(progress=progress))
    return {
        "counts": {name: len(view.samples) for name, view in track.views.items()},
        "duration_seconds": track.duration_seconds,
        "applied": dict(track.applied),
        "warnings": list(track.warnings),
    }


def _say(answers: TextIO, what: Mapping[str, Any]) -> None:
    print(json.dumps(what), file=answers, flush=True)


def _die_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)
    os._exit(1)
