"""A report is plain JSON, finite, and comes back as it went."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

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
from sync_analyzer.words import said

LIMITS = {
    "profile": "default",
    "verdict": "fail",
    "early_fail_ms": 100.0,
    "late_fail_ms": 100.0,
    "worst_early_ms": 0.0,
    "worst_late_ms": 2456.0,
}


def report(**changes):
    base = SyncReport(
        master_file="master.wav",
        dub_file="dub.wav",
        match=True,
        verdict="offset",
        offset_seconds=-2.456,
        offset_interval_seconds=(-2.4561, -2.4559),
        confidence=0.994,
        sample_rate_hz=22050,
        dub_sample_rate_hz=48000,
        frame_rate=Fraction(25),
        method_results=(
            MethodResult(
                method="mfcc",
                offset_seconds=-2.455,
                confidence=0.9,
                processing_time=0.2,
                quality_score=0.9,
                metadata={"window_size": 30.0},
            ),
        ),
        method_failures=(),
        method_agreement=1.0,
        sync_status="",
        recommendations=(),
        segments=(
            SegmentResult(
                master_start_seconds=0.0,
                master_end_seconds=60.0,
                offset_seconds=-2.456,
                rate=1.0,
                confidence=0.994,
            ),
        ),
        edits=(),
        speed=Speed(rate=1.0, named_rate=None, drift_ppm=0.0, drift_ms_per_minute=0.0),
        uncovered=(Uncovered(master_start_seconds=1.0, master_end_seconds=4.0, reason="silence"),),
        windows=(Window(master_seconds=5.0, offset_seconds=-2.456, score=9.0, method="mfcc"),),
        findings={},
        tolerance=LIMITS,
        media={},
        curve=None,
        provenance={},
    )
    return replace(base, **changes)


def test_it_comes_back_from_json_as_it_went():
    edited = report(
        edits=(
            Edit(
                kind="cut",
                master_seconds=30.0,
                interval_seconds=(29.9, 30.1),
                duration_seconds=0.5,
            ),
        ),
        speed=Speed(
            rate=0.96,
            named_rate="24/25",
            drift_ppm=-40000.0,
            drift_ms_per_minute=-2400.0,
            drift_ppm_interval=(-40001.0, -39999.0),
            mode="resampled",
        ),
    )

    there = json.loads(json.dumps(edited.to_dict(), allow_nan=False))

    assert SyncReport.from_dict(there) == edited
    assert SyncReport.from_dict(there).to_dict() == edited.to_dict()


def test_samples_and_frames_follow_from_the_seconds():
    consensus = report().to_dict()["consensus_offset"]

    assert consensus["offset_samples"] == -54155
    assert consensus["offset_samples_dub"] == -117888
    assert consensus["offset_frames"]["25.0"] == -61.4
    assert consensus["offset_frames_programme"] == -61.4


def test_a_number_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        report(confidence=float("nan")).to_dict()


def test_a_late_dub_is_said_to_be_late_with_its_frames():
    told = said(report(), threshold=0.7, reasons=())

    assert told.sync_status == "❌ SYNC CORRECTION NEEDED (> 100ms)"
    assert told.recommendations[0].startswith(
        "The dub is 2.456 s late (61.40 frames at 25.000 fps)"
    )
    assert "Shift the dub" in told.recommendations[-1]


def test_doubt_is_said():
    told = said(report(confidence=0.5), threshold=0.7, reasons=())

    assert any("below the requested threshold" in sentence for sentence in told.recommendations)


def test_no_match_says_why_and_claims_nothing():
    told = said(
        report(match=False, verdict="no_match", offset_seconds=None, speed=None),
        threshold=0.7,
        reasons=["The dub is silent."],
    )

    assert told.sync_status == "❓ NO MATCH FOUND"
    assert told.recommendations[0] == "The dub is silent."
    assert told.to_dict()["consensus_offset"]["offset_frames"] is None


@pytest.mark.parametrize(
    ("offset_seconds", "frame_rate", "cause"),
    [
        (-0.04, Fraction(25), "exactly 1 frame"),
        (0.08, Fraction(25), "exactly 2 frames"),
        (-1024 / 48000, None, "AAC encoder delay of 1024"),
        (-0.0425, Fraction(25), None),
    ],
)
def test_a_cause_is_named_only_when_its_size_is_exact(offset_seconds, frame_rate, cause):
    told = said(
        report(offset_seconds=offset_seconds, frame_rate=frame_rate), threshold=0.7, reasons=()
    )

    assert any("exactly" in sentence for sentence in told.recommendations) == (cause is not None)
    assert cause is None or any(cause in sentence for sentence in told.recommendations)
