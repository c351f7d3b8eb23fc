"""Endpoints of resumable uploads: the tus protocol (https://tus.io/protocols/resumable-upload)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.utils import format_datetime
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Path, Request, Response

from app.api.deps import RateLimited, ServicesDep, errors
from app.models.files import EXAMPLE_FILE_ID
from app.services.cache_sweep import DRAFT_SECONDS
from app.services.errors import UploadProtocolUnknown, UploadTypeUnknown
from app.services.job import now
from app.services.tus import CHECKSUMS, EXTENSIONS, VERSION, Progress

router = APIRouter(prefix="/api/v1/files/tus", tags=["resumable uploads"])

PREFIX = "/api/v1/files/tus"
CHUNK_TYPE = "application/offset+octet-stream"
UploadId = Annotated[str, Path(max_length=64, examples=[EXAMPLE_FILE_ID])]


def check_version(request: Request) -> None:
    """
    Pass requests that speak the version we do.

    Raises:
        UploadProtocolUnknown: they speak another one.
    """
    version = request.headers.get("tus-resumable", "")
    if version != VERSION:
        raise UploadProtocolUnknown(version, known=VERSION)


SpeaksTus = Depends(check_version)
NO_CONTENT: dict[int | str, dict[str, Any]] = {204: {"description": "Done."}}
CREATED: dict[int | str, dict[str, Any]] = {
    201: {"description": "Created; `Location` takes the bytes."}
}
CHUNK = {
    "requestBody": {
        "required": True,
        "content": {CHUNK_TYPE: {"schema": {"type": "string", "format": "binary"}}},
    },
    "x-curl": (
        f"curl -X PATCH http://localhost:8000{PREFIX}/{EXAMPLE_FILE_ID} -H 'Tus-Resumable: 1.0.0' "
        "-H 'Upload-Offset: 0' -H 'Content-Type: application/offset+octet-stream' "
        "--data-binary @/path/to/audio.wav"
    ),
}


def _curl(method: str, path: str, *headers: str) -> dict[str, str]:
    ask = "--head" if method == "HEAD" else f"-X {method}"  # with -X HEAD, curl waits for a body
    words = [f"curl {ask} http://localhost:8000{PREFIX}{path}"]
    words += [f"-H '{header}'" for header in ("Tus-Resumable: 1.0.0", *headers)]
    return {"x-curl": " ".join(words)}


@router.options("", status_code=204, responses=NO_CONTENT, summary="What the server can do")
async def tus_options(services: ServicesDep) -> Response:
    """Return version, extensions and the largest size, in headers."""
    return _answer(
        204,
        {
            "Tus-Version": VERSION,
            "Tus-Extension": ",".join(EXTENSIONS),
            "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
            "Tus-Max-Size": str(services.settings.max_file_size),
        },
    )


@router.post(
    "",
    status_code=201,
    response_class=Response,
    dependencies=[RateLimited, SpeaksTus],
    responses=CREATED | errors(412, 413, 422, 429, 507),
    openapi_extra=_curl("POST", "", "Upload-Length: 1000000", "Upload-Metadata: filename YS53YXY="),
    summary="Begin a resumable upload",
)
async def tus_create(
    services: ServicesDep,
    upload_length: Annotated[int, Header(ge=1, le=1 << 62, description="Size in bytes.")],
    upload_metadata: Annotated[
        str,
        Header(description="filename, file_type, description, tags; values in Base64."),
    ] = "",
) -> Response:
    """Announce a file; send its bytes to the address in `Location` with PATCH."""
    progress = await asyncio.to_thread(
        services.tus.create, length_bytes=upload_length, metadata=upload_metadata
    )
    return _answer(201, {"Location": f"{PREFIX}/{progress.upload_id}", **_state(progress)})


@router.head(
    "/{upload_id}",
    response_class=Response,
    dependencies=[SpeaksTus],
    responses=errors(404, 412, 415, 422),
    openapi_extra=_curl("HEAD", f"/{EXAMPLE_FILE_ID}"),
    summary="How far an upload is",
)
async def tus_head(upload_id: UploadId, services: ServicesDep) -> Response:
    """Return offset and length, in headers."""
    progress = await services.tus.progress(upload_id)
    return _answer(200, {"Upload-Length": str(progress.length_bytes), **_state(progress)})


@router.patch(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    dependencies=[SpeaksTus],
    responses=NO_CONTENT | errors(404, 409, 412, 413, 415, 422, 423, 460, 507),
    openapi_extra=CHUNK,
    summary="Send bytes of an upload",
)
async def tus_patch(
    request: Request,
    upload_id: UploadId,
    services: ServicesDep,
    upload_offset: Annotated[int, Header(ge=0, le=1 << 62)],
    upload_checksum: Annotated[str | None, Header(description="As `sha1 <Base64>`.")] = None,
) -> Response:
    """
    Append to the upload at the offset where it stands.

    With the last byte the file is looked into and appears; `X-File-Path` tells where.
    """
    if request.headers.get("content-type") != CHUNK_TYPE:
        raise UploadTypeUnknown(expected=CHUNK_TYPE)
    progress = await services.tus.append(
        upload_id, request.stream(), offset_bytes=upload_offset, checksum=upload_checksum
    )
    return _answer(204, _state(progress))


@router.delete(
    "/{upload_id}",
    status_code=204,
    response_class=Response,
    dependencies=[SpeaksTus],
    responses=NO_CONTENT | errors(404, 412, 422, 423),
    openapi_extra=_curl("DELETE", f"/{EXAMPLE_FILE_ID}"),
    summary="Give an upload up",
)
async def tus_delete(upload_id: UploadId, services: ServicesDep) -> Response:
    """Remove what has arrived, or the finished file."""
    await asyncio.to_thread(services.tus.remove, upload_id)
    return _answer(204, {})


def _state(progress: Progress) -> dict[str, str]:
    headers = {"Upload-Offset": str(progress.offset_bytes)}
    if progress.upload is None:
        forgotten = now() + timedelta(seconds=DRAFT_SECONDS)
        headers["Upload-Expires"] = format_datetime(forgotten, usegmt=True)
    else:
        headers["X-File-Id"] = progress.upload.file_id
        headers["X-File-Path"] = quote(progress.upload.path)
    return headers


def _answer(status: int, headers: dict[str, str]) -> Response:
    return Response(
        status_code=status,
        headers={"Tus-Resumable": VERSION, "Cache-Control": "no-store", **headers},
    )
