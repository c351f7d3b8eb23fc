"""Wire shapes of the analysis endpoints."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from app.models.result import SyncResult
from app.services.catalogue import ai_model_names, method_names

EXAMPLE_ID = "analysis_20250827_143052_abc12345"

RUNNING_EXAMPLE: dict[str, Any] = {
    "analysis_id": EXAMPLE_ID,
    "status": "processing",
    "progress": 67.5,
    "status_message": "MFCC: dub features - window 23/45",
    "created_at": "2025-08-31T18:00:00.000000Z",
    "updated_at": "2025-08-31T18:02:34.000000Z",
    "estimated_completion": "2025-08-31T18:03:45.000000Z",
    "kind": "analysis",
    "master_file": "/mnt/data/audio/master.wav",
    "dub_file": "/mnt/data/audio/dub.wav",
}


def _whole(value: Any) -> Any:
    """Take 22050.0 for 22050: JSON does not tell them apart."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


SampleRate = Annotated[int, Field(ge=8000, le=192_000), BeforeValidator(_whole)]
Stream = Annotated[int, Field(ge=0, le=255), BeforeValidator(_whole)]
Workers = Annotated[int, Field(ge=1, le=256), BeforeValidator(_whole)]
MediaPath = Annotated[
    str,
    Field(
        min_length=1,
        max_length=4096,
        pattern="[^./]",
        description="Below MOUNT_PATH or UPLOAD_DIR; a relative path is below MOUNT_PATH.",
    ),
]


class Status(str, Enum):
    """Where an analysis stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ToleranceProfile(str, Enum):
    """Whose limits decide between pass, warn and fail."""

    DEFAULT = "default"
    EBU_R37 = "ebu_r37"
    ATSC_IS191 = "atsc_is191"
    NETFLIX = "netflix"
    DPP = "dpp"
    FILM_HALF_FRAME = "film_half_frame"
    ITU_BT1359 = "itu_bt1359"


def _known_methods(schema: dict[str, Any]) -> None:
    for option in schema.get("anyOf", [schema]):
        if option.get("type") == "array":
            option["items"] = {"type": "string", "enum": list(method_names())}
            option["uniqueItems"] = True


def _known_models(schema: dict[str, Any]) -> None:
    schema["anyOf"] = [{"type": "string", "enum": list(ai_model_names())}, {"type": "null"}]


class AnalysisOptions(BaseModel):
    """How to analyse; what is left out is filled from the settings."""

    model_config = ConfigDict(extra="forbid", strict=True)

    methods: list[str] | None = Field(
        None,
        min_length=1,
        max_length=16,
        description=(
            "Methods to run, each once; default: the classical ones. `ai` adds the model named "
            "by ai_model, like enable_ai."
        ),
        json_schema_extra=_known_methods,
    )
    enable_ai: bool = Field(False, description="Run the AI model beside the methods.")
    ai_model: str | None = Field(
        None,
        description="GET /api/v1/ai/models lists them; default `spectral`.",
        json_schema_extra=_known_models,
    )
    sample_rate: SampleRate | None = Field(
        None,
        description="Rate at which offset_samples is counted, in Hz; default DEFAULT_SAMPLE_RATE.",
    )
    window_size: float | None = Field(
        None,
        ge=1.0,
        le=600.0,
        allow_inf_nan=False,
        description="Length of the stretches that are compared, in s; default DEFAULT_WINDOW_SIZE.",
    )
    confidence_threshold: float | None = Field(
        None,
        ge=0.0,
        le=1.0,
        allow_inf_nan=False,
        description=(
            "Below this confidence the recommendations ask for a check by ear; default "
            "DEFAULT_CONFIDENCE_THRESHOLD."
        ),
    )
    master_stream: Stream | None = Field(
        None, description="Audio stream of the master, counted from 0."
    )
    dub_stream: Stream | None = Field(None, description="Audio stream of the dub, counted from 0.")
    tolerance_profile: ToleranceProfile = Field(
        ToleranceProfile.DEFAULT, strict=False, description="Whose limits to judge by."
    )

    @field_validator("methods")
    @classmethod
    def _each_once(cls, value: list[str] | None) -> list[str] | None:
        for name in value or ():
            if (value or []).count(name) > 1:
                raise ValueError(f"{name!r} is listed twice; name every method once")
        return value


class SyncRequest(AnalysisOptions):
    """One master and one dub."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "master_file": "/mnt/data/audio/master.wav",
                    "dub_file": "/mnt/data/audio/dub.wav",
                    "methods": ["mfcc", "onset"],
                    "enable_ai": True,
                    "ai_model": "wav2vec2",
                    "sample_rate": 22050,
                    "window_size": 30.0,
                    "confidence_threshold": 0.8,
                }
            ]
        },
    )

    master_file: MediaPath
    dub_file: MediaPath
    callback_url: str | None = Field(
        None,
        max_length=2048,
        pattern="^https?://",
        description="Is sent the final status with POST, signed; see docs/rest.md.",
    )


class JobState(BaseModel):
    """Where a job stands: flat, the same while it waits and runs."""

    model_config = ConfigDict(extra="allow")

    analysis_id: str
    status: Status
    progress: float = Field(ge=0, le=100, description="Percent; never falls while it runs.")
    status_message: str
    created_at: datetime
    updated_at: datetime
    estimated_completion: datetime | None = Field(
        description="From the speed measured so far; null when not running or not yet known."
    )
    kind: str = Field(description="What kind of job it is: analysis, ai, repair.")
    master_file: str | None = None
    dub_file: str | None = None
    batch_id: str | None = None
    cancel_requested: bool = False
    device: str | None = None
    callback_status: str | None = None


class Accepted(JobState):
    """The job that was queued."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    **RUNNING_EXAMPLE,
                    "status": "pending",
                    "progress": 0.0,
                    "status_message": "Waiting for a free worker",
                    "estimated_completion": None,
                    "status_url": f"/api/v1/analysis/{EXAMPLE_ID}",
                }
            ]
        }
    )

    success: Literal[True]
    status_url: str


class Analysis(JobState):
    """A job; when it has ended also `success`, `timestamp`, and `result` or `error`."""

    model_config = ConfigDict(json_schema_extra={"examples": [RUNNING_EXAMPLE]})

    success: bool | None = None
    cached: bool = False
    result: SyncResult | dict[str, Any] | None = None
    error: str | None = None
    error_code: str | None = None
    details: dict[str, Any] | None = None
    timestamp: datetime | None = None


class AnalysisPage(BaseModel):
    """One page of analyses, newest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    "analyses": [RUNNING_EXAMPLE],
                    "total": 1,
                    "page": 1,
                    "page_size": 20,
                    "total_pages": 1,
                }
            ]
        }
    )

    success: Literal[True]
    analyses: list[JobState]
    total: int
    page: int
    page_size: int
    total_pages: int


class Cancelled(JobState):
    """The job that is being cancelled, or has been."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    **RUNNING_EXAMPLE,
                    "status_message": "Cancelling",
                    "cancel_requested": True,
                }
            ]
        }
    )

    success: Literal[True]
