"""Endpoints of files: browsing, looking inside, uploading."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import FileResponse

from app.api.deps import RateLimited, ServicesDep, errors
from app.models.files import (
    EXAMPLE_FILE_ID,
    Deleted,
    FileList,
    Order,
    ProbeResponse,
    SortBy,
    UploadResponse,
)
from app.services.upload_store import Upload

router = APIRouter(prefix="/api/v1/files", tags=["files"])

FileId = Annotated[
    str, Path(max_length=64, description="As given by the upload.", examples=[EXAMPLE_FILE_ID])
]
UPLOAD_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "Audio, or video with sound.",
                        },
                        "file_type": {
                            "type": "string",
                            "enum": ["audio", "video"],
                            "examples": ["audio"],
                        },
                        "description": {
                            "type": "string",
                            "maxLength": 4000,
                            "examples": ["Master audio track"],
                        },
                        "tags": {
                            "type": "string",
                            "maxLength": 4000,
                            "description": 'With commas, or a JSON list: `["master", "sync"]`.',
                            "examples": ["master,audio,sync"],
                        },
                    },
                }
            }
        },
    },
    "x-curl": (
        "curl -X POST http://localhost:8000/api/v1/files/upload -F file=@/path/to/audio.wav "
        "-F file_type=audio -F 'description=Master audio track' -F tags=master,audio,sync"
    ),
}


@router.get(
    "",
    response_model=FileList,
    dependencies=[RateLimited],
    responses=errors(403, 404, 422, 429),
    summary="List a folder",
)
async def list_files(
    services: ServicesDep,
    path: Annotated[
        str | None,
        Query(
            max_length=4096,
            description="Below MOUNT_PATH or UPLOAD_DIR; default MOUNT_PATH itself.",
            examples=["/mnt/data/audio"],
        ),
    ] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    page_size: Annotated[int, Query(ge=1, le=1000)] = 100,
    sort: Annotated[SortBy, Query()] = SortBy.NAME,
    order: Annotated[Order, Query()] = Order.ASCENDING,
) -> dict[str, Any]:
    """Return one page of what is in a folder: name, type, size, and duration where known."""
    found = await asyncio.to_thread(
        services.browser.page,
        path or str(services.settings.mount_path),
        sort=sort.value,
        descending=order is Order.DESCENDING,
        offset=(page - 1) * page_size,
        limit=page_size,
    )
    return {
        "success": True,
        "path": str(found.folder),
        "roots": [str(root) for root in services.paths.roots],
        "entries": found.entries,
        "total": found.total,
        "page": page,
        "page_size": page_size,
        "total_pages": -(-found.total // page_size),
    }


@router.get(
    "/probe",
    response_model=ProbeResponse,
    dependencies=[RateLimited],
    responses=errors(403, 404, 415, 422, 429),
    summary="Look into a file",
)
async def probe_file(
    services: ServicesDep,
    path: Annotated[
        str,
        Query(
            min_length=1,
            max_length=4096,
            pattern="[^./]",
            examples=["/mnt/data/audio/master.wav"],
        ),
    ],
) -> dict[str, Any]:
    """Return streams, channel layout, rate, start time, frame rate and timecode of a file."""
    file = await asyncio.to_thread(services.paths.media_file, path)
    await services.prober.probe(file)  # so that listings know its duration
    return {"success": True, **await services.prober.probe_all(file)}


@router.post(
    "/upload",
    status_code=201,
    response_model=UploadResponse,
    dependencies=[RateLimited],
    responses=errors(413, 415, 422, 429, 507),
    openapi_extra=UPLOAD_FORM,
    summary="Upload a file",
)
async def upload_file(
    request: Request, services: ServicesDep, response: Response
) -> dict[str, Any]:
    """
    Stream a file to the server; it appears only when it is whole and is audio or video.

    For files that take long, use the resumable uploads at `/api/v1/files/tus`.
    """
    declared = request.headers.get("content-length", "0")
    upload = await services.uploads.receive(
        request.stream(),
        content_type=request.headers.get("content-type", ""),
        declared_bytes=int(declared) if declared.isdecimal() else 0,
    )
    response.headers["Location"] = f"/api/v1/files/uploads/{upload.file_id}"
    return upload_view(upload)


@router.get(
    "/uploads/{file_id}",
    response_model=UploadResponse,
    responses=errors(404, 422),
    summary="What is known of an upload",
)
async def get_upload(file_id: FileId, services: ServicesDep) -> dict[str, Any]:
    """Return where the uploaded file is, its checksum and what is in it."""
    return upload_view(await asyncio.to_thread(services.upload_store.get, file_id))


@router.get(
    "/uploads/{file_id}/content",
    response_class=FileResponse,
    responses={
        200: {
            "description": "The bytes of the file; ranges are served.",
            "content": {"application/octet-stream": {"schema": {"type": "string"}}},
        },
        **errors(404, 416, 422),
    },
    summary="Download an upload",
)
async def get_upload_content(file_id: FileId, services: ServicesDep) -> FileResponse:
    """Return the file itself."""
    upload = await asyncio.to_thread(services.upload_store.get, file_id)
    return FileResponse(
        upload.path, filename=upload.filename, media_type="application/octet-stream"
    )


@router.delete(
    "/uploads/{file_id}",
    response_model=Deleted,
    responses=errors(404, 422),
    summary="Delete an upload",
)
async def delete_upload(file_id: FileId, services: ServicesDep) -> dict[str, Any]:
    """Remove an uploaded file for good; analyses that have ended keep their results."""
    upload = await asyncio.to_thread(services.upload_store.delete, file_id)
    return {"success": True, "file_id": file_id, "message": f"{upload.filename} is deleted."}


def upload_view(upload: Upload) -> dict[str, Any]:
    """Return the fields of an upload on the wire."""
    return {
        "success": True,
        "file_id": upload.file_id,
        "filename": upload.filename,
        "path": upload.path,
        "size_bytes": upload.size_bytes,
        "checksum": {"algorithm": "sha256", "value": upload.sha256},
        "file_type": upload.file_type,
        "description": upload.description,
        "tags": list(upload.tags),
        "media": upload.media,
        "created_at": upload.created_at,
    }
