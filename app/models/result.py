"""The shape of a finished analysis, field by field, as ``result`` of the wire."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Open(BaseModel):
    """Extra fields are let through: newer libraries may say more."""

    model_config = ConfigDict(extra="allow")


class Offset(_Open):
    """One method's offset."""

    offset_seconds: float | None = Field(
        description="Shift to apply to the dub; negative: the dub is late. null: no match."
    )
    offset_samples: int | None = Field(description="The same at the request's sample_rate.")
    confidence: float = Field(ge=0, le=1)


class ConsensusOffset(Offset):
    """The joint answer: dub(t) == master(t + offset_seconds)."""

    offset_samples_dub: int | None = Field(description="The same at the dub's own rate.")
    offset_frames: dict[str, float] | None = Field(
        description="The same in frames at 23.976, 24.0, 25.0, 29.97 and 30.0 fps."
    )
    offset_frames_programme: float | None = Field(
        description="The same in frames at the programme's own rate, where it has one."
    )
    interval_seconds: tuple[float, float] | None = Field(
        description="Holds the true offset with about 95 %."
    )


class MethodResult(_Open):
    """What one method says alone."""

    method: str
    offset: Offset
    processing_time: float = Field(description="Seconds.")
    quality_score: float
    metadata: dict[str, Any]


class MethodFailure(_Open):
    """A method that could not run, beside the others that did."""

    method: str
    error_code: str
    error: str


class Segment(_Open):
    """A stretch of the master with one offset and one speed."""

    master_start_seconds: float
    master_end_seconds: float
    offset_seconds: float = Field(description="At the segment's own start.")
    rate: float = Field(description="Dub seconds per master second.")
    confidence: float
    start_interval_seconds: tuple[float, float] | None = None


class Edit(_Open):
    """Material the dub lacks (cut) or has in addition (insert)."""

    kind: Literal["cut", "insert"]
    master_seconds: float
    interval_seconds: tuple[float, float]
    duration_seconds: float


class Speed(_Open):
    """The speed of the dub against the master."""

    rate: float = Field(description="Dub seconds per master second.")
    named_rate: str | None
    drift_ppm: float
    drift_ms_per_minute: float
    drift_ppm_interval: tuple[float, float] | None = None
    mode: str


class Uncovered(_Open):
    """A stretch of the master without evidence, and why."""

    master_start_seconds: float
    master_end_seconds: float
    reason: str


class Window(_Open):
    """What one stretch of the programme said: one dot of the scatter."""

    master_seconds: float
    offset_seconds: float
    score: float
    method: str


class SyncResult(_Open):
    """Everything one analysis found."""

    analysis_id: str
    master_file: str
    dub_file: str
    status: Literal["completed"]
    cached: bool = Field(description="Whether this is the result of an earlier analysis.")
    match: bool = Field(description="Whether the two files share anything at all.")
    verdict: Literal["in_sync", "offset", "drift", "edited", "no_match"]
    consensus_offset: ConsensusOffset
    method_results: list[MethodResult]
    method_failures: list[MethodFailure]
    ai_result: dict[str, Any] | None
    overall_confidence: float = Field(
        description="Probability that the offset is right within half a frame (20 ms)."
    )
    method_agreement: float
    sync_status: str
    recommendations: list[str]
    segments: list[Segment]
    edits: list[Edit]
    speed: Speed | None
    uncovered: list[Uncovered]
    windows: list[Window]
    findings: dict[str, Any]
    tolerance: dict[str, Any]
    frame_rate: str | None = Field(description="Of the picture, as a fraction.")
    sample_rate: int
    dub_sample_rate: int
    media: dict[str, Any] = Field(description="For each file, what was probed and applied.")
    curve: dict[str, Any] | None
    provenance: dict[str, Any]
    warnings: list[str]
