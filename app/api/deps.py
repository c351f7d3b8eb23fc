"""What endpoints may ask for; all of it is asynchronous, so that no request waits for a thread."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request, Response, Security
from fastapi.security import APIKeyHeader

from app.core.security import is_accepted, key_of
from app.core.settings import Settings
from app.models.common import ErrorResponse
from app.services.container import Services
from app.services.errors import NotAuthenticated
from app.services.jobs import Jobs
from app.services.paths import MediaPaths


async def get_services(request: Request) -> Services:
    """Return what the lifespan built."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


async def _settings(services: ServicesDep) -> Settings:
    return services.settings


async def _jobs(services: ServicesDep) -> Jobs:
    return services.jobs


async def _paths(services: ServicesDep) -> MediaPaths:
    return services.paths


SettingsDep = Annotated[Settings, Depends(_settings)]
JobsDep = Annotated[Jobs, Depends(_jobs)]
PathsDep = Annotated[MediaPaths, Depends(_paths)]


_key_header = APIKeyHeader(name="X-API-Key", auto_error=False)


async def require_key(
    request: Request, services: ServicesDep, declared: Annotated[str | None, Security(_key_header)]
) -> None:
    """
    Pass requests that carry an accepted API key, in X-API-Key or as a bearer token.

    Raises:
        NotAuthenticated: none, or a wrong one.
    """
    if not is_accepted(key_of(request), services.settings.api_keys):
        raise NotAuthenticated


async def _rate_limited(request: Request, response: Response) -> None:
    await request.app.state.rate_limit(request=request, response=response)


RateLimited = Depends(_rate_limited)
"""Put into ``dependencies=[RateLimited]`` of routes that count against RATE_LIMIT_PER_MINUTE."""


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses=`` of a route that may answer these errors."""
    return {status: {"model": ErrorResponse} for status in sorted(statuses)}
