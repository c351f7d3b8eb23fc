"""The composition root: the only place that names concrete classes."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Depends, FastAPI
from slowapi.errors import RateLimitExceeded
from starlette.middleware.cors import CORSMiddleware

from app.api import deps, system
from app.api.documentation import install_documentation
from app.api.page import install_page
from app.api.v1 import ai, analysis, batch, events, files, reports, tus
from app.api.v1 import system as machine
from app.core.envelope import install_error_handlers
from app.core.folders import make_folders
from app.core.logging import configure_logging
from app.core.metrics import Metrics
from app.core.rate_limit import make_rate_limit, on_rate_limit
from app.core.security import check_secret_key, listening_host
from app.core.settings import Settings, load_settings
from app.core.shutdown import InFlight, on_stop_signal
from app.middleware.access_log import AccessLogMiddleware
from app.middleware.body_limit import BodyLimitMiddleware
from app.middleware.hosts import HostsMiddleware
from app.middleware.in_flight import InFlightMiddleware
from app.middleware.plain_errors import PlainErrorsMiddleware
from app.middleware.request_id import RequestIdMiddleware
from app.middleware.security_headers import SecurityHeadersMiddleware
from app.services.sqlite_store import SqliteJobStore
from app.wiring import build_probes, build_renders, build_services, check_names
from sync_analyzer import __version__

ROUTERS = (
    events.router,
    batch.router,
    analysis.router,
    reports.router,
    tus.router,
    files.router,
    ai.router,
    machine.router,
)
JOURNAL = "jobs.sqlite3"
UPLOADS = ("/api/v1/files/upload", "/api/v1/files/tus")
QUIET = ("/health", "/metrics", "/api/v1/analysis/", "/docs-assets", "/static")


def create_app(settings: Settings | None = None) -> FastAPI:
    """
    Return the service, wired and not yet started.

    Raises:
        InvalidSettings: the settings cannot be used, with a sentence for each reason.
    """
    settings = settings or load_settings()
    check_secret_key(settings, host=listening_host(settings, argv=sys.argv, environ=os.environ))
    check_names(settings)
    make_folders(settings)
    app = FastAPI(
        title="Audio Sync Analyzer",
        version=__version__,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    app.state.metrics = Metrics(settings.data_dir / "metrics")
    app.state.in_flight = InFlight()
    app.state.limiter, app.state.rate_limit = make_rate_limit(settings)
    install_error_handlers(app)
    app.add_exception_handler(RateLimitExceeded, on_rate_limit)
    _add_middleware(app, settings)
    _add_routers(app, settings)
    install_page(app)
    install_documentation(app, with_keys=bool(settings.api_keys))
    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Wrap the application; the last one added is the outermost."""
    app.add_middleware(
        BodyLimitMiddleware, max_bytes=settings.max_request_bytes, unlimited_below=UPLOADS
    )
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.allowed_origins),
        allow_methods=["*"],
        allow_headers=["*"],
        expose_headers=["*"],
    )
    app.add_middleware(PlainErrorsMiddleware)
    app.add_middleware(HostsMiddleware, allowed=settings.allowed_hosts)
    app.add_middleware(InFlightMiddleware, in_flight=app.state.in_flight)
    app.add_middleware(SecurityHeadersMiddleware)
    app.add_middleware(AccessLogMiddleware, count=app.state.metrics.request, quiet_below=QUIET)
    app.add_middleware(RequestIdMiddleware)


def _add_routers(app: FastAPI, settings: Settings) -> None:
    guarded = [Depends(deps.require_key)] if settings.api_keys else []
    app.include_router(system.router)
    for router in ROUTERS:
        app.include_router(router, dependencies=guarded)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    configure_logging(
        level=settings.log_level,
        path=settings.log_file,
        max_bytes=settings.log_max_bytes,
        backups=settings.log_backups,
    )
    store = SqliteJobStore(settings.data_dir / JOURNAL)
    probes, renders = build_probes(settings), build_renders(settings)
    services = build_services(settings, store, probes, renders, on_end=app.state.metrics.job_ended)
    app.state.services = services
    services.runner.start()
    services.feed.start()
    loop, in_flight = asyncio.get_running_loop(), app.state.in_flight

    def stop() -> None:
        services.feed.close()
        loop.call_soon_threadsafe(in_flight.end_after, settings.shutdown_grace_seconds)

    on_stop_signal(stop)
    probes.prestart("sync_analyzer.media.probe")
    yield
    await services.feed.stop()
    services.runner.stop(grace_seconds=settings.shutdown_grace_seconds)
    probes.close()
    renders.close()
    store.close()
