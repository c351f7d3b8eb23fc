"""Write and read the corpus's files with the ffmpeg command, and measure what a codec delays."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.corpus.delays import measured_delay_seconds
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, mono, rms

ENCODINGS: dict[str, tuple[str, tuple[str, ...]]] = {
    "flac": ("flac", ("-c:a", "flac")),
    "wav": ("wav", ("-c:a", "pcm_s16le")),
    "mp3": ("mp3", ("-c:a", "libmp3lame", "-b:a", "64k")),
    "aac": ("m4a", ("-c:a", "aac", "-b:a", "96k")),
    "opus": ("opus", ("-c:a", "libopus", "-b:a", "32k")),
    "ac3": ("ac3", ("-c:a", "ac3", "-b:a", "192k")),
    "phone": ("wav", ("-ar", "8000", "-ac", "1", "-c:a", "pcm_mulaw")),
    "adts": ("aac", ("-c:a", "aac", "-b:a", "96k")),
    "aac48": ("m4a", ("-c:a", "aac", "-b:a", "48k")),
    "opus24": ("opus", ("-c:a", "libopus", "-b:a", "24k")),
    "mp348": ("mp3", ("-c:a", "libmp3lame", "-b:a", "48k")),
    "ac3lo": ("ac3", ("-c:a", "ac3", "-b:a", "96k")),
}
"""Name of an encoding: file suffix and the encoder's arguments."""

PLAUSIBLE_SECONDS = 0.1
"""No encoder here is later than this; more means that a tone or a loop was matched."""

LOW_RATE = ("aac48", "opus24", "mp348", "ac3lo")


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg; it must succeed."""
    subprocess.run(["ffmpeg", "-v", "error", "-y", *arguments], check=True)


def decode(path: str, *arguments: str, stream: int = 0) -> Audio:
    """Return one stream as ffmpeg decodes it, mono."""
    done = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", f"0:a:{stream}", *arguments,
         "-ac", "1", "-ar", str(SR), "-f", "f32le", "-"],
        capture_output=True, check=False,
    )  # fmt: skip
    return np.frombuffer(done.stdout, np.float32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A file of the corpus; its decoded sound is late by ``codec_delay_seconds``."""

    path: Path
    codec_delay_seconds: float


def write_wav(path: Path, samples: Audio, *, subtype: str = "PCM_16", rate_hz: int = SR) -> None:
    """Write samples as they are (clipped to full scale where the format is integer)."""
    import soundfile

    soundfile.write(path, samples, rate_hz, subtype=subtype)


def write(
    path_without_suffix: Path,
    samples: Audio,
    encoding: str,
    extra: Sequence[str],
    *,
    measured: bool = True,
) -> Written:
    """
    Encode the samples; the codec's delay is measured on the file that came out.

    Where nobody needs it, ``measured`` is False: a loop fits at many delays alike.
    """
    suffix, arguments = ENCODINGS[encoding]
    path = path_without_suffix.with_name(f"{path_without_suffix.name}.{suffix}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.wav"
        write_wav(plain, np.clip(samples, -1, 1))
        ffmpeg("-i", str(plain), *arguments, *extra, str(path))
    delay = 0.0
    if measured and encoding not in ("flac", "wav") and rms(samples) > 1e-5:
        start = len(samples) * 2 // 3
        length = min(8 * SR, len(samples) // 4)
        original = mono(samples)[start : start + length]
        decoded = decode(str(path))[start - SR // 2 : start + length + SR // 2]
        delay = measured_delay_seconds(original, decoded, max_seconds=1.2) - 0.5
        if abs(delay) > PLAUSIBLE_SECONDS:
            raise ValueError(f"{path}: a codec delay of {delay:.4f} s was not measured rightly")
    return Written(path=path, codec_delay_seconds=delay)
