"""Endpoints for what can be taken away: reports, exports and the corrected dub."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import FileResponse

from app.api.deps import RateLimited, ServicesDep, errors
from app.core.context import request_id_var
from app.models.reports import ExportFormat, RepairAccepted, RepairRequest, ReportFormat
from app.services.reports import Document, Repair, Reports
from app.services.views import job_view

router = APIRouter(prefix="/api/v1/analysis", tags=["reports"])

PREFIX = "/api/v1/analysis"
REPORT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
)
"""A report needs its own styles and pictures, and nothing else from anywhere."""

_SHOWN = frozenset({"text/html; charset=utf-8", "image/png", "application/pdf"})

AnalysisId = Annotated[
    str, Path(max_length=64, description="A finished analysis, also one of a batch.")
]
FRAME_RATE = (
    r"^(?:(?:29\.97|59\.94|119\.88)n?df|[1-9][0-9]{0,2}(?:\.[0-9]{1,6})?|[1-9][0-9]{4,5}/100[01])$"
)
"""What is certain to be taken, for the description; the library says what else it takes."""

FrameRate = Annotated[
    str | None,
    Query(
        max_length=16,
        json_schema_extra={"pattern": FRAME_RATE},
        description="How to count frames where neither file says: 25, 23.976, 29.97df, 24000/1001.",
        examples=["25"],
    ),
]


def _reports(services: ServicesDep) -> Reports:
    return services.reports


ReportsDep = Annotated[Reports, Depends(_reports)]


@router.get(
    "/{analysis_id}/report",
    dependencies=[RateLimited],
    response_class=Response,
    responses={
        200: {
            "description": "The report.",
            "content": {
                "text/html": {},
                "application/json": {},
                "text/csv": {},
                "image/png": {},
                "application/pdf": {},
            },
        },
        **errors(404, 409, 422, 429, 500),
    },
    summary="The report of a finished analysis",
)
async def get_report(
    analysis_id: AnalysisId,
    reports: ReportsDep,
    report_format: Annotated[ReportFormat, Query(alias="format")] = ReportFormat.HTML,
    frame_rate: FrameRate = None,
) -> Response:
    """
    Return the report: offset over time, correlation, waveforms, worst places, numbers, origin.

    HTML is one file that needs nothing else. Waveforms and spectrograms are shown while
    master and dub are still there.
    """
    document = await reports.report(
        analysis_id, format_name=report_format.value, frame_rate=frame_rate
    )
    return _sent(document)


@router.get(
    "/{analysis_id}/export",
    dependencies=[RateLimited],
    response_class=Response,
    responses={
        200: {
            "description": "The command or edit list.",
            "content": {
                "text/plain": {},
                "text/x-shellscript": {},
                "application/json": {},
                "application/xml": {},
                "text/csv": {},
                "text/tab-separated-values": {},
            },
        },
        **errors(404, 409, 422, 429),
    },
    summary="The correction, for another program",
)
async def get_export(
    analysis_id: AnalysisId,
    reports: ReportsDep,
    export_format: Annotated[ExportFormat, Query(alias="format", examples=["ffmpeg"])],
    frame_rate: FrameRate = None,
) -> Response:
    """Return commands or an edit list that apply the correction, on the programme's start label."""
    document = await asyncio.to_thread(
        reports.export, analysis_id, format_name=export_format.value, frame_rate=frame_rate
    )
    return _sent(document)


@router.post(
    "/{analysis_id}/repair",
    status_code=202,
    response_model=RepairAccepted,
    dependencies=[RateLimited],
    responses=errors(404, 409, 422, 429, 503),
    summary="Write the corrected dub",
)
async def start_repair(
    analysis_id: AnalysisId,
    reports: ReportsDep,
    response: Response,
    asked: RepairRequest | None = None,
) -> dict[str, Any]:
    """
    Queue the writing of the corrected dub; poll the address in `Location`.

    The new file lies below UPLOAD_DIR, keeps codec, depth, channels, timecode and tags, and
    is measured again: the residual is part of the result. No input is ever overwritten.
    """
    chosen = asked or RepairRequest.model_validate({})
    job = await asyncio.to_thread(
        reports.start_repair,
        analysis_id,
        Repair(null_clips=chosen.null_clips, analyze_again=chosen.analyze_again),
        base_url=PREFIX,
        request_id=request_id_var.get(),
    )
    url = f"{PREFIX}/{job.id}"
    response.headers["Location"] = url
    return {
        **job_view(job),
        "success": True,
        "status_url": url,
        "repair_id": job.id,
        "of_analysis": analysis_id,
    }


@router.get(
    "/{repair_id}/repair/files/{number}",
    response_class=FileResponse,
    responses={
        200: {"description": "The file.", "content": {"application/octet-stream": {}}},
        **errors(404, 409, 416, 422),
    },
    summary="Download what a repair wrote",
)
async def get_repaired_file(
    repair_id: Annotated[str, Path(max_length=64, description="As given by the repair.")],
    number: Annotated[int, Path(ge=0, le=99, description="0 is the corrected dub, then clips.")],
    reports: ReportsDep,
) -> FileResponse:
    """Send one file of a finished repair, in parts where the client asks for a range."""
    path = await asyncio.to_thread(reports.repaired_file, repair_id, number)
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


def _sent(document: Document) -> Response:
    kind = "inline" if document.media_type in _SHOWN else "attachment"
    name = quote(document.file_name, safe="")
    headers = {"Content-Disposition": f"{kind}; filename*=UTF-8''{name}"}
    if document.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = REPORT_POLICY
    return Response(document.content, media_type=document.media_type, headers=headers)
