"""Wire shapes of batches."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from app.models.analysis import (
    EXAMPLE_ID,
    AnalysisOptions,
    MediaPath,
    Status,
    Workers,
)

EXAMPLE_BATCH_ID = "batch_20250827_143052_abc12345"
EXAMPLE: dict[str, Any] = {
    "batch_id": EXAMPLE_BATCH_ID,
    "status": "processing",
    "progress": 37.5,
    "status_message": "0 of 1 pairs done",
    "created_at": "2025-08-31T18:00:00.000000Z",
    "updated_at": "2025-08-31T18:02:34.000000Z",
    "estimated_completion": "2025-08-31T18:06:51.000000Z",
    "total": 1,
    "counts": {"pending": 0, "processing": 1, "completed": 0, "failed": 0, "cancelled": 0},
    "cancel_requested": False,
    "callback_status": None,
    "pairs": [
        {
            "index": 0,
            "analysis_id": EXAMPLE_ID,
            "master": "/mnt/data/audio/master1.wav",
            "dub": "/mnt/data/audio/dub1.wav",
            "status": "processing",
            "progress": 37.5,
            "status_message": "Correlation: whole files",
            "cached": False,
            "error": None,
            "error_code": None,
        }
    ],
}


class FilePair(BaseModel):
    """One master and one dub."""

    model_config = ConfigDict(extra="forbid", strict=True)

    master: MediaPath
    dub: MediaPath


class BatchRequest(BaseModel):
    """Many pairs, analysed in the same way."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [
                {
                    "file_pairs": [
                        {
                            "master": "/mnt/data/audio/master1.wav",
                            "dub": "/mnt/data/audio/dub1.wav",
                        },
                        {
                            "master": "/mnt/data/audio/master2.wav",
                            "dub": "/mnt/data/audio/dub2.wav",
                        },
                    ],
                    "analysis_config": {"methods": ["mfcc"], "sample_rate": 22050},
                    "parallel_processing": True,
                    "max_workers": 4,
                }
            ]
        },
    )

    file_pairs: list[FilePair] = Field(min_length=1, max_length=1000)
    analysis_config: AnalysisOptions = Field(
        default_factory=lambda: AnalysisOptions.model_validate({})
    )
    parallel_processing: bool = Field(
        True, description="Whether more than one pair may be analysed at a time."
    )
    max_workers: Workers | None = Field(
        None,
        description="Pairs at a time; MAX_CONCURRENT_JOBS bounds it, and is the default.",
    )
    callback_url: str | None = Field(
        None,
        max_length=2048,
        pattern="^https?://",
        description="Is sent the final state of the batch with POST, signed.",
    )


class Pair(BaseModel):
    """Where one pair stands; its analysis_id works at every address of an analysis."""

    index: int = Field(description="Its place in file_pairs, counted from 0.")
    analysis_id: str
    master: str
    dub: str
    status: Status
    progress: float
    status_message: str
    cached: bool
    error: str | None
    error_code: str | None


class Batch(BaseModel):
    """Where a batch stands; when it has ended also `success` and `timestamp`."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [EXAMPLE]})

    batch_id: str
    status: Status = Field(
        description="completed once every pair has ended and at least one of them well."
    )
    progress: float = Field(ge=0, le=100)
    status_message: str
    created_at: datetime
    updated_at: datetime
    estimated_completion: datetime | None
    total: int
    counts: dict[str, int] = Field(description="Pairs by state.")
    cancel_requested: bool
    callback_status: str | None
    pairs: list[Pair]
    success: bool | None = None
    timestamp: datetime | None = None
    error: str | None = None
    error_code: str | None = None


class BatchAccepted(Batch):
    """The batch that was queued."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **EXAMPLE,
                    "success": True,
                    "status_url": f"/api/v1/analysis/batch/{EXAMPLE_BATCH_ID}",
                }
            ]
        }
    )

    success: Literal[True]
    status_url: str


class BatchCancelled(Batch):
    """The batch that is being cancelled, or has been."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**EXAMPLE, "success": True, "cancel_requested": True}]}
    )

    success: Literal[True]


class ResultsFormat(str, Enum):
    """How to write the results of a batch."""

    JSON = "json"
    CSV = "csv"
