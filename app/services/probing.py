"""Looks into media files before anything is promised, in a process that may crash or hang."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from app.services.errors import JobTimedOut, JobTooBig, WorkerDied
from app.services.ports import JobExecutor, Outcome, Work
from app.services.worker import TaskResult, WorkerConfig
from sync_analyzer import errors as library
from sync_analyzer.media.track import Media
from sync_analyzer.run import Run

REASON_BY_CODE: Mapping[str, str] = MappingProxyType(
    {
        JobTimedOut.error_code: "opening it took longer than PROBE_TIME_LIMIT_SECONDS",
        JobTooBig.error_code: "opening it took too much memory",
        WorkerDied.error_code: "it crashes the decoder",
        "INTERNAL_ERROR": "opening it failed in a way nobody foresaw; the log has the cause",
    }
)
"""Why a file counts as undecodable that brought its probe down."""

MOST_STREAMS = 64
REMEMBERED = 4096
"""How many files' probes are kept in memory."""


def run(task: Mapping[str, Any], run: Run, config: WorkerConfig) -> TaskResult:
    """Probe one file; the task of the kind ``probe``."""
    from sync_analyzer.media.probe import probe  # noqa: PLC0415 - loads the decoders

    media = probe(task["path"], stream=task["stream"])
    if not task.get("all_streams"):
        return TaskResult(result=media_dict(media))
    count = min(media.stream_count, MOST_STREAMS)
    streams = [media_dict(probe(task["path"], stream=number)) for number in range(count)]
    return TaskResult(result={"media": media_dict(media), "streams": streams})


def media_dict(media: Media) -> dict[str, Any]:
    """Return what was probed as plain JSON types."""
    plain = dataclasses.asdict(media)
    plain["frame_rate"] = None if media.frame_rate is None else str(media.frame_rate)
    return plain


class Prober:
    """
    Answers what a file is, from memory when the file has not changed since.

    ``executor`` has a time limit of its own; at most ``concurrency`` probes run in it.
    """

    def __init__(self, executor: JobExecutor, *, concurrency: int) -> None:
        self._executor = executor
        self._turns = asyncio.Semaphore(concurrency)
        self._known: OrderedDict[tuple[Any, ...], dict[str, Any]] = OrderedDict()
        self._count = 0

    def known(self, path: Path) -> dict[str, Any] | None:
        """Return the probe of a file as it is now, if it was made already."""
        try:
            return self._known.get(_key(path, None))
        except OSError:
            return None

    async def probe(self, path: Path, *, stream: int | None = None) -> dict[str, Any]:
        """
        Return the probe of one file.

        Raises:
            MediaError: what is wrong with it; a file that crashes the decoder or takes it
                too long counts as undecodable.
        """
        try:
            key = _key(path, stream)
        except OSError:
            raise library.MediaNotFound(str(path)) from None
        if key in self._known:
            return self._known[key]
        media = await self._ask({"path": str(path), "stream": stream})
        self._keep(key, media)
        return media

    def remember(self, path: Path, media: dict[str, Any]) -> None:
        """Know a file under this path that was probed under another."""
        with contextlib.suppress(OSError):
            self._keep(_key(path, None), media)

    def _keep(self, key: tuple[Any, ...], media: dict[str, Any]) -> None:
        self._known[key] = media
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    async def probe_all(self, path: Path) -> dict[str, Any]:
        """
        Return the probe of a file as ``media``, and of each audio stream as ``streams``.

        Raises:
            MediaError: as `probe`.
        """
        return await self._ask({"path": str(path), "stream": None, "all_streams": True})

    async def _ask(self, task: Mapping[str, Any]) -> dict[str, Any]:
        outcome = await self._outcome(task)
        if outcome.result is None:
            raise _error_of(outcome, Path(task["path"]))
        answer: dict[str, Any] = json.loads(outcome.result)
        return answer

    async def _outcome(self, task: Mapping[str, Any]) -> Outcome:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()
        self._count += 1
        job_id = f"probe_{self._count}"
        work = Work(job_id=job_id, kind="probe", task=task)
        await self._turns.acquire()
        hearer = _Hearer(loop, answer, self._turns)
        try:
            await asyncio.to_thread(self._executor.submit, work, hearer)
        except BaseException:
            self._turns.release()
            raise
        try:
            return await answer
        except asyncio.CancelledError:
            self._executor.cancel(job_id)
            raise


class _Hearer:
    """
    Carries the end of a probe from the executor's thread to the event loop.

    The turn ends with the work, not with the patience of who asked: until then the worker
    is busy.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        answer: asyncio.Future[Outcome],
        turns: asyncio.Semaphore,
    ) -> None:
        self._loop = loop
        self._answer = answer
        self._turns = turns

    def progressed(self, job_id: str, fraction: float, message: str) -> None:
        """A probe has no progress."""

    def ended(self, job_id: str, outcome: Outcome) -> None:
        """Hand the outcome over."""
        with contextlib.suppress(RuntimeError):  # the server has stopped meanwhile
            self._loop.call_soon_threadsafe(self._settle, outcome)

    def _settle(self, outcome: Outcome) -> None:
        self._turns.release()
        if not self._answer.done():
            self._answer.set_result(outcome)


def _key(path: Path, stream: int | None) -> tuple[Any, ...]:
    status = path.stat()
    return (str(path), status.st_size, status.st_mtime_ns, status.st_ctime_ns, stream)


def _error_of(outcome: Outcome, path: Path) -> library.MediaError:
    """Return the library's error as it was raised in the other process."""
    for cls in _subclasses(library.MediaError):
        if cls.error_code == outcome.error_code and outcome.error is not None:
            error = cls.__new__(cls)
            library.SyncAnalyzerError.__init__(error, outcome.error, **outcome.error_details)
            return error
    reason = REASON_BY_CODE.get(outcome.error_code or "", "the look at it was stopped")
    return library.UndecodableMedia(str(path), reason)


def _subclasses(cls: type[library.MediaError]) -> Iterator[type[library.MediaError]]:
    yield cls
    for sub in cls.__subclasses__():
        yield from _subclasses(sub)
