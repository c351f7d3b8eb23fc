"""Wire shapes of health and help."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


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

    model_config = ConfigDict(extra="allow")

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

    title: str
    documentation: dict[str, str]
    endpoints: list[Endpoint]
