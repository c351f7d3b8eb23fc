"""The AI use cases: listing models, starting AI work, fetching what it saved."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.core.settings import Settings
from app.services.ai_environment import ai_config
from app.services.ai_task import FOLDER, embeddings_path
from app.services.errors import MethodDisabled, SameFile
from app.services.gpus import gpus
from app.services.job import Job, new_id
from app.services.jobs import Jobs
from app.services.paths import MediaPaths
from sync_analyzer.ai import catalogue
from sync_analyzer.errors import ReportUnavailable

KIND = "ai"
KINDS = frozenset({KIND})
URL = "/api/v1/ai/sync"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiRequest:
    """What a client asks: the embeddings of one or two files, their comparison, or both."""

    model: str
    audio_file: str | None
    master_file: str | None
    dub_file: str | None
    extract_embeddings: bool
    analyze_sync: bool


class AiJobs:
    """The verbs of the AI endpoints."""

    def __init__(self, jobs: Jobs, paths: MediaPaths, settings: Settings) -> None:
        self._jobs = jobs
        self._paths = paths
        self._settings = settings

    def models(self) -> list[dict[str, Any]]:
        """Return what is known of every model that is switched on; loads none."""
        visible = [gpu.device for gpu in gpus() if gpu.device] if self._settings.use_gpu else []
        device = ", ".join(visible) or "cpu"
        return [
            {**model, "device": device}
            for model in catalogue.listing(ai_config(self._settings))
            if model["name"] in self._settings.enabled_ai_models
        ]

    def submit(self, asked: AiRequest, *, request_id: str | None) -> Job:
        """
        Queue the work.

        Raises:
            UnknownDetector: no AI model has this name.
            MethodDisabled: the operator switched the model off.
            DetectorUnavailable: its package or weights are missing here.
            ServiceError, MediaError: a path is not allowed, or names no file.
        """
        self._check(asked.model)
        self._forget_old_files()
        files = {
            role: str(self._paths.media_file(path))
            for role, path in (
                ("audio", asked.audio_file),
                ("master", asked.master_file),
                ("dub", asked.dub_file),
            )
            if path is not None
        }
        if files.get("master") and files["master"] == files.get("dub"):
            raise SameFile(files["master"])
        job_id = new_id(KIND)
        task = {
            "model": asked.model,
            "name": job_id,
            "url": f"{URL}/{job_id}/embeddings",
            "files": files if asked.extract_embeddings else {},
            "pair": [files["master"], files["dub"]] if asked.analyze_sync else None,
        }
        job = Job(id=job_id, kind=KIND, task=task, request=_said(asked), request_id=request_id)
        self._jobs.submit([job])
        return job

    def get(self, job_id: str) -> tuple[Job, dict[str, Any] | None]:
        """
        Return a job and, once it is completed, its result.

        Raises:
            JobNotFound: no AI job has this id.
        """
        job = self._jobs.get(job_id, kinds=KINDS)
        done = job.status.value == "completed"
        return job, self._jobs.result_dict(job_id) if done else None

    def cancel(self, job_id: str) -> Job:
        """
        Ask for the end of an AI job.

        Raises:
            JobNotFound: no AI job has this id.
            JobFinished: it has ended already.
        """
        return self._jobs.cancel(job_id, kinds=KINDS)

    def embeddings_file(self, job_id: str, role: str) -> Path:
        """
        Return the saved embeddings of one file of a completed job.

        Raises:
            JobNotFound: no AI job has this id.
            JobNotReady: it is not completed.
            ReportUnavailable: it saved none under this role, or they have been removed.
        """
        self._jobs.get(job_id, kinds=KINDS)
        saved: Mapping[str, Any] = self._jobs.result_dict(job_id).get("embeddings", {})
        if role not in saved:
            raise ReportUnavailable(
                f"{job_id} holds no embeddings of {role!r}; it has: {', '.join(saved) or 'none'}.",
                analysis_id=job_id,
                available=list(saved),
            )
        path = embeddings_path(self._settings.data_dir, f"{job_id}.{role}")
        if not path.is_file():
            raise ReportUnavailable(
                f"The embeddings of {job_id} have been removed. Start the extraction again.",
                analysis_id=job_id,
            )
        return path

    def _check(self, model: str) -> None:
        catalogue.card(model)
        enabled = self._settings.enabled_ai_models
        if model not in enabled:
            raise MethodDisabled(model, setting="ENABLED_AI_MODELS", enabled=enabled)
        config = ai_config(self._settings)
        if not config.download:
            catalogue.provided(model, config)

    def _forget_old_files(self) -> None:
        """Remove embeddings older than the jobs that are kept."""
        oldest = time.time() - 86_400 * self._settings.retention_days
        for file in (self._settings.data_dir / FOLDER).glob("*.npz"):
            if file.stat().st_mtime < oldest:
                file.unlink(missing_ok=True)


def _said(asked: AiRequest) -> dict[str, Any]:
    return {
        "model": asked.model,
        "audio_file": asked.audio_file,
        "master_file": asked.master_file,
        "dub_file": asked.dub_file,
        "extract_embeddings": asked.extract_embeddings,
        "analyze_sync": asked.analyze_sync,
    }
