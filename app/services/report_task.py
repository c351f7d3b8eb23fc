"""The task of the kind ``report``: a finished result drawn in one format, in a worker."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from app.services.worker import TaskResult, WorkerConfig
from sync_analyzer.run import Run


def run(task: Mapping[str, Any], run: Run, config: WorkerConfig) -> TaskResult:
    """
    Return the report as base64, its type and a name for it.

    ``task`` holds ``result``, ``format``, ``frame_rate``, and ``files``: where master and
    dub really lie, for waveforms and spectrograms.
    """
    from sync_analyzer.export.report.registry import render_report, report_format  # noqa: PLC0415
    from sync_analyzer.report import SyncReport  # noqa: PLC0415

    report = SyncReport.from_dict(task["result"])
    chosen = report_format(task["format"])
    content = render_report(
        report,
        format_name=chosen.name,
        frame_rate=task["frame_rate"],
        cache_dir=config.cache_dir / "peaks",
        files=task["files"],
        run=run,
    )
    return TaskResult(
        result={
            "content": base64.b64encode(content).decode(),
            "media_type": chosen.media_type,
            "file_name": chosen.file_name(report),
        }
    )
