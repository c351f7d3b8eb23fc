"""What endpoints may ask for."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request, Response

from app.core.settings import Settings
from app.models.common import ErrorResponse
from app.services.container import Services
from app.services.jobs import Jobs
from app.services.paths import MediaPaths


def get_services(request: Request) -> Services:
    """Return what the lifespan built."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


def _settings(services: ServicesDep) -> Settings:
    return services.settings


def _jobs(services: ServicesDep) -> Jobs:
    return services.jobs


def _paths(services: ServicesDep) -> MediaPaths:
    return services.paths


SettingsDep = Annotated[Settings, Depends(_settings)]
JobsDep = Annotated[Jobs, Depends(_jobs)]
PathsDep = Annotated[MediaPaths, Depends(_paths)]


async def _rate_limited(request: Request, response: Response) -> None:
    await request.app.state.rate_limit(request=request, response=response)


RateLimited = Depends(_rate_limited)
"""Put into ``dependencies=[RateLimited]`` of routes that count against RATE_LIMIT_PER_MINUTE."""


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses=`` of a route that may answer these errors."""
    return {status: {"model": ErrorResponse} for status in sorted(statuses)}
