"""Puts together the `SyncReport` of one analysis from what was measured."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from sync_analyzer import __version__, words
from sync_analyzer.alignment.align import Path
from sync_analyzer.alignment.alone import Alone
from sync_analyzer.alignment.confidence import (
    Measures,
    is_match,
    measure_path,
    probability,
    refusal,
    segment_probability,
)
from sync_analyzer.alignment.lines import Pair
from sync_analyzer.alignment.mode import speed_mode
from sync_analyzer.alignment.open import uncovered_ranges
from sync_analyzer.alignment.segments import Segment, segments_of
from sync_analyzer.curve import shown_curve
from sync_analyzer.evidence import Evidence
from sync_analyzer.export.report.peaks import kept_peaks
from sync_analyzer.media.track import Track
from sync_analyzer.options import Options
from sync_analyzer.report import (
    Edit,
    MethodFailure,
    MethodResult,
    SegmentResult,
    Speed,
    SyncReport,
    Window,
)
from sync_analyzer.timebase import drift_ms_per_minute, drift_ppm, offset_at
from sync_analyzer.tolerance import judge, profile

AGREE_SECONDS = 0.04
MAX_WINDOWS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One method that ran: its evidence, its own answer and the seconds it took."""

    method: str
    evidence: Evidence
    alone: Alone
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The joint answer before it is put into words."""

    segments: Sequence[Segment]
    results: Sequence[SegmentResult]
    edits: Sequence[Edit]
    measures: Measures | None
    match: bool
    confidence: float
    offset_seconds: float | None
    offset_error_seconds: float
    speed: Speed | None


def found_in(pair: Pair, path: Path) -> Found:
    """Return segments, speed and confidence of a path, or the refusal."""
    segments, edits = segments_of(pair, path.pieces)
    if not segments or path.speed is None:
        return _nothing(None)
    measures = measure_path(pair, segments, path=path)
    if not is_match(measures):
        return _nothing(measures)
    whole = probability(measures)
    longest = max(segments, key=lambda s: s.end_seconds - s.start_seconds)
    speed = _speed(pair, path, longest)
    results = [_result(segment, whole) for segment in segments]
    error = max(piece.delay_error_seconds for piece in longest.pieces)
    return Found(
        segments=segments,
        results=results,
        edits=edits,
        measures=measures,
        match=True,
        confidence=whole,
        offset_seconds=longest.line.offset_seconds,
        offset_error_seconds=float(np.hypot(error, _lever(longest) * path.speed.rate_error)),
        speed=speed,
    )


def _lever(segment: Segment) -> float:
    """Return how far master time 0 lies from where the offset was measured, if not exact."""
    return 0.5 * (segment.start_seconds + segment.end_seconds) if segment.line.rate != 1.0 else 0.0


def _nothing(measures: Measures | None) -> Found:
    return Found(
        segments=(),
        results=(),
        edits=(),
        measures=measures,
        match=False,
        confidence=0.0,
        offset_seconds=None,
        offset_error_seconds=0.0,
        speed=None,
    )


def _speed(pair: Pair, path: Path, longest: Segment) -> Speed:
    assert path.speed is not None
    rate, error = path.speed.rate, path.speed.rate_error
    return Speed(
        rate=rate,
        named_rate=path.speed.named,
        drift_ppm=round(drift_ppm(rate), 4),
        drift_ms_per_minute=round(drift_ms_per_minute(rate), 6),
        drift_ppm_interval=(
            round(drift_ppm(rate - 2 * error), 4),
            round(drift_ppm(rate + 2 * error), 4),
        ),
        mode=speed_mode(pair, longest),
    )


def _result(segment: Segment, whole: float) -> SegmentResult:
    line = segment.line
    return SegmentResult(
        master_start_seconds=round(segment.start_seconds, 6),
        master_end_seconds=round(segment.end_seconds, 6),
        offset_seconds=round(
            offset_at(segment.start_seconds, rate=line.rate, offset_seconds=line.offset_seconds),
            9,
        ),
        rate=line.rate,
        confidence=round(segment_probability(segment, whole), 4),
        start_interval_seconds=segment.start_interval,
    )


def report_of(
    found: Found,
    *,
    pair: Pair,
    master: Track,
    dub: Track,
    heard: Sequence[Heard],
    failures: Sequence[MethodFailure],
    options: Options,
    ai_result: Mapping[str, Any] | None,
    content_hashes: Mapping[str, str],
) -> SyncReport:
    """Return the report of a joint answer and the methods behind it."""
    fps = master.media.frame_rate or dub.media.frame_rate
    judged = _judged(found, options, fps)
    unsaid = SyncReport(
        master_file=master.media.path,
        dub_file=dub.media.path,
        match=found.match,
        verdict=_verdict(found, judged),
        offset_seconds=None
        if found.offset_seconds is None
        else round(float(found.offset_seconds), 9),
        offset_interval_seconds=_interval(found),
        confidence=round(found.confidence, 4),
        sample_rate_hz=options.sample_rate_hz,
        dub_sample_rate_hz=dub.media.sample_rate_hz,
        frame_rate=fps,
        method_results=tuple(_method(one) for one in heard),
        method_failures=tuple(failures),
        method_agreement=round(_agreement(found, heard), 4),
        sync_status="",
        recommendations=(),
        segments=tuple(found.results),
        edits=tuple(found.edits),
        speed=found.speed,
        uncovered=tuple(uncovered_ranges(pair, found.segments, found.edits)),
        windows=tuple(_windows(heard)),
        findings=_findings(pair, found, master=master, dub=dub),
        tolerance=judged,
        media={"master": _media(master), "dub": _media(dub)},
        curve=shown_curve(
            [one.evidence for one in heard],
            master=master,
            dub=dub,
            rate=found.speed.rate if found.speed else 1.0,
        ),
        provenance={**_provenance(found, options), "content_hashes": dict(content_hashes)},
        ai_result=ai_result,
        warnings=_warnings(master, dub),
    )
    reasons = _reasons(found, master=master, dub=dub)
    return words.said(unsaid, threshold=options.confidence_threshold, reasons=reasons)


def _judged(found: Found, options: Options, fps: Fraction | None) -> dict[str, Any]:
    limits = profile(options.tolerance_profile)
    judged = judge(words.segment_offsets(found.results), limits=limits, frame_rate=fps)
    if not found.match:
        judged["verdict"] = "fail"
    return judged


def _warnings(master: Track, dub: Track) -> tuple[str, ...]:
    return (
        *(f"master: {text}" for text in master.warnings),
        *(f"dub: {text}" for text in dub.warnings),
    )


def _interval(found: Found) -> tuple[float, float] | None:
    if found.offset_seconds is None:
        return None
    reach = 2.0 * found.offset_error_seconds
    return (round(found.offset_seconds - reach, 7), round(found.offset_seconds + reach, 7))


def _method(one: Heard) -> MethodResult:
    offset = one.alone.offset_seconds
    return MethodResult(
        method=one.method,
        offset_seconds=None if offset is None else round(offset, 6),
        confidence=round(one.alone.confidence, 4),
        processing_time=round(one.seconds, 3),
        quality_score=round(one.alone.quality, 4),
        metadata={
            **one.evidence.metadata,
            "resolution_seconds": one.evidence.resolution_seconds,
            "votes": len(one.alone.votes),
        },
    )


def _agreement(found: Found, heard: Sequence[Heard]) -> float:
    """Return the share of methods one of whose hypotheses lies on the answer.

    Compared in the middle of the answer's longest segment, within 40 ms or twice the
    method's own resolution.
    """
    if found.offset_seconds is None or not heard:
        return 0.0
    longest = max(found.segments, key=lambda s: s.end_seconds - s.start_seconds)
    at = 0.5 * (longest.start_seconds + longest.end_seconds)
    mine = offset_at(at, rate=longest.line.rate, offset_seconds=longest.line.offset_seconds)
    agreeing = 0
    for one in heard:
        allowed = max(AGREE_SECONDS, 2.0 * one.evidence.resolution_seconds)
        agreeing += any(
            abs(offset_at(at, rate=line.rate, offset_seconds=line.offset_seconds) - mine) <= allowed
            for line in one.evidence.lines
        )
    return agreeing / len(heard)


def _verdict(found: Found, judged: Mapping[str, Any]) -> str:
    if not found.match or found.speed is None:
        return "no_match"
    if found.edits or len(found.segments) > 1:
        return "edited"
    if found.speed.mode != "same":
        return "drift"
    return "in_sync" if judged["verdict"] == "pass" else "offset"


def _reasons(found: Found, *, master: Track, dub: Track) -> list[str]:
    if found.match:
        return []
    said = []
    for name, track in (("master", master), ("dub", dub)):
        if float(np.abs(track.views["mid"].samples[::16]).max(initial=0.0)) < 1e-4:
            said.append(f"The {name} is silent.")
    measures = found.measures
    if measures is not None:
        said.append(refusal(measures))
    elif not said:
        said.append("No sound common to master and dub was found at any offset or speed.")
    return said


def _findings(pair: Pair, found: Found, *, master: Track, dub: Track) -> dict[str, Any]:
    findings: dict[str, Any] = {
        "views": list(pair.names),
        "master_channels": dict(master.applied.get("channels", {})),
        "dub_channels": dict(dub.applied.get("channels", {})),
    }
    if not found.match:
        return findings
    longest = max(found.segments, key=lambda s: s.evidence)
    polarity = longest.pieces[0].locked.polarity
    sign = dict(zip(pair.names, polarity, strict=True))
    findings["polarity"] = sign
    findings["polarity_inverted"] = sign["mid"] < 0
    findings["channels_swapped"] = bool(sign["mid"] * sign.get("side", 0) < 0)
    return findings


def _windows(heard: Sequence[Heard]) -> list[Window]:
    dots = [
        Window(
            master_seconds=round(vote.master_seconds, 3),
            offset_seconds=round(vote.offset_seconds, 6),
            score=round(vote.score, 2),
            method=one.method,
        )
        for one in heard
        for vote in one.evidence.votes
    ]
    thin = max(1, -(-len(dots) // MAX_WINDOWS))
    return sorted(dots[::thin], key=lambda dot: (dot.master_seconds, dot.method))


def _media(track: Track) -> dict[str, Any]:
    probed = asdict(track.media)
    return {
        **probed,
        "decoded_seconds": track.duration_seconds,
        "applied": dict(track.applied),
        "peaks": kept_peaks(track),
    }


def _provenance(found: Found, options: Options) -> dict[str, Any]:
    return {
        "version": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "options": asdict(options),
        "confidence_features": None if found.measures is None else found.measures.to_dict(),
    }
