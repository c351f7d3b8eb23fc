"""Live progress as server-sent events."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.api.deps import ServicesDep, errors
from app.api.v1.analysis import SINGLE_KINDS, AnalysisId
from app.api.v1.batch import BatchId
from app.services.batches import batch_view
from app.services.container import Services
from app.services.views import job_view

router = APIRouter(prefix="/api/v1/analysis", tags=["events"])

RECONNECT_MILLISECONDS = 1000
QUIET_SECONDS = 10.0
LastEventId = Annotated[
    str | None,
    Header(description="The id of the last event seen; only what is newer is sent again."),
]


@dataclass(frozen=True, slots=True)
class Seen:
    """A job at one moment."""

    revision: int
    is_final: bool
    status: str
    view: dict[str, Any]


async def _analysis(analysis_id: AnalysisId, services: ServicesDep) -> str:
    return services.jobs.get(analysis_id, kinds=SINGLE_KINDS).id


async def _batch(batch_id: BatchId, services: ServicesDep) -> str:
    return services.batches.get(batch_id).id


@router.get(
    "/{analysis_id:job}/events",
    response_class=EventSourceResponse,
    responses=errors(404, 422),
    summary="Live progress of an analysis",
)
async def analysis_events(
    services: ServicesDep,
    job_id: Annotated[str, Depends(_analysis)],
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """
    Stream the status whenever it changes: `progress`, and at the end one of `completed`,
    `failed`, `cancelled`, after which the stream closes. The result is fetched with GET.
    """

    async def read() -> Seen:
        job = services.jobs.get(job_id)
        return Seen(job.revision, job.is_final, job.status.value, job_view(job))

    async for event in _events(services, last_event_id, read):
        yield event


@router.get(
    "/batch/{batch_id}/events",
    response_class=EventSourceResponse,
    responses=errors(404, 422),
    summary="Live progress of a batch",
)
async def batch_events(
    services: ServicesDep,
    job_id: Annotated[str, Depends(_batch)],
    last_event_id: LastEventId = None,
) -> AsyncIterator[ServerSentEvent]:
    """Stream the state of the batch whenever it changes, without its single pairs."""

    def look() -> Seen:
        batch = services.batches.get(job_id)
        pairs = services.batches.pairs(job_id)
        view = batch_view(batch, pairs)
        del view["pairs"]
        revision = max([batch.revision, *(pair.revision for pair in pairs)])
        return Seen(revision, batch.is_final, batch.status.value, view)

    async def read() -> Seen:
        return await services.feed.shared(job_id, look)

    async for event in _events(services, last_event_id, read):
        yield event


async def _events(
    services: Services, last_event_id: str | None, read: Callable[[], Awaitable[Seen]]
) -> AsyncIterator[ServerSentEvent]:
    """Yield the view whenever its newest revision is above the last one sent."""
    sent = _number(last_event_id or "")
    while not services.feed.is_closed:
        seen = await read()
        if seen.revision > sent:
            sent = seen.revision
            name = seen.status if seen.is_final else "progress"
            yield ServerSentEvent(
                data=seen.view, event=name, id=str(sent), retry=RECONNECT_MILLISECONDS
            )
        if seen.is_final:
            return
        await services.feed.changed(timeout_seconds=QUIET_SECONDS)


def _number(event_id: str) -> int:
    """Return the revision that an event id stands for; -1 for what is none."""
    return int(event_id) if re.fullmatch(r"[0-9]{1,18}", event_id) else -1
