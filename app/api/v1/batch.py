"""Endpoints of batches."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.responses import StreamingResponse

from app.api.deps import RateLimited, ServicesDep, errors
from app.api.v1.analysis import config_from
from app.core.context import request_id_var
from app.models.batch import (
    EXAMPLE_BATCH_ID,
    Batch,
    BatchAccepted,
    BatchCancelled,
    BatchRequest,
    ResultsFormat,
)
from app.services.batches import BatchSpec, batch_view
from app.services.views import dump

router = APIRouter(prefix="/api/v1/analysis/batch", tags=["batch"])

PREFIX = "/api/v1/analysis/batch"
BatchId = Annotated[
    str, Path(max_length=64, description="As given at the start.", examples=[EXAMPLE_BATCH_ID])
]


@router.post(
    "",
    status_code=202,
    response_model=BatchAccepted,
    dependencies=[RateLimited],
    responses=errors(403, 409, 413, 422, 429, 503),
    summary="Start the analysis of many pairs",
)
async def start_batch(
    request: BatchRequest, services: ServicesDep, response: Response
) -> dict[str, Any]:
    """
    Queue every pair; one that cannot be read fails alone and says why.

    A master that several dubs share is decoded once.
    """
    most = services.settings.max_concurrent_jobs
    parallel = min(request.max_workers or most, most) if request.parallel_processing else 1
    batch = await services.batches.start(
        BatchSpec(
            pairs=[(pair.master, pair.dub) for pair in request.file_pairs],
            config=config_from(request.analysis_config),
            max_parallel=parallel,
            callback_url=request.callback_url,
            request_id=request_id_var.get(),
        )
    )
    url = f"{PREFIX}/{batch.id}"
    response.headers["Location"] = url
    pairs = await asyncio.to_thread(services.batches.pairs, batch.id)
    return {**batch_view(batch, pairs), "success": True, "status_url": url}


@router.get(
    "/{batch_id}",
    response_model=Batch,
    responses=errors(404, 422),
    summary="Where a batch and each of its pairs stand",
)
async def get_batch(batch_id: BatchId, services: ServicesDep) -> Response:
    """Return one progress for all, and the state of each pair."""

    def read() -> bytes:
        batch = services.batches.get(batch_id)
        return dump(batch_view(batch, services.batches.pairs(batch_id)))

    return Response(await asyncio.to_thread(read), media_type="application/json")


@router.delete(
    "/{batch_id}",
    response_model=BatchCancelled,
    responses=errors(404, 409, 422, 503),
    summary="Cancel a batch",
)
async def cancel_batch(batch_id: BatchId, services: ServicesDep) -> dict[str, Any]:
    """Cancel every pair that has not ended: waiting ones at once, running ones within a second."""
    batch = await asyncio.to_thread(services.batches.cancel, batch_id)
    pairs = await asyncio.to_thread(services.batches.pairs, batch_id)
    return {**batch_view(batch, pairs), "success": True}


@router.get(
    "/{batch_id}/results",
    response_class=Response,
    responses={
        200: {
            "description": "The batch with `results`, or a table with a line for each pair.",
            "content": {
                "application/json": {"schema": {"type": "object"}},
                "text/csv": {"schema": {"type": "string"}},
            },
        },
        **errors(404, 422),
    },
    summary="All results of a batch in one document",
)
async def get_batch_results(
    batch_id: BatchId,
    services: ServicesDep,
    format: Annotated[ResultsFormat, Query(description="json or csv.")] = ResultsFormat.JSON,
) -> Response:
    """Return every pair with its result, as far as there is one; ask again as more end."""
    await asyncio.to_thread(services.batches.get, batch_id)
    name = f"{batch_id}.{format.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if format is ResultsFormat.CSV:
        table = services.batches.results_csv(batch_id)
        return StreamingResponse(table, media_type="text/csv", headers=headers)
    document = services.batches.results_json(batch_id)
    return StreamingResponse(document, media_type="application/json", headers=headers)
