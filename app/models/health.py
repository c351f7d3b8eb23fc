"""Wire shapes of health and help."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE: dict[str, Any] = {
    "status": "healthy",
    "live": True,
    "ready": True,
    "version": "1.0.0",
    "uptime_seconds": 86400.0,
    "problems": [],
    "warnings": [],
    "disk": {
        "data": {"total_bytes": 500107862016, "free_bytes": 250053931008},
        "uploads": {"total_bytes": 500107862016, "free_bytes": 250053931008},
    },
    "workers": {"max": 2, "busy": 1, "this_process_runs_jobs": True},
    "queue": {
        "max_pending": 10000,
        **{"pending": 0, "processing": 1, "completed": 41, "failed": 1, "cancelled": 0},
    },
    "ffmpeg": {"available": True, "pyav_version": "18.1.0"},
    "models": [{"name": "spectral", "available": True}],
    "gpus": [],
    "timestamp": "2025-08-27T14:30:52.000000Z",
}
HELP_EXAMPLE: dict[str, Any] = {
    "title": "Audio Sync Analyzer",
    "documentation": {"swagger": "/docs", "redoc": "/redoc", "openapi": "/openapi.json"},
    "endpoints": [
        {
            "method": "GET",
            "path": "/health",
            "summary": "Is the service well?",
            "description": "Tell whether the service lives and can take work.",
            "tags": ["system"],
            "curl": "curl -X GET http://localhost:8000/health",
        }
    ],
}


class Disk(BaseModel):
    """A file system."""

    total_bytes: int
    free_bytes: int


class Workers(BaseModel):
    """The processes that analyse."""

    max: int
    busy: int
    this_process_runs_jobs: bool


class Ffmpeg(BaseModel):
    """The decoder."""

    available: bool
    pyav_version: str | None


class ModelHealth(BaseModel):
    """Whether an AI model can run here."""

    name: str
    available: bool


class HealthResponse(BaseModel):
    """The state of the service."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [EXAMPLE]})

    status: Literal["healthy", "degraded", "unhealthy"]
    live: bool
    ready: bool
    version: str
    uptime_seconds: float
    problems: list[str] = Field(description="What keeps it from being healthy.")
    warnings: list[str] = Field(description="What an operator may want to look at.")
    disk: dict[str, Disk | None] = Field(description="null: the folder is gone.")
    workers: Workers
    queue: dict[str, int] = Field(description="Jobs by state, and how many may wait.")
    ffmpeg: Ffmpeg
    models: list[ModelHealth]
    gpus: list[dict[str, Any]]
    timestamp: datetime


class Endpoint(BaseModel):
    """One endpoint."""

    method: str
    path: str
    summary: str
    description: str
    tags: list[str]
    curl: str


class HelpResponse(BaseModel):
    """All endpoints."""

    model_config = ConfigDict(json_schema_extra={"examples": [HELP_EXAMPLE]})

    title: str
    documentation: dict[str, str]
    endpoints: list[Endpoint]
