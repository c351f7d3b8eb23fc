"""Endpoints about the service itself."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from app.api.deps import ServicesDep

router = APIRouter(tags=["system"])


@router.get("/health", summary="Is the service well?")
async def health(services: ServicesDep) -> dict[str, Any]:
    """Tell whether the service lives and can take work."""
    return {"status": "healthy"}
