"""Runs where the work runs: one task in, one `Outcome` out, whatever happens.

This is the job boundary, the one place that catches everything: a task may call decoders
and models that fail in ways nobody listed, and the job must end with a sentence.
"""

from __future__ import annotations

import importlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from app.core.context import job_id_var, request_id_var
from app.services.errors import ServiceError
from app.services.ports import Outcome, Work
from sync_analyzer.errors import AnalysisCancelled, SyncAnalyzerError
from sync_analyzer.run import Run

logger = logging.getLogger(__name__)

MODULE_BY_KIND: Mapping[str, str] = MappingProxyType(
    {
        "analysis": "app.services.analysis_task",
        "ai": "app.services.ai_task",
        "repair": "app.services.repair_task",
        "probe": "app.services.probing",
        "report": "app.services.report_task",
    }
)
"""The module whose ``run(task, run, config)`` does the work of a kind of job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerConfig:
    """What a worker knows of the settings; plain values that cross a process boundary."""

    data_dir: Path
    ai_model_cache_dir: Path
    ai_batch_size: int
    use_gpu: bool
    enable_caching: bool
    cache_ttl_seconds: int
    log_level: str
    log_file: Path
    log_max_bytes: int
    log_backups: int
    module_by_kind: Mapping[str, str]
    ai_environment: Mapping[str, str] = field(default_factory=dict)
    """Variables the AI models read (`app.services.ai_environment`), set before any work."""

    @property
    def cache_dir(self) -> Path:
        """Where results and decoded tracks are kept for reuse."""
        return self.data_dir / "cache"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult:
    """What a task gives back: plain JSON types, and whether they came from the cache."""

    result: Mapping[str, Any]
    cached: bool = False


class Task(Protocol):
    """The work of one kind of job; its module binds it to ``run``."""

    def __call__(self, task: Mapping[str, Any], run: Run, config: WorkerConfig) -> TaskResult:
        """
        Do the work.

        Raises:
            SyncAnalyzerError: the job fails with this sentence and code.
            AnalysisCancelled: the job was cancelled.
        """
        ...


def execute(work: Work, run: Run, config: WorkerConfig) -> Outcome:
    """Run one task and say how it ended; never raises."""
    job_id_var.set(work.job_id)
    request_id_var.set(work.request_id or "-")
    logger.info("this process takes the job")
    try:
        task: Task = importlib.import_module(config.module_by_kind[work.kind]).run
        done = task(work.task, run, config)
        content = json.dumps(done.result, ensure_ascii=False, allow_nan=False).encode()
        return Outcome(result=content, cached=done.cached)
    except AnalysisCancelled:
        return Outcome()
    except (SyncAnalyzerError, ServiceError) as error:
        return Outcome(
            error=error.message, error_code=error.error_code, error_details=error.details
        )
    except MemoryError:
        return Outcome(
            error="Not enough memory for this job. Analyse a shorter excerpt or give the "
            "machine more memory.",
            error_code="OUT_OF_MEMORY",
        )
    except Exception as error:
        logger.exception("job %s failed unexpectedly", work.job_id)
        return Outcome(
            error=f"Something went wrong inside the analysis ({type(error).__name__}). "
            "The log has the cause under this job's id.",
            error_code="INTERNAL_ERROR",
        )
