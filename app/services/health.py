"""What the service knows of its own state."""

from __future__ import annotations

import asyncio
import importlib.metadata
import os
import shutil
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.core.settings import Settings
from app.services.errors import StoreUnavailable
from app.services.gpus import gpus
from app.services.job import JobStatus
from app.services.ports import JobStore
from app.services.runner import Runner
from sync_analyzer import __version__
from sync_analyzer.ai import catalogue
from sync_analyzer.ai.config import AiConfig

FRESH_SECONDS = 1.0
"""How old a look may be before another is taken."""

STALE_SECONDS = 2.0
"""How old a look may be to be given while another is taken."""

LEAST_FREE_BYTES = 256 * 1024 * 1024
"""Below this the service says that the disk is nearly full."""


class Health:
    """Looks around at most once a second, however often it is asked."""

    def __init__(
        self, settings: Settings, store: JobStore, runner: Runner, ai_config: AiConfig
    ) -> None:
        self._settings = settings
        self._store = store
        self._runner = runner
        self._ai_config = ai_config
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._seen: dict[str, Any] = {}
        self._seen_at = float("-inf")

    async def current(self) -> dict[str, Any]:
        """
        Return the state of the service as it was at most some seconds ago.

        A look that is no longer fresh is still given, while another thread takes a new one;
        so nobody who asks waits for it.
        """
        age_seconds = time.monotonic() - self._seen_at
        if age_seconds >= STALE_SECONDS:
            return await asyncio.to_thread(self._refresh)
        if age_seconds >= FRESH_SECONDS and not self._lock.locked():
            asyncio.get_running_loop().run_in_executor(None, self._refresh)
        return self._seen

    def _refresh(self) -> dict[str, Any]:
        with self._lock:
            if time.monotonic() - self._seen_at >= FRESH_SECONDS:
                self._seen = self._look()
                self._seen_at = time.monotonic()
            return self._seen

    def _look(self) -> dict[str, Any]:
        settings = self._settings
        disk = {"data": _disk(settings.data_dir), "uploads": _disk(settings.upload_dir)}
        queue, problems = self._queue(), []
        if queue is None:
            problems.append("the job journal cannot be read")
        for name, place in disk.items():
            if place is None:
                problems.append(f"the folder of {name} is gone")
            elif place["free_bytes"] < LEAST_FREE_BYTES:
                problems.append(f"less than 256 MB are free on the disk of {name}")
        if not self._runner.is_healthy:
            problems.append("the dispatcher of jobs has stopped; restart the service")
        ready = queue is not None and self._runner.is_healthy
        warnings = []
        if not os.access(settings.mount_path, os.R_OK | os.X_OK):
            warnings.append(f"MOUNT_PATH {settings.mount_path} cannot be read")
        return {
            "status": "healthy" if not problems else ("degraded" if ready else "unhealthy"),
            "live": True,
            "ready": ready,
            "version": __version__,
            "uptime_seconds": round(time.monotonic() - self._started, 1),
            "problems": problems,
            "warnings": warnings,
            "disk": disk,
            "workers": {
                "max": settings.max_concurrent_jobs,
                "busy": (queue or {}).get(JobStatus.PROCESSING.value, 0),
                "this_process_runs_jobs": self._runner.is_running_jobs,
            },
            "queue": {"max_pending": settings.max_queued_jobs, **(queue or {})},
            "ffmpeg": _ffmpeg(),
            "models": [
                {"name": model["name"], "available": model["available"]}
                for model in catalogue.listing(self._ai_config)
                if model["name"] in settings.enabled_ai_models
            ],
            "gpus": [asdict(gpu) for gpu in gpus()],
        }

    def _queue(self) -> dict[str, int] | None:
        try:
            counts = self._store.counts()
        except StoreUnavailable:
            return None
        return {status.value: counts.get(status, 0) for status in JobStatus}


def _disk(folder: Path) -> dict[str, int] | None:
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return {"total_bytes": usage.total, "free_bytes": usage.free}


def _ffmpeg() -> dict[str, Any]:
    """Return which FFmpeg decodes: the libraries inside the PyAV package."""
    try:
        version = importlib.metadata.version("av")
    except importlib.metadata.PackageNotFoundError:
        return {"available": False, "pyav_version": None}
    return {"available": True, "pyav_version": version}
