"""The composition root: the only place that names concrete classes."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request, Response

from app.api import system
from app.api.v1 import analysis
from app.core.envelope import install_error_handlers
from app.core.logging import configure_logging
from app.core.settings import Settings, load_settings
from app.middleware.request_id import RequestIdMiddleware
from app.services.ai_environment import ai_config, ai_environment
from app.services.analyses import Analyses, Defaults
from app.services.catalogue import Catalogue
from app.services.container import Services
from app.services.crew import JobCrew
from app.services.dispatcher import Dispatcher
from app.services.gpu_pool import gpu_pool
from app.services.jobs import Jobs
from app.services.paths import MediaPaths
from app.services.pebble_executor import PebbleExecutor
from app.services.ports import DevicePool, JobStore
from app.services.probing import Prober
from app.services.runner import Runner, RunnerLock
from app.services.sqlite_store import SqliteJobStore
from app.services.worker import MODULE_BY_KIND, WorkerConfig

ROUTERS = ("app.api.v1.ai", "app.api.v1.reports")
PROBE_WORKERS = 2
PROBE_MEMORY_BYTES = 1 << 30


def create_app(settings: Settings | None = None) -> FastAPI:
    """Return the service, wired and not yet started."""
    settings = settings or load_settings()
    app = FastAPI(title="Audio Sync Analyzer", lifespan=_lifespan)
    app.state.settings = settings
    app.state.rate_limit = _unlimited
    install_error_handlers(app)
    app.add_middleware(RequestIdMiddleware)
    app.include_router(system.router)
    app.include_router(analysis.router)
    for name in ROUTERS:
        if importlib.util.find_spec(name):
            app.include_router(importlib.import_module(name).router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    for folder in (settings.data_dir, settings.upload_dir):
        folder.mkdir(parents=True, exist_ok=True)
    configure_logging(
        level=settings.log_level,
        path=settings.log_file,
        max_bytes=settings.log_max_bytes,
        backups=settings.log_backups,
    )
    store = SqliteJobStore(settings.data_dir / "jobs.sqlite3")
    probes = PebbleExecutor(
        worker_config(settings),
        workers=PROBE_WORKERS,
        time_limit_seconds=settings.probe_time_limit_seconds,
        memory_limit_bytes=PROBE_MEMORY_BYTES,
    )
    services = build_services(settings, store, probes)
    app.state.services = services
    services.runner.start()
    yield
    services.runner.stop(grace_seconds=settings.shutdown_grace_seconds)
    probes.close()
    store.close()


def build_services(settings: Settings, store: JobStore, probes: PebbleExecutor) -> Services:
    """Return every use case, wired."""
    devices = gpu_pool(use_gpu=settings.use_gpu)
    runner = Runner(
        RunnerLock(settings.data_dir / "runner.lock"),
        lambda: _crew(settings, store, devices),
    )
    jobs = Jobs(store, max_queued_jobs=settings.max_queued_jobs, wake=runner.wake)
    paths = MediaPaths((settings.mount_path, settings.upload_dir))
    prober = Prober(probes, concurrency=PROBE_WORKERS)
    catalogue = Catalogue(
        enabled_methods=settings.enabled_methods,
        enabled_ai_models=settings.enabled_ai_models,
        ai_config=ai_config(settings),
    )
    defaults = Defaults(
        sample_rate_hz=settings.default_sample_rate,
        window_seconds=settings.default_window_size,
        confidence_threshold=settings.default_confidence_threshold,
    )
    return Services(
        settings=settings,
        jobs=jobs,
        paths=paths,
        prober=prober,
        catalogue=catalogue,
        analyses=Analyses(jobs, paths, prober, catalogue, defaults),
        devices=devices,
        runner=runner,
    )


def worker_config(settings: Settings) -> WorkerConfig:
    """Return what workers need to know of the settings."""
    return WorkerConfig(
        data_dir=settings.data_dir,
        ai_model_cache_dir=settings.ai_model_cache_dir,
        ai_batch_size=settings.ai_batch_size,
        use_gpu=settings.use_gpu,
        enable_caching=settings.enable_caching,
        cache_ttl_seconds=settings.cache_ttl,
        log_level=settings.log_level,
        log_file=settings.log_file,
        log_max_bytes=settings.log_max_bytes,
        log_backups=settings.log_backups,
        module_by_kind=dict(MODULE_BY_KIND),
        ai_environment=ai_environment(settings),
    )


def _crew(settings: Settings, store: JobStore, devices: DevicePool) -> JobCrew:
    executor = PebbleExecutor(
        worker_config(settings),
        workers=settings.max_concurrent_jobs,
        time_limit_seconds=settings.job_time_limit_seconds,
        memory_limit_bytes=settings.job_memory_limit_bytes,
    )
    dispatcher = Dispatcher(
        store,
        executor,
        devices,
        kinds=frozenset(MODULE_BY_KIND),
        max_concurrent_jobs=settings.max_concurrent_jobs,
        job_attempts=settings.job_attempts,
    )
    return JobCrew(dispatcher, executor)


async def _unlimited(*, request: Request, response: Response) -> None:
    """Let everybody through."""
