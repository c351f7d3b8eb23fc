"""Decode with the command-line FFmpeg, for the baselines only (the project itself does not)."""

from __future__ import annotations

import subprocess

import numpy as np
from numpy.typing import NDArray


class UndecodedError(Exception):
    """The command gave no sound."""


def decode_stereo(path: str, *, stream: int | None, sample_rate_hz: int) -> NDArray[np.float32]:
    """
    Return left and right, float32, shape ``(n, 2)``, as the decoder gives them.

    Raises:
        UndecodedError: there is no such file or stream, or nothing came out.
    """
    import imageio_ffmpeg

    done = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, "-map", f"0:a:{stream or 0}",
         "-ac", "2", "-ar", str(sample_rate_hz), "-f", "f32le", "-"],
        capture_output=True, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    samples = np.frombuffer(done.stdout, dtype=np.float32).reshape(-1, 2)
    if len(samples) < sample_rate_hz // 10:
        raise UndecodedError(done.stderr.decode(errors="replace")[-200:] or "too little sound")
    return np.nan_to_num(samples, nan=0.0, posinf=0.0, neginf=0.0)
