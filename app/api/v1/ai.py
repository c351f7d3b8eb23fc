"""AI models, embeddings and comparisons by one model."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse

from app.api.deps import RateLimited, ServicesDep, errors
from app.core.context import request_id_var
from app.models.ai import AiJobStarted, AiJobStatus, AiModel, AiModelList, AiSyncRequest
from app.services.ai_jobs import URL, AiJobs, AiRequest
from app.services.job import Job, now

router = APIRouter(prefix="/api/v1/ai", tags=["ai"])


def _ai_jobs(services: ServicesDep) -> AiJobs:
    return AiJobs(services.jobs, services.paths, services.settings)


AiJobsDep = Annotated[AiJobs, Depends(_ai_jobs)]


@router.get("/models", dependencies=[RateLimited], responses=errors(429))
def list_models(ai: AiJobsDep) -> AiModelList:
    """Say which AI models there are, whether each can run here, and how to provide it."""
    models = [AiModel(**model) for model in ai.models()]
    return AiModelList(models=models, timestamp=now())


@router.post(
    "/sync",
    status_code=202,
    dependencies=[RateLimited],
    responses=errors(403, 404, 409, 415, 422, 429, 503),
)
def start(asked: AiSyncRequest, ai: AiJobsDep) -> AiJobStarted:
    """
    Extract embeddings of one file (or of master and dub), or compare master and dub.

    The answer comes at once; `status_url` tells progress window by window and, in the end,
    the result, with a URL for each saved embedding file.
    """
    job = ai.submit(AiRequest(**asked.model_dump()), request_id=request_id_var.get())
    return AiJobStarted(
        analysis_id=job.id,
        status=job.status.value,
        message=f"Queued. Watch {URL}/{job.id}.",
        status_url=f"{URL}/{job.id}",
        timestamp=now(),
    )


@router.get("/sync/{analysis_id}", responses=errors(404))
def get_status(analysis_id: str, ai: AiJobsDep) -> AiJobStatus:
    """Say where the work stands; once completed, with its result."""
    job, result = ai.get(analysis_id)
    return _status(job, result)


@router.delete("/sync/{analysis_id}", responses=errors(404, 409))
def cancel(analysis_id: str, ai: AiJobsDep) -> AiJobStatus:
    """Stop the work: at once where it waits, within a second where it runs."""
    return _status(ai.cancel(analysis_id), None)


@router.get(
    "/sync/{analysis_id}/embeddings/{role}",
    response_class=FileResponse,
    responses={200: {"content": {"application/octet-stream": {}}}, **errors(404, 409, 416)},
)
def get_embeddings(analysis_id: str, role: str, ai: AiJobsDep) -> FileResponse:
    """
    Download saved embeddings as `.npz`; the role is `audio`, `master` or `dub`.

    Arrays: `embeddings` (frames by dimensions), `times_seconds`, `heard`, `model`, `layer`.
    """
    path = ai.embeddings_file(analysis_id, role)
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


def _status(job: Job, result: dict[str, object] | None) -> AiJobStatus:
    return AiJobStatus(
        analysis_id=job.id,
        status=job.status.value,
        progress=job.progress,
        status_message=job.status_message,
        created_at=job.created_at,
        updated_at=job.updated_at,
        estimated_completion=job.estimated_completion,
        device=job.device,
        error=job.error,
        error_code=job.error_code,
        result=result,
        timestamp=now(),
    )
