"""The other half of the composition root: use cases wired to their ports."""

from __future__ import annotations

from collections.abc import Callable

from app.core.security import secret_key
from app.core.settings import InvalidSettings, Settings
from app.services.ai_environment import ai_config, ai_environment
from app.services.analyses import Analyses, Defaults
from app.services.batches import Batches, document_of
from app.services.browsing import Browser
from app.services.cache_sweep import DRAFT_SECONDS, sweep
from app.services.catalogue import Catalogue, ai_model_names, method_names
from app.services.container import Services
from app.services.crew import JobCrew
from app.services.dispatcher import Dispatcher
from app.services.feed import Feed
from app.services.file_lock import FileLock
from app.services.gpu_pool import gpu_pool
from app.services.health import Health
from app.services.housekeeping import Housekeeper, forget_old_jobs
from app.services.job import Job
from app.services.jobs import Jobs
from app.services.paths import MediaPaths
from app.services.pebble_executor import PebbleExecutor
from app.services.ports import DevicePool, JobStore
from app.services.probing import Prober
from app.services.reports import Reports
from app.services.runner import Runner
from app.services.tus import Tus
from app.services.upload_store import UploadStore
from app.services.uploads import Uploads
from app.services.webhooks import Webhooks
from app.services.worker import MODULE_BY_KIND, WorkerConfig

PROBE_WORKERS = 2
PROBE_MEMORY_BYTES = 1 << 30
RENDER_MEMORY_BYTES = 2 << 30
RENDER_TIME_LIMIT_SECONDS = 300.0


def check_names(settings: Settings) -> None:
    """
    Pass settings whose methods and AI models all exist.

    Raises:
        InvalidSettings: one does not; a misspelt name would switch its method off.
    """
    for setting, given, known in (
        ("ENABLED_METHODS", settings.enabled_methods, method_names()),
        ("ENABLED_AI_MODELS", settings.enabled_ai_models, ai_model_names()),
    ):
        unknown = [name for name in given if name not in known]
        if unknown:
            raise InvalidSettings(
                f"Setting {setting} names {', '.join(unknown)}; choose from: {', '.join(known)}."
            )


def build_probes(settings: Settings) -> PebbleExecutor:
    """Return the processes that look into files before a request is accepted."""
    return PebbleExecutor(
        worker_config(settings),
        workers=PROBE_WORKERS,
        time_limit_seconds=settings.probe_time_limit_seconds,
        memory_limit_bytes=PROBE_MEMORY_BYTES,
    )


def build_renders(settings: Settings) -> PebbleExecutor:
    """Return the process that draws reports while a client waits."""
    return PebbleExecutor(
        worker_config(settings),
        workers=1,
        time_limit_seconds=RENDER_TIME_LIMIT_SECONDS,
        memory_limit_bytes=RENDER_MEMORY_BYTES,
    )


def build_services(
    settings: Settings,
    store: JobStore,
    probes: PebbleExecutor,
    renders: PebbleExecutor,
    *,
    on_end: Callable[[Job], None],
) -> Services:
    """Return every use case; ``on_end`` hears of each job that ends."""
    devices = gpu_pool(use_gpu=settings.use_gpu)
    runner = Runner(
        FileLock(settings.data_dir / "runner.lock"),
        lambda: _crew(settings, store, devices, on_end),
    )
    jobs = Jobs(store, max_queued_jobs=settings.max_queued_jobs, wake=runner.wake)
    paths = MediaPaths((settings.mount_path, settings.upload_dir))
    prober = Prober(probes, concurrency=PROBE_WORKERS)
    catalogue = _catalogue(settings)
    analyses = _analyses(settings, jobs, paths, prober, catalogue)
    upload_store = UploadStore(settings.upload_dir, max_bytes=settings.max_file_size)
    uploads = Uploads(upload_store, prober)
    return Services(
        settings=settings,
        jobs=jobs,
        paths=paths,
        prober=prober,
        catalogue=catalogue,
        analyses=analyses,
        batches=Batches(store, jobs, analyses),
        browser=Browser(paths, prober),
        upload_store=upload_store,
        uploads=uploads,
        tus=Tus(upload_store, uploads),
        devices=devices,
        runner=runner,
        feed=Feed(store),
        health=Health(settings, store, runner, ai_config(settings)),
        reports=Reports(jobs, renders, upload_dir=settings.upload_dir),
    )


def _catalogue(settings: Settings) -> Catalogue:
    return Catalogue(
        enabled_methods=settings.enabled_methods,
        enabled_ai_models=settings.enabled_ai_models,
        ai_config=ai_config(settings),
    )


def _analyses(
    settings: Settings, jobs: Jobs, paths: MediaPaths, prober: Prober, catalogue: Catalogue
) -> Analyses:
    defaults = Defaults(
        sample_rate_hz=settings.default_sample_rate,
        window_seconds=settings.default_window_size,
        confidence_threshold=settings.default_confidence_threshold,
    )
    return Analyses(
        jobs,
        paths,
        prober,
        catalogue,
        defaults,
        allow_private_callbacks=settings.allow_private_callbacks,
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


def _crew(
    settings: Settings, store: JobStore, devices: DevicePool, on_end: Callable[[Job], None]
) -> JobCrew:
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
        kinds=frozenset(MODULE_BY_KIND) - {"probe", "report"},
        max_concurrent_jobs=settings.max_concurrent_jobs,
        job_attempts=settings.job_attempts,
        on_end=on_end,
    )
    webhooks = Webhooks(
        store,
        secret=secret_key(settings),
        allow_private=settings.allow_private_callbacks,
        body_of=lambda job: document_of(store, job),
    )
    return JobCrew(dispatcher, executor, (_housekeeper(settings, store), webhooks))


def _housekeeper(settings: Settings, store: JobStore) -> Housekeeper:
    uploads = UploadStore(settings.upload_dir, max_bytes=settings.max_file_size)
    cache_dir = worker_config(settings).cache_dir
    return Housekeeper(
        (
            lambda: forget_old_jobs(
                store, days=settings.retention_days, count=settings.retention_count
            ),
            lambda: uploads.sweep(older_than_seconds=DRAFT_SECONDS),
            lambda: sweep(
                cache_dir, ttl_seconds=settings.cache_ttl, max_bytes=settings.cache_max_bytes
            ),
        )
    )
