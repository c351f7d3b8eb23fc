"""Wire shapes of the AI endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from app.models.analysis import MediaPath
from app.services.catalogue import ai_model_names

EXAMPLE_ID = "ai_20250827_143052_abc12345"
EXAMPLE_TIME = "2025-08-27T14:30:52.000000Z"
MODELS_EXAMPLE: dict[str, Any] = {
    "success": True,
    "models": [
        {
            "name": "spectral",
            "summary": "This project's own small network, shipped with the package.",
            "available": True,
            "reason": None,
            "command": None,
            "path": None,
            "size_bytes": 314030,
            "device": "cpu",
            "sample_rate": 8000,
            "frame_step_seconds": 0.02,
            "embedding_dimensions": 24,
        }
    ],
    "timestamp": EXAMPLE_TIME,
}
STARTED_EXAMPLE: dict[str, Any] = {
    "success": True,
    "analysis_id": EXAMPLE_ID,
    "status": "pending",
    "message": f"Queued. Watch /api/v1/ai/sync/{EXAMPLE_ID}.",
    "status_url": f"/api/v1/ai/sync/{EXAMPLE_ID}",
    "timestamp": EXAMPLE_TIME,
}
STATUS_EXAMPLE: dict[str, Any] = {
    "success": True,
    "analysis_id": EXAMPLE_ID,
    "status": "processing",
    "progress": 67.0,
    "status_message": "AI Analysis: Dub embeddings - Processing window 30/45",
    "created_at": EXAMPLE_TIME,
    "updated_at": EXAMPLE_TIME,
    "estimated_completion": EXAMPLE_TIME,
    "device": "cuda:0",
    "error": None,
    "error_code": None,
    "result": None,
    "timestamp": EXAMPLE_TIME,
}


class AiModel(BaseModel):
    """One AI model, and whether it can run here."""

    name: str = Field(description="What `ai_model` and `model` take.")
    summary: str = Field(description="What it is, in a sentence.")
    available: bool = Field(description="Whether packages and whole weights are here.")
    reason: str | None = Field(description="Why it is not available.")
    command: str | None = Field(description="The command that provides what is missing.")
    path: str | None = Field(description="Where its weights lie.")
    size_bytes: int = Field(description="Size of the weights; about, where they are missing.")
    device: str = Field(description="Where its jobs run here: cpu, or these GPUs in turn.")
    sample_rate: int = Field(description="What it listens at, in Hz.")
    frame_step_seconds: float = Field(description="Time between two embeddings.")
    embedding_dimensions: int = Field(description="Numbers per embedding.")


class AiModelList(BaseModel):
    """Every AI model that is switched on here."""

    model_config = ConfigDict(json_schema_extra={"examples": [MODELS_EXAMPLE]})

    success: bool = True
    models: list[AiModel]
    timestamp: datetime


ONE_OF_TWO_FORMS: list[Any] = [
    {
        "title": "One file",
        "required": ["audio_file", "extract_embeddings"],
        "properties": {
            "audio_file": {"type": "string"},
            "master_file": {"type": "null"},
            "dub_file": {"type": "null"},
            "extract_embeddings": {"const": True},
            "analyze_sync": {"const": False},
        },
    },
    {
        "title": "Master and dub",
        "required": ["master_file", "dub_file"],
        "properties": {
            "audio_file": {"type": "null"},
            "master_file": {"type": "string"},
            "dub_file": {"type": "string"},
        },
        "anyOf": [
            {"required": [name], "properties": {name: {"const": True}}}
            for name in ("extract_embeddings", "analyze_sync")
        ],
    },
]


def _known_models(schema: dict[str, Any]) -> None:
    schema["enum"] = list(ai_model_names())


class AiSyncRequest(BaseModel):
    """Embeddings of one file, or a comparison of master and dub by one model."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        json_schema_extra={
            "oneOf": ONE_OF_TWO_FORMS,
            "examples": [
                {
                    "audio_file": "/mnt/data/audio/sample.wav",
                    "model": "spectral",
                    "extract_embeddings": True,
                    "analyze_sync": False,
                },
                {
                    "master_file": "/mnt/data/audio/master.wav",
                    "dub_file": "/mnt/data/audio/dub.wav",
                    "model": "spectral",
                    "analyze_sync": True,
                },
            ],
        },
    )

    audio_file: MediaPath | None = Field(None, description="One file, for `extract_embeddings`.")
    master_file: MediaPath | None = Field(None, description="The master, with `dub_file`.")
    dub_file: MediaPath | None = Field(None, description="The dub, with `master_file`.")
    model: str = Field(
        "spectral",
        description="A name from GET /api/v1/ai/models.",
        json_schema_extra=_known_models,
    )
    extract_embeddings: bool = Field(
        False, description="Save the embeddings of every named file as .npz."
    )
    analyze_sync: bool = Field(False, description="Compare master and dub.")

    @model_validator(mode="after")
    def _one_form(self) -> AiSyncRequest:
        single, pair = self.audio_file, (self.master_file, self.dub_file)
        if single is not None and any(pair):
            raise ValueError("name audio_file, or master_file and dub_file, not both")
        if single is None and not all(pair):
            raise ValueError("name audio_file, or both master_file and dub_file")
        if single is not None and self.analyze_sync:
            raise ValueError("analyze_sync needs master_file and dub_file; audio_file is one file")
        if not (self.extract_embeddings or self.analyze_sync):
            raise ValueError("set extract_embeddings or analyze_sync to true")
        return self


class AiJobStarted(BaseModel):
    """The work was queued."""

    model_config = ConfigDict(json_schema_extra={"examples": [STARTED_EXAMPLE]})

    success: bool = True
    analysis_id: str
    status: str
    message: str = Field(description="What happens next, in a sentence.")
    status_url: str = Field(description="GET it for progress and, in the end, the result.")
    timestamp: datetime


class AiJobStatus(BaseModel):
    """Where the work stands, and its result once it is completed."""

    model_config = ConfigDict(json_schema_extra={"examples": [STATUS_EXAMPLE]})

    success: bool = True
    analysis_id: str
    status: str
    progress: float = Field(description="Percent.")
    status_message: str
    created_at: datetime
    updated_at: datetime
    estimated_completion: datetime | None
    device: str | None = Field(description="Where it runs or ran: cpu or cuda:N.")
    error: str | None
    error_code: str | None
    result: dict[str, Any] | None = Field(
        description=(
            "`model`; `embeddings` by role (audio, master, dub) with url, frames, dimensions, "
            "layer, processing_time and model_metadata; `sync`, the result of the comparison."
        )
    )
    timestamp: datetime
