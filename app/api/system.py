"""Endpoints about the service itself: health, metrics, help."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from app.api.deps import ServicesDep
from app.api.help import help_of
from app.core.envelope import timestamp
from app.models.health import HealthResponse, HelpResponse
from app.services.gpus import gpus

router = APIRouter(tags=["system"])


@router.get(
    "/health",
    response_model=HealthResponse,
    responses={503: {"model": HealthResponse, "description": "Lives, and cannot take work."}},
    summary="Is the service well?",
)
async def health(services: ServicesDep, response: Response) -> dict[str, Any]:
    """Tell whether the service lives and can take work: disk, workers, queue, models, GPUs."""
    seen = await services.health.current()
    if not seen["ready"]:
        response.status_code = 503
    return {**seen, "timestamp": timestamp()}


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {
            "content": {
                "text/plain": {
                    "schema": {"type": "string"},
                    "example": 'sync_jobs{status="completed"} 41.0\n',
                }
            }
        }
    },
    summary="Counts for Prometheus",
)
async def metrics(request: Request, services: ServicesDep) -> Response:
    """Return requests, jobs, durations, queue and GPUs in Prometheus' text format."""

    def read() -> bytes:
        text: bytes = request.app.state.metrics.text(
            jobs=services.jobs.counts(),
            limit={
                "concurrent_jobs": services.settings.max_concurrent_jobs,
                "queued_jobs": services.settings.max_queued_jobs,
            },
            gpus=gpus(),
        )
        return text

    content = await asyncio.to_thread(read)
    return Response(content, media_type="text/plain; version=0.0.4")


@router.get("/api/help", response_model=HelpResponse, summary="Every endpoint with a curl")
async def api_help(request: Request) -> dict[str, Any]:
    """List every endpoint with its purpose and a curl command that can be pasted."""
    address = str(request.base_url).rstrip("/")
    document = request.app.openapi()
    everything = {**document, "paths": document["paths"] | request.app.state.protocols}
    return {
        "title": request.app.title,
        "documentation": {"swagger": "/docs", "redoc": "/redoc", "openapi": "/openapi.json"},
        "endpoints": help_of(everything, address=address),
    }
