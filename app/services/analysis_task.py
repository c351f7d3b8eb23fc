"""The task of the kind ``analysis``: one pair through the library, in a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.services.analyses import options_from
from app.services.worker import TaskResult, WorkerConfig
from sync_analyzer.pipeline import analyze_to_dict
from sync_analyzer.run import Run


def run(task: Mapping[str, Any], run: Run, config: WorkerConfig) -> TaskResult:
    """Return where the dub lies against the master."""
    options = options_from(task["options"])
    return TaskResult(result=analyze_to_dict(task["master"], task["dub"], options=options, run=run))
