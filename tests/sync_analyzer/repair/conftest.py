"""Pairs of files with a known correction, and the reports that would be made of them."""

from __future__ import annotations

import subprocess
from fractions import Fraction

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.media.probe import probe
from sync_analyzer.report import SegmentResult, Speed, SyncReport

RATE_HZ = 48_000
LATE_SAMPLES = 12_345


def music(*, seconds, seed=3, rate_hz=RATE_HZ, channels=2):
    """Return noise bursts on a noise floor, other in each channel, shape (n, channels)."""
    rng = np.random.default_rng(seed)
    samples = 0.02 * rng.standard_normal((int(seconds * rate_hz), channels))
    at = 0.05
    while at < seconds - 0.2:
        start, length = int(at * rate_hz), int(0.1 * rate_hz)
        decay = np.exp(-np.arange(length) / (0.03 * rate_hz))[:, None]
        burst = 0.15 * rng.standard_normal((length, channels)) * decay
        samples[start : start + length] += burst
        at += rng.uniform(0.15, 0.5)
    return np.clip(samples, -0.99, 0.99).astype(np.float32)


def run_ffmpeg(*arguments):
    """Run the ffmpeg that comes with the project; return what it printed."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments]
    done = subprocess.run(
        [str(part) for part in command], check=True, timeout=120, capture_output=True
    )
    return done.stdout


def report_of(
    master, dub, *, segments, rate=1.0, named_rate=None, mode="same", stream=None, **media_changes
):
    """Return the report of a pair of files whose correction is known."""
    sides = {}
    for side, path, chosen in (("master", master, None), ("dub", dub, stream)):
        media = probe(str(path), stream=chosen)
        sides[side] = {
            "path": str(path),
            "container": media.container,
            "codec": media.codec,
            "stream": media.stream,
            "stream_count": media.stream_count,
            "sample_rate_hz": media.sample_rate_hz,
            "channels": media.channels,
            "duration_seconds": media.start_seconds + media.duration_seconds,
            "start_seconds": media.start_seconds,
            "frame_rate": None if media.frame_rate is None else str(media.frame_rate),
            "start_timecode": media.start_timecode,
            "drop_frame": media.drop_frame,
            "tags": dict(media.tags),
        }
    sides["dub"].update(media_changes)
    dub_rate_hz = sides["dub"]["sample_rate_hz"]
    frame_rate = sides["master"]["frame_rate"]
    return SyncReport(
        master_file=str(master),
        dub_file=str(dub),
        match=True,
        verdict="offset",
        offset_seconds=segments[0][2],
        offset_interval_seconds=None,
        confidence=0.99,
        sample_rate_hz=22_050,
        dub_sample_rate_hz=dub_rate_hz,
        frame_rate=None if frame_rate is None else Fraction(frame_rate),
        method_results=(),
        method_failures=(),
        method_agreement=1.0,
        sync_status="",
        recommendations=(),
        segments=tuple(
            SegmentResult(
                master_start_seconds=start,
                master_end_seconds=end,
                offset_seconds=offset,
                rate=rate,
                confidence=0.99,
            )
            for start, end, offset in segments
        ),
        edits=(),
        speed=Speed(
            rate=rate,
            named_rate=named_rate,
            drift_ppm=(rate - 1) * 1e6,
            drift_ms_per_minute=(rate - 1) * 6e4,
            mode=mode,
        ),
        uncovered=(),
        windows=(),
        findings={},
        tolerance={},
        media=sides,
        curve=None,
        provenance={},
    )


@pytest.fixture(scope="session")
def make_music():
    """Return the maker of test sound."""
    return music


@pytest.fixture(scope="session")
def ffmpeg():
    """Return a runner of the ffmpeg that comes with the project."""
    return run_ffmpeg


@pytest.fixture(scope="session")
def make_report():
    """Return the maker of reports."""
    return report_of


@pytest.fixture
def late_pair(tmp_path, make_music, make_report):
    """Return a maker of a master and a dub that is `LATE_SAMPLES` late, as WAV of any kind."""

    def make(*, subtype="PCM_16", channels=2, rate_hz=RATE_HZ):
        master = make_music(seconds=6, channels=channels, rate_hz=rate_hz)
        silence = np.zeros((LATE_SAMPLES, channels), np.float32)
        dub = np.concatenate([silence, master])
        files = [tmp_path / name for name in ("master.wav", "dub.wav")]
        for path, samples in zip(files, (master, dub), strict=True):
            sf.write(path, samples, rate_hz, subtype=subtype)
        return make_report(*files, segments=((0.0, 6.0, -LATE_SAMPLES / rate_hz),))

    return make
