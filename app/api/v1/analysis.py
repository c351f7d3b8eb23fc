"""Endpoints of single analyses."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response
from starlette.convertors import StringConvertor, register_url_convertor

from app.api.deps import JobsDep, RateLimited, ServicesDep, errors
from app.core.context import request_id_var
from app.models.analysis import (
    EXAMPLE_ID,
    Accepted,
    Analysis,
    AnalysisOptions,
    AnalysisPage,
    Cancelled,
    Status,
    SyncRequest,
)
from app.services.analyses import AnalysisConfig
from app.services.job import JobStatus
from app.services.ports import JobQuery
from app.services.views import dump, job_view, view_with_result


class JobIdConvertor(StringConvertor):
    """Takes every name below an address but those that are addresses themselves."""

    regex = "(?!(?:sync|batch)(?:/|$))[^/]+"


register_url_convertor("job", JobIdConvertor())

router = APIRouter(prefix="/api/v1/analysis", tags=["analysis"])

PREFIX = "/api/v1/analysis"
SINGLE_KINDS = frozenset({"analysis", "ai", "repair"})
"""Everything that is one job; batches have addresses of their own."""

AnalysisId = Annotated[
    str, Path(max_length=64, description="As given when it was started.", examples=[EXAMPLE_ID])
]


def config_from(options: AnalysisOptions) -> AnalysisConfig:
    """Return what the client chose, in the service's words."""
    return AnalysisConfig(
        methods=None if options.methods is None else tuple(options.methods),
        enable_ai=options.enable_ai,
        ai_model=options.ai_model,
        sample_rate_hz=options.sample_rate,
        window_seconds=options.window_size,
        confidence_threshold=options.confidence_threshold,
        master_stream=options.master_stream,
        dub_stream=options.dub_stream,
        tolerance_profile=options.tolerance_profile.value,
    )


@router.post(
    "/sync",
    status_code=202,
    response_model=Accepted,
    dependencies=[RateLimited],
    responses=errors(403, 404, 409, 413, 415, 422, 429, 503),
    summary="Start the analysis of one master and one dub",
)
async def start_sync(
    request: SyncRequest, services: ServicesDep, response: Response
) -> dict[str, Any]:
    """Check both files and queue their analysis; poll the address in `Location`."""
    job = await services.analyses.start(
        request.master_file,
        request.dub_file,
        config_from(request),
        callback_url=request.callback_url,
        request_id=request_id_var.get(),
    )
    url = f"{PREFIX}/{job.id}"
    response.headers["Location"] = url
    return {**job_view(job), "success": True, "status_url": url}


@router.get(
    "/",
    response_model=AnalysisPage,
    dependencies=[RateLimited],
    responses=errors(422, 429),
    summary="List analyses",
)
async def list_analyses(
    jobs: JobsDep,
    page: Annotated[int, Query(ge=1, le=1_000_000, description="Counted from 1.")] = 1,
    page_size: Annotated[int, Query(ge=1, le=200)] = 20,
    status: Annotated[Status | None, Query(description="Only those that stand here.")] = None,
) -> dict[str, Any]:
    """Return one page of the analyses, newest first."""
    query = JobQuery(
        kinds=SINGLE_KINDS,
        statuses=None if status is None else frozenset({JobStatus(status.value)}),
        offset=(page - 1) * page_size,
        limit=page_size,
    )
    found, total = await asyncio.to_thread(jobs.find, query)
    return {
        "success": True,
        "analyses": [job_view(job) for job in found],
        "total": total,
        "page": page,
        "page_size": page_size,
        "total_pages": -(-total // page_size),
    }


@router.get(
    "/{analysis_id:job}",
    response_model=Analysis,
    responses=errors(404, 422),
    summary="Status, progress and, at the end, the result",
)
async def get_analysis(analysis_id: AnalysisId, jobs: JobsDep) -> Response:
    """Return where the job stands; poll as often as you like."""
    job = jobs.get(analysis_id, kinds=SINGLE_KINDS)
    if job.status is JobStatus.COMPLETED:
        result = await asyncio.to_thread(jobs.result, analysis_id)
        content = view_with_result(job, result)
    else:
        content = dump(job_view(job))
    return Response(content, media_type="application/json")


@router.delete(
    "/{analysis_id:job}",
    response_model=Cancelled,
    responses=errors(404, 409, 422, 503),
    summary="Cancel an analysis",
)
async def cancel_analysis(analysis_id: AnalysisId, jobs: JobsDep) -> dict[str, Any]:
    """Stop the job: a waiting one at once, a running one within a second."""
    job = await asyncio.to_thread(jobs.cancel, analysis_id, kinds=SINGLE_KINDS)
    return {**job_view(job), "success": True}
