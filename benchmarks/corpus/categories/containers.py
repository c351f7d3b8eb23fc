"""k: the audio of video files, with the truth on the presentation timeline."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.corpus.categories.shared import plain_dub
from benchmarks.corpus.delays import delayed, measured_delay_seconds
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, mono
from benchmarks.corpus.media import decode, ffmpeg, write_wav
from benchmarks.corpus.mixing import make_master
from benchmarks.corpus.studio import Studio

SECONDS = 30
PRIMING_SECONDS = 0.0213
"""One AAC frame: two readings of a container without an edit list differ by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One container around a dub."""

    suffix: str
    arguments: tuple[str, ...]
    notes: str
    delay_seconds: float = 0.0
    mux_delay_seconds: float = 0.0
    decoy: bool = False
    either_priming: bool = False


CASES = (
    _Case(
        suffix="mkv",
        arguments=("-c:a", "flac"),
        mux_delay_seconds=0.5,
        notes="audio delayed 500 ms in the mux",
    ),
    _Case(suffix="mp4", arguments=("-c:a", "aac"), delay_seconds=0.2, notes="mp4/aac"),
    _Case(
        suffix="ts",
        arguments=("-c:a", "mp2"),
        delay_seconds=-0.32,
        notes="MPEG-TS, non-zero start",
        either_priming=True,
    ),
    _Case(
        suffix="mkv",
        arguments=("-c:a", "aac"),
        delay_seconds=0.12,
        notes="two audio streams, the dub is the second",
        decoy=True,
        either_priming=True,
    ),
)


def _delays(path: Path, original: Audio, stream: int) -> tuple[float, float]:
    """Return how late the stream's sound is: as decoded, and on the presentation timeline."""
    heard = decode(str(path), stream=stream)[8 * SR : 20 * SR]
    raw = measured_delay_seconds(mono(original)[10 * SR : 18 * SR], heard, max_seconds=2.5) - 2
    if path.suffix == ".mp4":
        return raw, raw
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    probed = json.loads(done.stdout)
    audio = [one for one in probed["streams"] if one["codec_type"] == "audio"][stream]
    start = float(audio["start_time"]) - max(0.0, float(probed["format"]["start_time"]))
    return raw, raw + start


def containers(studio: Studio) -> None:
    """Make category k."""
    master = make_master(studio, "k/km", studio.programme("km", SECONDS))
    dub, _ = plain_dub(studio, master, "fr", 4, 0)
    with tempfile.TemporaryDirectory() as scratch:
        picture, sound = Path(scratch) / "picture.mp4", Path(scratch) / "sound.wav"
        ffmpeg("-f", "lavfi", "-i", f"testsrc2=s=160x90:r=25:d={SECONDS}", "-c:v", "libx264",
               "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(picture))  # fmt: skip
        write_wav(sound, master.samples)
        path = studio.folder / "k/master.mp4"
        ffmpeg("-i", str(picture), "-i", str(sound), "-map", "0:v", "-map", "1:a",
               "-c:v", "copy", "-c:a", "aac", str(path))  # fmt: skip
        known = _delays(path, master.samples, 0)
        for index, case in enumerate(CASES, start=1):
            _add_case(studio, index, case, dub, picture, (path, known))


def _add_case(
    studio: Studio,
    index: int,
    case: _Case,
    dub: Audio,
    picture: Path,
    master: tuple[Path, tuple[float, float]],
) -> None:
    path = studio.folder / f"k/k{index}.{case.suffix}"
    samples = delayed(dub, case.delay_seconds * SR)
    _mux(path, case, samples, picture)
    stream = 1 if case.decoy else 0
    (raw_master, shown_master), (raw, shown) = master[1], _delays(path, samples, stream)
    offset = round(-(case.delay_seconds + shown - shown_master), 4)
    studio.record(
        id=f"k{index}", category="k", master=studio.relative(master[0]),
        dub=studio.relative(path), master_stream=0, dub_stream=stream, match=True,
        offset_seconds=offset,
        offset_seconds_raw_decode=round(-(case.delay_seconds + raw - raw_master), 4), rate=1.0,
        segments=[{
            "master_start": round(max(0, offset), 3),
            "master_end": round(min(SECONDS, SECONDS + offset), 3),
            "offset_seconds": offset,
        }],
        notes=f"{case.notes}; offset_seconds is PTS-aware",
        accept_alt=[round(offset + sign * PRIMING_SECONDS, 4) for sign in (1, -1)]
        if case.either_priming else [],
    )  # fmt: skip


def _mux(path: Path, case: _Case, samples: Audio, picture: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        sound, decoy = Path(scratch) / "sound.wav", Path(scratch) / "decoy.wav"
        write_wav(sound, np.clip(samples, -1, 1))
        late = ["-itsoffset", str(case.mux_delay_seconds)] if case.mux_delay_seconds else []
        inputs = ["-i", str(picture), *late, "-i", str(sound)]
        maps = ["-map", "0:v", "-map", "1:a"]
        if case.decoy:
            write_wav(decoy, np.roll(samples, 5 * SR, axis=0)[::-1])
            inputs += ["-i", str(decoy)]
            maps = ["-map", "0:v", "-map", "2:a", "-map", "1:a"]
        ffmpeg(*inputs, *maps, "-c:v", "copy", *case.arguments, str(path))
