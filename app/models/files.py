"""Wire shapes of the file endpoints."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE_FILE_ID = "file_20250827_143052_abc12345"
MEDIA_EXAMPLE: dict[str, Any] = {
    "path": "/mnt/data/audio/master.wav",
    "size_bytes": 11520044,
    "container": "wav",
    "stream": 0,
    "stream_count": 1,
    "codec": "pcm_s16le",
    "sample_rate_hz": 48000,
    "channels": 2,
    "layout": "stereo",
    "duration_seconds": 60.0,
    "start_seconds": 0.0,
    "zero": "container start",
    "frame_rate": None,
    "start_timecode": None,
    "drop_frame": False,
    "tags": {},
}
UPLOAD_EXAMPLE: dict[str, Any] = {
    "success": True,
    "file_id": EXAMPLE_FILE_ID,
    "filename": "master.wav",
    "path": f"/srv/uploads/{EXAMPLE_FILE_ID}/master.wav",
    "size_bytes": 11520044,
    "checksum": {"algorithm": "sha256", "value": "9f86d081" * 8},
    "file_type": "audio",
    "description": "Master audio track",
    "tags": ["master", "audio", "sync"],
    "media": MEDIA_EXAMPLE,
    "created_at": "2025-08-27T14:30:52.000000Z",
}


class EntryType(str, Enum):
    """What a name stands for."""

    DIRECTORY = "directory"
    AUDIO = "audio"
    VIDEO = "video"
    OTHER = "other"


class SortBy(str, Enum):
    """Order of a listing; folders always come first."""

    NAME = "name"
    SIZE = "size"
    MODIFIED = "modified"
    TYPE = "type"


class Order(str, Enum):
    """Direction of a listing."""

    ASCENDING = "asc"
    DESCENDING = "desc"


class Entry(BaseModel):
    """A file or folder."""

    name: str
    path: str
    type: EntryType = Field(description="Going by the name; GET /api/v1/files/probe looks inside.")
    size_bytes: int | None
    modified_at: datetime
    duration_seconds: float | None = Field(description="Known once the file was looked into.")


class FileList(BaseModel):
    """One page of a folder."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    "path": "/mnt/data/audio",
                    "roots": ["/mnt/data", "/srv/uploads"],
                    "entries": [
                        {
                            "name": "master.wav",
                            "path": "/mnt/data/audio/master.wav",
                            "type": "audio",
                            "size_bytes": 11520044,
                            "modified_at": "2025-08-27T14:30:52.000000Z",
                            "duration_seconds": 60.0,
                        }
                    ],
                    "total": 1,
                    "page": 1,
                    "page_size": 100,
                    "total_pages": 1,
                }
            ]
        }
    )

    success: Literal[True]
    path: str
    roots: list[str] = Field(description="The folders below which files may be named.")
    entries: list[Entry]
    total: int
    page: int
    page_size: int
    total_pages: int


class MediaInfo(BaseModel):
    """What was found in a file without decoding its programme."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [MEDIA_EXAMPLE]})

    path: str
    size_bytes: int
    container: str
    stream: int | None = Field(description="Counted from 0; null: several mono streams together.")
    stream_count: int
    codec: str
    sample_rate_hz: int
    channels: int
    layout: str
    duration_seconds: float
    start_seconds: float = Field(description="Where the audio begins, from the zero named next.")
    zero: str
    frame_rate: str | None = Field(description="Of the picture, as a fraction.")
    start_timecode: str | None
    drop_frame: bool
    tags: dict[str, str]


class ProbeResponse(BaseModel):
    """What is in a file: what an analysis would use, and every audio stream."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"success": True, "media": MEDIA_EXAMPLE, "streams": [MEDIA_EXAMPLE]}]
        }
    )

    success: Literal[True]
    media: MediaInfo
    streams: list[MediaInfo]


class Checksum(BaseModel):
    """Of the bytes of the file."""

    algorithm: Literal["sha256"]
    value: str


class UploadResponse(BaseModel):
    """A file that arrived whole; `path` may be used as master_file or dub_file."""

    model_config = ConfigDict(json_schema_extra={"examples": [UPLOAD_EXAMPLE]})

    success: Literal[True]
    file_id: str
    filename: str
    path: str
    size_bytes: int
    checksum: Checksum
    file_type: str | None
    description: str | None
    tags: list[str]
    media: dict[str, Any] | None
    created_at: datetime


class Deleted(BaseModel):
    """An upload that is gone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    "file_id": EXAMPLE_FILE_ID,
                    "message": "master.wav is deleted.",
                }
            ]
        }
    )

    success: Literal[True]
    file_id: str
    message: str
