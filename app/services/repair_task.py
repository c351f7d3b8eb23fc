"""The task of the kind ``repair``: the corrected dub, written and measured again in a worker."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.services.worker import TaskResult, WorkerConfig
from sync_analyzer.run import Run


def run(task: Mapping[str, Any], run: Run, config: WorkerConfig) -> TaskResult:
    """
    Return what was written, what is left, and where each file can be downloaded.

    ``task`` holds ``result``, ``files`` (where master and dub really lie), ``options`` of
    the analysis, ``folder`` to write into, ``url`` of the downloads, and the two choices
    ``null_clips`` and ``analyze_again``.
    """
    from sync_analyzer.repair.repair import default_output, repair  # noqa: PLC0415
    from sync_analyzer.report import SyncReport  # noqa: PLC0415

    report = dataclasses.replace(
        SyncReport.from_dict(task["result"]),
        master_file=task["files"]["master"],
        dub_file=task["files"]["dub"],
    )
    folder = Path(task["folder"])
    folder.mkdir(parents=True, exist_ok=True)
    done = repair(
        report,
        output_path=default_output(report, folder=folder),
        options=_options(task["options"]),
        overwrite=True,  # of an attempt that a stopped server left behind
        null_clips=task["null_clips"],
        analyze_again=task["analyze_again"],
        run=run,
    ).to_dict()
    return TaskResult(result={**done, "files": downloads(done, url=task["url"])})


def downloads(done: Mapping[str, Any], *, url: str) -> list[dict[str, Any]]:
    """Return every written file with its name and its address."""
    paths = [done["output_file"]]
    for clip in done["null_clips"]:
        paths += [clip["pair_file"], clip["difference_file"]]
    return [
        {"name": Path(path).name, "path": path, "url": f"{url}/{number}"}
        for number, path in enumerate(paths)
    ]


def _options(plain: Mapping[str, Any]) -> Any:
    from app.services.analyses import options_from  # noqa: PLC0415 - loads more than it needs

    return options_from(plain)
