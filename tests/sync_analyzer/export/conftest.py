"""Finished reports of every verdict, made by hand; sounds to apply them to."""

from __future__ import annotations

import subprocess
from fractions import Fraction

import imageio_ffmpeg
import numpy as np
import pytest

from sync_analyzer.report import (
    Edit,
    MethodResult,
    SegmentResult,
    Speed,
    SyncReport,
    Uncovered,
    Window,
)

RATE_HZ = 48_000


def make_report(
    *,
    segments=((0.0, 60.0, -2.0),),
    rate=1.0,
    named_rate=None,
    mode="same",
    verdict="offset",
    match=True,
    master_seconds=60.0,
    dub_seconds=62.0,
    frame_rate="25",
    start_timecode="10:00:00:00",
    drop_frame=False,
    master_file="/media/master.wav",
    dub_file="/media/dub.wav",
    sample_rate_hz=RATE_HZ,
    channels=2,
    codec="pcm_s16le",
    edits=(),
    uncovered=(),
    stream=0,
    dub_start_seconds=0.0,
):
    """Return a report whose segments are ``(master start, master end, offset)``."""
    longest = max(segments, key=lambda s: s[1] - s[0], default=None)
    offset = None if longest is None else longest[2] - (1.0 - rate) * longest[0]
    rng = np.random.default_rng(7)
    windows = [
        Window(
            master_seconds=float(at),
            offset_seconds=start_offset + (1.0 - rate) * (at - start) + rng.normal(0, 3e-4),
            score=float(rng.uniform(4, 20)),
            method="correlation" if index % 3 else "mfcc",
        )
        for start, end, start_offset in segments
        for index, at in enumerate(np.arange(start + 2.0, end, 2.0))
    ]
    lags = np.linspace(-30, 30, 1201)
    center = offset if offset is not None else 0.0
    score = 9 * np.exp(-(((lags - center) / 0.05) ** 2)) + rng.random(1201)
    media = {
        "duration_seconds": master_seconds,
        "sample_rate_hz": sample_rate_hz,
        "channels": channels,
        "layout": "stereo",
        "codec": codec,
        "container": "wav",
        "stream": 0,
        "size_bytes": 11_520_044,
        "start_seconds": 0.0,
        "frame_rate": frame_rate,
        "start_timecode": start_timecode,
        "drop_frame": drop_frame,
    }
    return SyncReport(
        master_file=master_file,
        dub_file=dub_file,
        match=match,
        verdict=verdict,
        offset_seconds=offset if match else None,
        offset_interval_seconds=(offset - 4e-4, offset + 4e-4) if match else None,
        confidence=0.97 if match else 0.02,
        sample_rate_hz=22_050,
        dub_sample_rate_hz=sample_rate_hz,
        frame_rate=None if frame_rate is None else Fraction(frame_rate),
        method_results=(
            MethodResult(
                method="mfcc",
                offset_seconds=offset if match else None,
                confidence=0.91 if match else 0.02,
                processing_time=1.25,
                quality_score=0.9,
            ),
        ),
        method_failures=(),
        method_agreement=1.0,
        sync_status="SYNC CORRECTION NEEDED" if match else "NO MATCH",
        recommendations=("Delay or trim the dub as stated.",),
        segments=tuple(
            SegmentResult(
                master_start_seconds=start,
                master_end_seconds=end,
                offset_seconds=start_offset,
                rate=rate,
                confidence=0.97,
            )
            for start, end, start_offset in segments
        )
        if match
        else (),
        edits=tuple(edits),
        speed=Speed(
            rate=rate,
            named_rate=named_rate,
            drift_ppm=(rate - 1) * 1e6,
            drift_ms_per_minute=(rate - 1) * 60_000,
            drift_ppm_interval=((rate - 1) * 1e6 - 2, (rate - 1) * 1e6 + 2),
            mode=mode,
        )
        if match
        else None,
        uncovered=tuple(uncovered),
        windows=tuple(windows) if match else (),
        findings={},
        tolerance={
            "profile": "ebu_r37",
            "source": "EBU R37: sound 40 ms early to 60 ms late",
            "early_pass_ms": 40.0,
            "late_pass_ms": 60.0,
            "early_fail_ms": 40.0,
            "late_fail_ms": 60.0,
            "worst_early_ms": 0.0,
            "worst_late_ms": 2000.0,
            "verdict": "fail",
        },
        media={
            "master": {**media, "path": master_file},
            "dub": {
                **media,
                "path": dub_file,
                "duration_seconds": dub_seconds,
                "stream": stream,
                "start_seconds": dub_start_seconds,
            },
        },
        curve={
            "offset_seconds": [round(float(lag), 4) for lag in lags],
            "score": [round(float(value), 4) for value in score],
        }
        if match
        else None,
        provenance={"version": "0.1.0", "master_sha256": "a" * 64, "dub_sha256": "b" * 64},
    )


def late(**changes):
    """Return a dub that is 2 s late."""
    return make_report(**changes)


def early(**changes):
    """Return a dub that is 1.5 s early."""
    return make_report(**{"segments": ((0.0, 60.0, 1.5),), "dub_seconds": 58.5, **changes})


def pal(**changes):
    """Return a 24 fps programme at 25 fps: the dub is shorter."""
    defaults = {
        "segments": ((0.0, 60.0, 0.5),),
        "rate": 0.96,
        "named_rate": "24/25",
        "mode": "resampled",
        "verdict": "drift",
        "dub_seconds": 57.1,
        "frame_rate": "24",
        "start_timecode": "01:00:00:00",
    }
    return make_report(**{**defaults, **changes})


def drift(**changes):
    """Return a dub whose clock runs 145 ppm slow."""
    defaults = {
        "segments": ((0.0, 60.0, -0.2),),
        "rate": 1.000145,
        "mode": "resampled",
        "verdict": "drift",
    }
    return make_report(**{**defaults, **changes})


def edited(**changes):
    """Return a dub that lacks 7.5 s at 20 s and has 4 s of its own at 40 s."""
    defaults = {
        "segments": ((0.0, 20.0, -0.2), (27.5, 40.0, 7.3), (40.0, 60.0, 3.3)),
        "verdict": "edited",
        "dub_seconds": 56.7,
        "edits": (
            Edit(
                kind="cut",
                master_seconds=20.0,
                interval_seconds=(19.9, 20.1),
                duration_seconds=7.5,
            ),
            Edit(
                kind="insert",
                master_seconds=40.0,
                interval_seconds=(39.8, 40.2),
                duration_seconds=4.0,
            ),
        ),
        "uncovered": (
            Uncovered(master_start_seconds=20.0, master_end_seconds=27.5, reason="not in the dub"),
        ),
    }
    return make_report(**{**defaults, **changes})


def no_match(**changes):
    """Return two files that have nothing in common."""
    return make_report(**{"match": False, "segments": (), "verdict": "no_match", **changes})


MAKERS = {
    "late": late,
    "early": early,
    "pal": pal,
    "drift": drift,
    "edited": edited,
    "no_match": no_match,
}


@pytest.fixture(scope="session")
def reports():
    """Return the makers of reports by verdict."""
    return MAKERS


@pytest.fixture(scope="session")
def ffmpeg():
    """Return a runner of the ffmpeg that comes with the project."""

    def run(*arguments):
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-y", *arguments]
        subprocess.run([str(part) for part in command], check=True, timeout=60)

    return run


def bursts(*, seconds, seed=3, rate_hz=RATE_HZ):
    """Return noise bursts at irregular times, unmistakable wherever one looks."""
    rng = np.random.default_rng(seed)
    samples = 0.01 * rng.standard_normal(int(seconds * rate_hz))
    at = 0.05
    while at < seconds - 0.2:
        start, length = int(at * rate_hz), int(0.08 * rate_hz)
        decay = np.exp(-np.arange(length) / (0.02 * rate_hz))
        samples[start : start + length] += 0.3 * rng.standard_normal(length) * decay
        at += rng.uniform(0.15, 0.5)
    return samples.astype(np.float32)


def shift_between(master, dub, *, at_seconds, rate_hz=RATE_HZ, span_seconds=4.0, whitened=True):
    """
    Return the shift in seconds that the dub needs around one instant (PHAT, own code).

    Positive: the dub is early. Not ``whitened`` is for envelopes.
    """
    start, length = int(at_seconds * rate_hz), int(span_seconds * rate_hz)
    one, other = (np.fft.rfft(x[start : start + length], 2 * length) for x in (master, dub))
    cross = one * np.conj(other)
    curve = np.fft.irfft(cross / np.maximum(np.abs(cross), 1e-9) if whitened else cross)
    lag = int(np.argmax(curve))
    return (lag if lag < length else lag - 2 * length) / rate_hz


@pytest.fixture(scope="session")
def sound():
    """Return the maker of test sound."""
    return bursts


@pytest.fixture(scope="session")
def measure():
    """Return the independent measure of a shift."""
    return shift_between
