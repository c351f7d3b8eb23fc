"""How a job looks from outside: the flat fields of the wire, as plain JSON types."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from app.services.job import Job, JobStatus


def wire_time(value: datetime | None) -> str | None:
    """Return an instant as the wire writes it: ISO 8601, UTC, microseconds, ``Z``."""
    if value is None:
        return None
    return value.isoformat(timespec="microseconds").replace("+00:00", "Z")


def job_view(job: Job) -> dict[str, Any]:
    """Return the flat fields of a job, those of its end included where it has ended."""
    view: dict[str, Any] = {
        "analysis_id": job.id,
        "status": job.status.value,
        "progress": job.progress,
        "status_message": job.status_message,
        "created_at": wire_time(job.created_at),
        "updated_at": wire_time(job.updated_at),
        "estimated_completion": wire_time(job.estimated_completion),
        "kind": job.kind,
        "master_file": job.request.get("master_file"),
        "dub_file": job.request.get("dub_file"),
        "batch_id": job.batch_id,
        "cancel_requested": job.cancel_requested,
        "device": job.device,
        "callback_status": job.callback_status,
    }
    if job.is_final:
        view |= {
            "success": job.status is JobStatus.COMPLETED,
            "cached": job.cached,
            "timestamp": wire_time(job.finished_at),
        }
    if job.status is JobStatus.FAILED:
        view |= {
            "error": job.error,
            "error_code": job.error_code,
            "details": dict(job.error_details or {}),
        }
    return view


def view_with_result(job: Job, result: bytes) -> bytes:
    """Return the view of a completed job as JSON text with its result in it, unparsed."""
    view = dump(job_view(job))
    marks = dump({"analysis_id": job.id, "cached": job.cached})
    if result == b"{}":
        return view[:-1] + b',"result":' + marks + b"}"
    return view[:-1] + b',"result":' + marks[:-1] + b"," + result[1:] + b"}"


def can_be_sent(text: str) -> bool:
    """Tell whether a text is valid Unicode: names of files and escapes in JSON may not be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def dump(value: Any) -> bytes:
    """Return JSON text; what is not valid Unicode is replaced."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
