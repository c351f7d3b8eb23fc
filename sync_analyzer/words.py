"""What was found, in sentences; every one traces to a measured field of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from sync_analyzer.report import Edit, MethodResult, SegmentResult, Speed, SyncReport
from sync_analyzer.timebase import NAMED_RATES, RATE_CAUSES, describe, offset_at

SIGNATURES: Sequence[tuple[float, str]] = (
    (1024 / 48000, "AAC encoder delay of 1024 samples at 48 kHz that was not removed"),
    (2112 / 48000, "AAC encoder delay of 2112 samples at 48 kHz that was not removed"),
    (1105 / 48000, "MP3 encoder delay of 1105 samples at 48 kHz that was not removed"),
)
SIGNATURE_SECONDS = 0.0003


def clock(seconds: float) -> str:
    """Return ``HH:MM:SS.mmm``."""
    sign = "-" if seconds < 0 else ""
    total = round(abs(seconds) * 1000)
    hours, rest = divmod(total, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{sign}{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def sync_status(verdict: str, judged: Mapping[str, Any], *, drifting: bool) -> str:
    """Return the one-line status of the requirement, with the limits of the profile."""
    if verdict == "no_match":
        return "❓ NO MATCH FOUND"
    early, late = judged["early_fail_ms"], judged["late_fail_ms"]
    limit = f"> {early:g}ms" if early == late else f"> {early:g}ms early / {late:g}ms late"
    if judged["verdict"] == "fail":
        kind = {"edited": "EDITS DIFFER", "drift": "SPEED DIFFERS"}.get(verdict)
        suffix = f", {kind}" if kind else ""
        return f"❌ SYNC CORRECTION NEEDED ({limit}{suffix})"
    if judged["verdict"] == "warn":
        return "⚠️ MINOR SYNC OFFSET (within limits, noticeable)"
    return "✅ IN SYNC (speed differs slightly)" if drifting else "✅ IN SYNC"


def said(report: SyncReport, *, threshold: float, reasons: Sequence[str]) -> SyncReport:
    """
    Return the report with its status and its recommendations, most important first.

    Args:
        report: everything measured, without words.
        threshold: confidence below which a person should check.
        reasons: why there is no match, where there is none.
    """
    drifting = report.speed is not None and report.speed.mode != "same"
    return replace(
        report,
        sync_status=sync_status(report.verdict, report.tolerance, drifting=drifting),
        recommendations=tuple(_recommendations(report, threshold, reasons)),
    )


def _recommendations(report: SyncReport, threshold: float, reasons: Sequence[str]) -> list[str]:
    offset, speed = report.offset_seconds, report.speed
    if offset is None or speed is None:
        return [*reasons, "Check that both files belong to the same programme and version."]
    told = [_offset_sentence(offset, report.confidence, report.frame_rate, report.segments)]
    told += _speed_sentences(speed)
    told += [_edit_sentence(edit) for edit in report.edits]
    told += _cause_sentences(offset, report.frame_rate, report.verdict)
    told += _finding_sentences(report.findings)
    told += _method_sentences(offset, report.method_results, report.method_agreement)
    if report.confidence < threshold:
        told.append(
            f"Confidence {report.confidence:.1%} is below the requested threshold of "
            f"{threshold:.0%}: have a person check before acting on this."
        )
    told.append(_advice(report.verdict, report.tolerance))
    return told


def _offset_sentence(
    offset: float, confidence: float, fps: Fraction | None, segments: Sequence[SegmentResult]
) -> str:
    frames = f" ({abs(float(offset * fps)):.2f} frames at {float(fps):.3f} fps)" if fps else ""
    where = " at master time 0"
    if len(segments) > 1:
        where = ", from the longest of the segments extended to master time 0"
    return f"The {describe(offset)}{frames}{where}; confidence {confidence:.1%}."


def _speed_sentences(speed: Speed) -> list[str]:
    if speed.mode == "same":
        return []
    how = {
        "resampled": "resampled, so its pitch moved with it",
        "pitch_preserved": "with its pitch preserved",
        "undetermined": "whether its pitch was preserved cannot be told",
    }[speed.mode]
    if speed.named_rate is not None:
        percent = 100.0 * (1.0 / float(NAMED_RATES[speed.named_rate]) - 1.0)
        return [
            f"The dub runs {abs(percent):.4f} % {'faster' if percent > 0 else 'slower'} than the "
            f"master ({how}): "
            f"{RATE_CAUSES[speed.named_rate]}; its duration is {speed.named_rate} of the master's."
        ]
    sentence = (
        f"The dub drifts by {speed.drift_ppm:+.2f} ppm "
        f"({speed.drift_ms_per_minute:+.3f} ms per minute, {how})."
    )
    return [sentence]


def _edit_sentence(edit: Edit) -> str:
    what = "lacks" if edit.kind == "cut" else "has in addition"
    low, high = edit.interval_seconds
    return (
        f"At master time {clock(edit.master_seconds)} the dub {what} "
        f"{edit.duration_seconds:.3f} s (placed between {clock(low)} and {clock(high)})."
    )


def _cause_sentences(offset: float, fps: Fraction | None, verdict: str) -> list[str]:
    if verdict not in ("in_sync", "offset"):
        return []
    size = abs(offset)
    said = [
        f"The size of the offset is exactly that of an {cause}."
        for seconds, cause in SIGNATURES
        if abs(size - seconds) < SIGNATURE_SECONDS
    ]
    if fps is not None:
        said += [
            f"The offset is exactly {count} frame{'s' * (count > 1)} of the programme: "
            "a Dolby E encode or decode delays by one frame each."
            for count in (1, 2)
            if abs(size - float(count / fps)) < SIGNATURE_SECONDS
        ]
    return said


def _finding_sentences(findings: Mapping[str, Any]) -> list[str]:
    said = []
    if findings.get("polarity_inverted"):
        said.append("The dub's polarity is inverted against the master.")
    if findings.get("channels_swapped"):
        said.append("Left and right are swapped between master and dub.")
    return said


def _method_sentences(
    offset: float, methods: Sequence[MethodResult], agreement: float
) -> list[str]:
    told = [m for m in methods if m.offset_seconds is not None]
    if len(methods) < 2 or not told:
        return []
    near = [m.method for m in told if abs((m.offset_seconds or 0.0) - offset) <= 0.04]
    found = round(agreement * len(methods))
    sentence = f"Method agreement {agreement:.0%}: {found} of {len(methods)} methods found this"
    if len(near) == len(methods):
        return [f"{sentence} answer ({', '.join(near)})."]
    return [
        f"{sentence} answer among theirs; alone, "
        f"{', '.join(near) or 'none'} would have given it within 40 ms."
    ]


def _advice(verdict: str, judged: Mapping[str, Any]) -> str:
    limits = f"profile {judged['profile']}"
    if judged["verdict"] == "pass":
        return f"No correction is needed under {limits}."
    worst = max(judged["worst_early_ms"], judged["worst_late_ms"])
    act = {
        "drift": "Correct the speed and the offset",
        "edited": "Conform the dub to the master segment by segment",
    }.get(verdict, "Shift the dub by the offset")
    return f"{act}: it is up to {worst:.1f} ms out, judged {judged['verdict']} under {limits}."


def segment_offsets(segments: Sequence[SegmentResult]) -> list[float]:
    """Return the offsets at both ends of every segment, in seconds."""
    found = []
    for segment in segments:
        length = segment.master_end_seconds - segment.master_start_seconds
        found.append(segment.offset_seconds)
        found.append(offset_at(length, rate=segment.rate, offset_seconds=segment.offset_seconds))
    return found
