"""Many pairs at once: each pair is a job of its own, the batch is what they add up to."""

from __future__ import annotations

import asyncio
import csv
import dataclasses
import io
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from app.services.analyses import Analyses, AnalysisConfig, NamedFile, new_job
from app.services.batch_state import batch_fraction, settle_batch
from app.services.errors import JobFinished, JobNotFound, JobNotReady, ServiceError
from app.services.job import FINAL, Job, JobStatus, new_id
from app.services.jobs import Jobs
from app.services.ports import JobQuery, JobStore
from app.services.views import dump, job_view, view_with_result, wire_time
from sync_analyzer.errors import SyncAnalyzerError
from sync_analyzer.options import Options

BATCH = frozenset({"batch"})
MOST_PAIRS = 1000
CSV_COLUMNS = (
    "index",
    "analysis_id",
    "master_file",
    "dub_file",
    "status",
    "match",
    "verdict",
    "offset_seconds",
    "confidence",
    "rate",
    "named_rate",
    "segments",
    "sync_status",
    "tolerance_verdict",
    "cached",
    "error_code",
    "error",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSpec:
    """What a client wants to have analysed; ``max_parallel`` pairs at a time."""

    pairs: Sequence[tuple[str, str]]
    config: AnalysisConfig
    max_parallel: int
    callback_url: str | None
    request_id: str


class Batches:
    """The use cases behind ``/api/v1/analysis/batch``; all but `start` belong in a thread."""

    def __init__(self, store: JobStore, jobs: Jobs, analyses: Analyses) -> None:
        self._store = store
        self._jobs = jobs
        self._analyses = analyses

    async def start(self, spec: BatchSpec) -> Job:
        """
        Queue all pairs and return the batch; a pair that cannot be read fails alone.

        Raises:
            SyncAnalyzerError, ServiceError: the configuration is not valid, or the queue
                is full.
        """
        self._analyses.check_callback(spec.callback_url)
        options = await asyncio.to_thread(self._analyses.options, spec.config)
        return await asyncio.to_thread(self._queue, spec, options)

    def get(self, batch_id: str) -> Job:
        """
        Return the batch as its pairs make it now.

        Raises:
            JobNotFound: no batch has this id.
        """
        batch = self._jobs.get(batch_id, kinds=BATCH)
        if batch.status is not JobStatus.PROCESSING:
            return batch
        fraction = batch_fraction(self._store.batch_progress(batch_id))
        seen = batch.progressed(fraction=fraction, message=batch.status_message)
        return dataclasses.replace(seen, updated_at=batch.updated_at)

    def pairs(self, batch_id: str) -> list[Job]:
        """Return the jobs of the pairs, in the order in which the client named them."""
        query = JobQuery(batch_id=batch_id, limit=MOST_PAIRS, oldest_first=True)
        found, _ = self._store.find(query)
        return sorted(found, key=lambda job: job.request["pair_index"])

    def cancel(self, batch_id: str) -> Job:
        """
        Cancel every pair that has not ended.

        Raises:
            JobNotFound: no batch has this id.
            JobFinished: it has ended already.
        """
        self._jobs.get(batch_id, kinds=BATCH)
        self._store.change(batch_id, _cancelling)
        for pair in self.pairs(batch_id):
            if pair.status not in FINAL:
                try:
                    self._jobs.cancel(pair.id)
                except (JobFinished, JobNotFound):  # it ended at this moment
                    continue
        settle_batch(self._store, batch_id)
        return self.get(batch_id)

    def results_json(self, batch_id: str) -> Iterator[bytes]:
        """Yield one JSON document with the batch and every pair's result."""
        head = dump(batch_view(self.get(batch_id), self.pairs(batch_id)))
        yield head[:-1] + b', "results": ['
        for number, job in enumerate(self.pairs(batch_id)):
            yield (b"," if number else b"") + self._whole(job)
        yield b"]}"

    def results_csv(self, batch_id: str) -> Iterator[str]:
        """Yield a table with a line for each pair."""
        yield _line(CSV_COLUMNS)
        for job in self.pairs(batch_id):
            row = _row(job, json.loads(self._whole(job)).get("result"))
            yield _line([row.get(name) for name in CSV_COLUMNS])

    def _queue(self, spec: BatchSpec, options: Options) -> Job:
        batch = Job(
            id=new_id("batch"),
            kind="batch",
            task={"max_parallel": spec.max_parallel},
            request={"total": len(spec.pairs)},
            status_message=f"0 of {len(spec.pairs)} pairs done",
            callback_url=spec.callback_url,
            request_id=spec.request_id,
        )
        pairs = [self._pair(number, pair, batch, options) for number, pair in enumerate(spec.pairs)]
        self._jobs.submit([batch, *_grouped(pairs)])
        settle_batch(self._store, batch.id)
        return self.get(batch.id)

    def _pair(self, number: int, pair: tuple[str, str], batch: Job, options: Options) -> Job:
        failure: SyncAnalyzerError | ServiceError | None = None
        try:
            master, dub = self._analyses.pair(*pair)
        except (SyncAnalyzerError, ServiceError) as error:
            failure = error
            master, dub = (NamedFile.unread(name) for name in pair)
        job = new_job(master, dub, options, batch_id=batch.id, request_id=batch.request_id)
        job = dataclasses.replace(job, request={**job.request, "pair_index": number})
        if failure is None:
            return job
        return job.failed(
            error=failure.message, error_code=failure.error_code, details=failure.details
        )

    def _whole(self, job: Job) -> bytes:
        try:
            return view_with_result(job, self._jobs.result(job.id))
        except (JobNotReady, JobNotFound):
            return dump(job_view(job))


def document_of(store: JobStore, job: Job) -> bytes:
    """Return what GET answers for a job or batch that has ended."""
    if job.kind == "batch":
        query = JobQuery(batch_id=job.id, limit=MOST_PAIRS, oldest_first=True)
        pairs = sorted(store.find(query)[0], key=lambda pair: pair.request["pair_index"])
        return dump(batch_view(job, pairs))
    try:
        return view_with_result(job, store.result(job.id))
    except JobNotReady:
        return dump(job_view(job))


def batch_view(batch: Job, pairs: Sequence[Job]) -> dict[str, Any]:
    """Return the fields of a batch on the wire."""
    counts = Counter(pair.status.value for pair in pairs)
    view: dict[str, Any] = {
        "batch_id": batch.id,
        "status": batch.status.value,
        "progress": batch.progress,
        "status_message": batch.status_message,
        "created_at": wire_time(batch.created_at),
        "updated_at": wire_time(max([batch.updated_at, *(p.updated_at for p in pairs)])),
        "estimated_completion": wire_time(batch.estimated_completion),
        "total": batch.request["total"],
        "counts": {status.value: counts.get(status.value, 0) for status in JobStatus},
        "cancel_requested": batch.cancel_requested,
        "callback_status": batch.callback_status,
        "pairs": [_pair_view(pair) for pair in pairs],
    }
    if batch.is_final:
        view |= {
            "success": batch.status is JobStatus.COMPLETED,
            "timestamp": wire_time(batch.finished_at),
        }
    if batch.status is JobStatus.FAILED:
        view |= {"error": batch.error, "error_code": batch.error_code}
    return view


def _pair_view(pair: Job) -> dict[str, Any]:
    return {
        "index": pair.request["pair_index"],
        "analysis_id": pair.id,
        "master": pair.request["master_file"],
        "dub": pair.request["dub_file"],
        "status": pair.status.value,
        "progress": pair.progress,
        "status_message": pair.status_message,
        "cached": pair.cached,
        "error": pair.error,
        "error_code": pair.error_code,
    }


def _grouped(pairs: Sequence[Job]) -> list[Job]:
    """Return the pairs with those of one master next to each other, and marked."""
    count = Counter(pair.task["master"] for pair in pairs)
    first: dict[str, int] = {}
    for number, pair in enumerate(pairs):
        first.setdefault(pair.task["master"], number)
    marked = [
        dataclasses.replace(pair, task={**pair.task, "share_master": True})
        if count[pair.task["master"]] > 1
        else pair
        for pair in pairs
    ]
    return sorted(marked, key=lambda pair: first[pair.task["master"]])


def _cancelling(batch: Job) -> Job:
    if batch.is_final:
        raise JobFinished(batch.id, status=batch.status.value)
    return batch.cancelling()


def _row(job: Job, result: dict[str, Any] | None) -> dict[str, Any]:
    row = _pair_view(job) | {
        "master_file": job.request["master_file"],
        "dub_file": job.request["dub_file"],
    }
    if result is None:
        return row
    consensus, speed = result["consensus_offset"], result["speed"] or {}
    return row | {
        "match": result["match"],
        "verdict": result["verdict"],
        "offset_seconds": consensus["offset_seconds"],
        "confidence": consensus["confidence"],
        "rate": speed.get("rate"),
        "named_rate": speed.get("named_rate"),
        "segments": len(result["segments"]),
        "sync_status": result["sync_status"],
        "tolerance_verdict": result["tolerance"].get("verdict"),
    }


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(["" if cell is None else cell for cell in cells])
    return text.getvalue()
