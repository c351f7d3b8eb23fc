"""What a batch is, given its pairs."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from app.services.errors import JobNotFound
from app.services.job import FINAL, Job, JobStatus
from app.services.ports import JobStore


def settle_batch(store: JobStore, batch_id: str) -> None:
    """Bring the record of a batch in line with its pairs; harmless to repeat."""
    sums = store.batch_progress(batch_id)
    try:
        store.change(batch_id, lambda batch: _settled(batch, sums))
    except JobNotFound:  # forgotten meanwhile
        return


def _settled(batch: Job, sums: Mapping[JobStatus, tuple[int, float]]) -> Job:
    if batch.is_final:
        return batch
    total = sum(count for count, _ in sums.values())
    done = sum(sums.get(status, (0, 0.0))[0] for status in FINAL)
    began = total - sums.get(JobStatus.PENDING, (0, 0.0))[0]
    if batch.status is JobStatus.PENDING and began:
        batch = batch.started(device="-")
    if done == total:
        return _finished(batch, sums)
    if batch.status is JobStatus.PENDING or batch.cancel_requested:
        return batch
    return batch.progressed(fraction=batch_fraction(sums), message=f"{done} of {total} pairs done")


def _finished(batch: Job, sums: Mapping[JobStatus, tuple[int, float]]) -> Job:
    completed = sums.get(JobStatus.COMPLETED, (0, 0.0))[0]
    failed = sums.get(JobStatus.FAILED, (0, 0.0))[0]
    if batch.cancel_requested:
        return batch.cancelled()
    if failed and not completed:
        return batch.failed(
            error=f"All {failed} pairs failed; each says why.",
            error_code="ALL_PAIRS_FAILED",
            details={"failed": failed},
        )
    ended = batch.completed(cached=False)
    return dataclasses.replace(ended, status_message=f"Complete: {completed} done, {failed} failed")


def batch_fraction(sums: Mapping[JobStatus, tuple[int, float]]) -> float:
    """Return how much of a batch is done (0..1); a pair that ended counts whole."""
    total = sum(count for count, _ in sums.values())
    if total == 0:
        return 0.0
    percent = sum(
        100.0 * count if status in FINAL else summed for status, (count, summed) in sums.items()
    )
    return percent / (100.0 * total)
