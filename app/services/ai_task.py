"""The work of an ``ai`` job, done in a worker: embeddings of one file, or a comparison."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.services.worker import TaskResult, WorkerConfig
from sync_analyzer.run import Run

FOLDER = "embeddings"


def embeddings_path(data_dir: Path, name: str) -> Path:
    """Return where the embeddings of this name are kept."""
    return data_dir / FOLDER / f"{name}.npz"


def run(task: Mapping[str, Any], run: Run, config: WorkerConfig) -> TaskResult:
    """
    Extract embeddings of each named file, compare master and dub, or both.

    ``task`` holds ``model``, ``files`` (role to path; the role names the saved file
    together with ``name``) and ``pair`` (``[master, dub]`` or None).
    """
    result: dict[str, Any] = {"model": task["model"]}
    files: Mapping[str, str] = task["files"]
    pair = task["pair"]
    share = 1.0 / (len(files) + (1 if pair else 0))
    if files:
        result["embeddings"] = {
            role: _extracted(path, role=role, task=task, run=run.part(share), config=config)
            for role, path in files.items()
        }
    if pair:
        result["sync"] = _compared(pair, model=task["model"], run=run.part(share))
    return TaskResult(result=result)


def _extracted(
    path: str, *, role: str, task: Mapping[str, Any], run: Run, config: WorkerConfig
) -> dict[str, Any]:
    from sync_analyzer.ai.extract import extract  # noqa: PLC0415  (only jobs need it)

    target = embeddings_path(config.data_dir, f"{task['name']}.{role}")
    written = extract(path, target, model=task["model"], run=run)
    return {"audio_file": path, "url": f"{task['url']}/{role}", "format": "npz", **written}


def _compared(pair: list[str], *, model: str, run: Run) -> dict[str, Any]:
    from sync_analyzer.pipeline import Options, analyze_to_dict  # noqa: PLC0415

    options = Options(methods=(), enable_ai=True, ai_model=model)
    return analyze_to_dict(pair[0], pair[1], options=options, run=run)
