"""
The answer of one analysis, in the shape people and machines get it.

`SyncReport.to_dict` is the ``result`` of the REST contract, to the field;
`SyncReport.from_dict` reads it back, so reports, exports and repairs work from a stored
result as well as from a fresh one. Every number here was measured; nothing is invented.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sync_analyzer import timebase

VERDICTS = ("in_sync", "offset", "drift", "edited", "no_match")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentResult:
    """A stretch ``[master_start_seconds, master_end_seconds)`` with one offset and rate.

    ``offset_seconds`` is the offset at the segment's own ``master_start_seconds``.
    """

    master_start_seconds: float
    master_end_seconds: float
    offset_seconds: float
    rate: float
    confidence: float
    start_interval_seconds: tuple[float, float] | None = None
    """Earliest and latest master time at which the segment may begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """Material the dub lacks (``cut``) or has in addition (``insert``) at one place.

    ``interval_seconds`` bounds where in master time the edit may lie; ``duration_seconds``
    is master time for a cut and dub time for an insert.
    """

    kind: str
    master_seconds: float
    interval_seconds: tuple[float, float]
    duration_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncovered:
    """A stretch of the master without evidence, and why."""

    master_start_seconds: float
    master_end_seconds: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One dot of the scatter: what one stretch said."""

    master_seconds: float
    offset_seconds: float
    score: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """
    The speed of the dub against the master.

    ``mode`` is ``same`` (no speed change), ``resampled``, ``pitch_preserved`` or
    ``undetermined``; ``drift_ppm_interval`` holds the truth with about 95 %.
    """

    rate: float
    named_rate: str | None
    drift_ppm: float
    drift_ms_per_minute: float
    drift_ppm_interval: tuple[float, float] | None = None
    mode: str = "same"


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodResult:
    """One method's answer alone, through the same alignment as the joint one."""

    method: str
    offset_seconds: float | None
    confidence: float
    processing_time: float
    quality_score: float
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodFailure:
    """A method that could not run, beside the others that did."""

    method: str
    error_code: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncReport:
    """Everything one analysis found."""

    master_file: str
    dub_file: str
    match: bool
    verdict: str
    offset_seconds: float | None
    offset_interval_seconds: tuple[float, float] | None
    confidence: float
    sample_rate_hz: int
    dub_sample_rate_hz: int
    frame_rate: Fraction | None
    method_results: tuple[MethodResult, ...]
    method_failures: tuple[MethodFailure, ...]
    method_agreement: float
    sync_status: str
    recommendations: tuple[str, ...]
    segments: tuple[SegmentResult, ...]
    edits: tuple[Edit, ...]
    speed: Speed | None
    uncovered: tuple[Uncovered, ...]
    windows: tuple[Window, ...]
    findings: Mapping[str, Any]
    tolerance: Mapping[str, Any]
    media: Mapping[str, Any]
    curve: Mapping[str, Any] | None
    provenance: Mapping[str, Any]
    ai_result: Mapping[str, Any] | None = None
    warnings: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the ``result`` of the REST contract: plain, finite, JSON-ready."""
        plain = {
            "master_file": self.master_file,
            "dub_file": self.dub_file,
            "status": "completed",
            "match": self.match,
            "verdict": self.verdict,
            "consensus_offset": self._consensus(),
            "method_results": [self._method(result) for result in self.method_results],
            "method_failures": [dataclasses.asdict(f) for f in self.method_failures],
            "ai_result": self.ai_result,
            "overall_confidence": self.confidence,
            "method_agreement": self.method_agreement,
            "sync_status": self.sync_status,
            "recommendations": self.recommendations,
            "segments": [dataclasses.asdict(s) for s in self.segments],
            "edits": [dataclasses.asdict(e) for e in self.edits],
            "speed": None if self.speed is None else dataclasses.asdict(self.speed),
            "uncovered": [dataclasses.asdict(u) for u in self.uncovered],
            "windows": [dataclasses.asdict(w) for w in self.windows],
            "findings": self.findings,
            "tolerance": self.tolerance,
            "frame_rate": self.frame_rate,
            "sample_rate": self.sample_rate_hz,
            "dub_sample_rate": self.dub_sample_rate_hz,
            "media": self.media,
            "curve": self.curve,
            "provenance": self.provenance,
            "warnings": self.warnings,
        }
        result: dict[str, Any] = _plain(plain)
        return result

    def _consensus(self) -> dict[str, Any]:
        fps = self.frame_rate
        offset = self.offset_seconds
        return {
            "offset_seconds": offset,
            "offset_samples": _samples(offset, self.sample_rate_hz),
            "offset_samples_dub": _samples(offset, self.dub_sample_rate_hz),
            "offset_frames": None if offset is None else timebase.offset_frames(offset),
            "offset_frames_programme": (
                None if offset is None or fps is None else round(float(offset * fps), 3)
            ),
            "interval_seconds": self.offset_interval_seconds,
            "confidence": self.confidence,
        }

    def _method(self, result: MethodResult) -> dict[str, Any]:
        return {
            "method": result.method,
            "offset": {
                "offset_seconds": result.offset_seconds,
                "offset_samples": _samples(result.offset_seconds, self.sample_rate_hz),
                "confidence": result.confidence,
            },
            "processing_time": result.processing_time,
            "quality_score": result.quality_score,
            "metadata": result.metadata,
        }

    @classmethod
    def from_dict(cls, result: Mapping[str, Any]) -> SyncReport:
        """Read a stored ``result`` back."""
        consensus = result["consensus_offset"]
        return cls(
            master_file=result["master_file"],
            dub_file=result["dub_file"],
            match=result["match"],
            verdict=result["verdict"],
            offset_seconds=consensus["offset_seconds"],
            offset_interval_seconds=_pair(consensus["interval_seconds"]),
            confidence=consensus["confidence"],
            sample_rate_hz=result["sample_rate"],
            dub_sample_rate_hz=result["dub_sample_rate"],
            frame_rate=None if result["frame_rate"] is None else Fraction(result["frame_rate"]),
            method_results=tuple(_method_from(entry) for entry in result["method_results"]),
            method_failures=tuple(MethodFailure(**entry) for entry in result["method_failures"]),
            method_agreement=result["method_agreement"],
            sync_status=result["sync_status"],
            recommendations=tuple(result["recommendations"]),
            segments=tuple(
                SegmentResult(**{**s, "start_interval_seconds": _pair(s["start_interval_seconds"])})
                for s in result["segments"]
            ),
            edits=tuple(
                Edit(**{**e, "interval_seconds": tuple(e["interval_seconds"])})
                for e in result["edits"]
            ),
            speed=_speed_from(result["speed"]),
            uncovered=tuple(Uncovered(**entry) for entry in result["uncovered"]),
            windows=tuple(Window(**entry) for entry in result["windows"]),
            findings=result["findings"],
            tolerance=result["tolerance"],
            media=result["media"],
            curve=result["curve"],
            provenance=result["provenance"],
            ai_result=result["ai_result"],
            warnings=tuple(result["warnings"]),
        )


def _method_from(entry: Mapping[str, Any]) -> MethodResult:
    return MethodResult(
        method=entry["method"],
        offset_seconds=entry["offset"]["offset_seconds"],
        confidence=entry["offset"]["confidence"],
        processing_time=entry["processing_time"],
        quality_score=entry["quality_score"],
        metadata=entry["metadata"],
    )


def _speed_from(entry: Mapping[str, Any] | None) -> Speed | None:
    if entry is None:
        return None
    return Speed(**{**entry, "drift_ppm_interval": _pair(entry["drift_ppm_interval"])})


def _pair(value: Any) -> tuple[float, float] | None:
    return None if value is None else (float(value[0]), float(value[1]))


def _samples(offset_seconds: float | None, sample_rate_hz: int) -> int | None:
    return None if offset_seconds is None else round(offset_seconds * sample_rate_hz)


def _plain(value: Any) -> Any:
    """Return the value as JSON types; a float that is not finite would be a bug upstream."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Fraction):
        return str(value)
    if hasattr(value, "item") and not isinstance(value, str):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("a result may hold only finite numbers")
    return value
