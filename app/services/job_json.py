"""A job as JSON text and back, for stores that write."""

from __future__ import annotations

import dataclasses
import json
from datetime import datetime
from typing import Any

from app.services.job import Job, JobStatus

_FIELDS = frozenset(field.name for field in dataclasses.fields(Job))
_INSTANTS = frozenset(
    {
        "created_at",
        "updated_at",
        "started_at",
        "finished_at",
        "estimated_completion",
        "callback_due",
    }
)


def instant(value: datetime | None) -> str | None:
    """Return an instant as text that sorts as the instants do."""
    return None if value is None else value.isoformat(timespec="microseconds")


def dump(job: Job) -> str:
    """Return the job as JSON text."""
    plain = {name: getattr(job, name) for name in _FIELDS}
    plain |= {name: instant(plain[name]) for name in _INSTANTS}
    return json.dumps(plain, ensure_ascii=False)


def load(text: str) -> Job:
    """Return the job; fields that this version does not know are passed over."""
    plain: dict[str, Any] = json.loads(text)
    known = {name: value for name, value in plain.items() if name in _FIELDS}
    for name in _INSTANTS & known.keys():
        if known[name] is not None:
            known[name] = datetime.fromisoformat(known[name])
    known["status"] = JobStatus(known["status"])
    return Job(**known)
