"""Reports, exports and repairs of finished analyses."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.services.errors import JobFailure, JobNotReady, ServiceError
from app.services.job import Job, JobStatus, new_id
from app.services.jobs import Jobs
from app.services.ports import JobExecutor, Outcome, Work
from sync_analyzer import errors as library

ANALYSES = frozenset({"analysis"})
REPAIRS = frozenset({"repair"})
FOLDER = "repaired"
"""Below UPLOAD_DIR: a folder a repair, so that its files can be analysed like uploads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A rendered file on its way to the client."""

    content: bytes
    media_type: str
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """What a client may choose about a repair."""

    null_clips: bool = True
    analyze_again: bool = True


class Reports:
    """
    The use cases behind ``/report``, ``/export`` and ``/repair``.

    Reports are drawn in ``executor``, one at a time; repairs are jobs like any other.
    """

    def __init__(self, jobs: Jobs, executor: JobExecutor, *, upload_dir: Path) -> None:
        self._jobs = jobs
        self._executor = executor
        self._upload_dir = upload_dir
        self._turn = asyncio.Semaphore(1)
        self._numbers = itertools.count(1)

    async def report(
        self, analysis_id: str, *, format_name: str, frame_rate: str | None
    ) -> Document:
        """
        Return a report of a finished analysis.

        Raises:
            JobNotFound, JobNotReady: there is no finished analysis of this id.
            InvalidOption: the frame rate is none.
            JobFailure: the drawing itself failed.
        """
        job, result = await asyncio.to_thread(self._finished, analysis_id)
        task = {
            "result": result,
            "format": format_name,
            "frame_rate": frame_rate,
            "files": _files(job),
        }
        async with self._turn:
            outcome = await self._drawn(task)
        if outcome.result is None:
            raise _error_of(outcome)
        said = json.loads(outcome.result)
        return Document(
            content=base64.b64decode(said["content"]),
            media_type=said["media_type"],
            file_name=said["file_name"],
        )

    def export(self, analysis_id: str, *, format_name: str, frame_rate: str | None) -> Document:
        """
        Return the correction of a finished analysis for another program.

        Raises:
            JobNotFound, JobNotReady: there is no finished analysis of this id.
            ReportUnavailable: it found no match, so there is nothing to apply.
            InvalidOption: the frame rate is none.
        """
        from sync_analyzer.export.plan import plan_correction  # noqa: PLC0415 - loads numpy
        from sync_analyzer.export.registry import export  # noqa: PLC0415
        from sync_analyzer.report import SyncReport  # noqa: PLC0415

        _, result = self._finished(analysis_id)
        chosen = export(format_name)
        plan = plan_correction(SyncReport.from_dict(result), frame_rate=frame_rate)
        return Document(
            content=chosen.render(plan).encode("utf-8"),
            media_type=chosen.media_type,
            file_name=chosen.file_name(plan),
        )

    def start_repair(
        self, analysis_id: str, asked: Repair, *, base_url: str, request_id: str | None
    ) -> Job:
        """
        Queue the writing of the corrected dub.

        Raises:
            JobNotFound, JobNotReady: there is no finished analysis of this id.
            ReportUnavailable: it found no match, so there is nothing to correct.
            RepairUnavailable: there is no ffmpeg program here.
            MediaNotFound: master or dub are gone.
            QueueFull: too many jobs wait.
        """
        from sync_analyzer.export.plan import plan_correction  # noqa: PLC0415
        from sync_analyzer.repair.ffmpeg_process import ffmpeg_program  # noqa: PLC0415
        from sync_analyzer.report import SyncReport  # noqa: PLC0415

        analysis, result = self._finished(analysis_id)
        plan_correction(SyncReport.from_dict(result))
        ffmpeg_program()
        files = _files(analysis)
        for path in files.values():
            if not Path(path).is_file():
                raise library.MediaNotFound(path)
        repair_id = new_id("repair")
        job = Job(
            id=repair_id,
            kind="repair",
            task={
                "result": result,
                "files": files,
                "options": analysis.task["options"],
                "folder": str(self._upload_dir.absolute() / FOLDER / repair_id),
                "url": f"{base_url}/{repair_id}/repair/files",
                "null_clips": asked.null_clips,
                "analyze_again": asked.analyze_again,
            },
            request={
                "of_analysis": analysis_id,
                **{key: analysis.request.get(key) for key in ("master_file", "dub_file")},
                "null_clips": asked.null_clips,
                "analyze_again": asked.analyze_again,
            },
            request_id=request_id,
        )
        self._jobs.submit([job])
        return job

    def repaired_file(self, repair_id: str, number: int) -> Path:
        """
        Return one file that a repair wrote: 0 is the corrected dub, then the clips.

        Raises:
            JobNotFound, JobNotReady: there is no finished repair of this id.
            ReportUnavailable: it wrote no such file, or it has been removed.
        """
        self._jobs.get(repair_id, kinds=REPAIRS)
        files = self._jobs.result_dict(repair_id).get("files", [])
        if number >= len(files):
            raise library.ReportUnavailable(
                f"{repair_id} wrote {len(files)} files, numbered from 0.", repair_id=repair_id
            )
        path = Path(files[number]["path"])
        if not path.is_file():
            raise library.ReportUnavailable(
                f"{path.name} has been removed. Start the repair again.", repair_id=repair_id
            )
        return path

    def _finished(self, analysis_id: str) -> tuple[Job, dict[str, Any]]:
        job = self._jobs.get(analysis_id, kinds=ANALYSES)
        if job.status is not JobStatus.COMPLETED:
            raise JobNotReady(analysis_id, status=job.status.value)
        return job, self._jobs.result_dict(analysis_id)

    async def _drawn(self, task: Mapping[str, Any]) -> Outcome:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()
        work = Work(job_id=f"report_{next(self._numbers)}", kind="report", task=task)
        await asyncio.to_thread(self._executor.submit, work, _Hearer(loop, answer))
        try:
            return await answer
        except asyncio.CancelledError:
            self._executor.cancel(work.job_id)
            raise


class _Hearer:
    """Carries the end of a drawing from the executor's thread to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, answer: asyncio.Future[Outcome]) -> None:
        self._loop = loop
        self._answer = answer

    def progressed(self, job_id: str, fraction: float, message: str) -> None:
        """Nobody waits for the progress of a drawing."""

    def ended(self, job_id: str, outcome: Outcome) -> None:
        """Hand the outcome over."""
        self._loop.call_soon_threadsafe(self._settle, outcome)

    def _settle(self, outcome: Outcome) -> None:
        if not self._answer.done():
            self._answer.set_result(outcome)


def _files(job: Job) -> dict[str, str]:
    """Return where master and dub of an analysis really lie."""
    return {"master": str(job.task["master"]), "dub": str(job.task["dub"])}


def _error_of(outcome: Outcome) -> library.SyncAnalyzerError | ServiceError:
    """Return the error as it was raised in the other process."""
    if outcome.error_code == library.InvalidOption.error_code and outcome.error is not None:
        error = library.InvalidOption.__new__(library.InvalidOption)
        library.SyncAnalyzerError.__init__(error, outcome.error, **outcome.error_details)
        return error
    return JobFailure(outcome.error or "The drawing of the report was stopped. Ask again.")
