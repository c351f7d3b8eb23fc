"""The composition root: the only place that names concrete classes."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from app.core.envelope import install_error_handlers
from app.core.settings import Settings, load_settings
from app.middleware.request_id import RequestIdMiddleware
from app.services.container import Services
from app.services.jobs import Jobs
from app.services.memory_store import MemoryJobStore
from app.services.paths import MediaPaths

ROUTERS = ("app.api.v1.ai", "app.api.v1.reports")


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service, wired and not yet started."""
    settings = settings or load_settings()
    app = FastAPI(title="Audio Sync Analyzer", lifespan=_lifespan)
    app.state.settings = settings
    app.state.rate_limit = _unlimited
    install_error_handlers(app)
    app.add_middleware(RequestIdMiddleware)
    for name in ROUTERS:
        if importlib.util.find_spec(name):
            app.include_router(importlib.import_module(name).router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    store = MemoryJobStore()
    app.state.services = Services(
        settings=settings,
        jobs=Jobs(store, max_queued_jobs=settings.max_queued_jobs, wake=lambda: None),
        paths=MediaPaths((settings.mount_path, settings.upload_dir)),
    )
    yield
    store.close()


async def _unlimited(*, request: Request, response: Response) -> None:
    """Let everybody through."""
