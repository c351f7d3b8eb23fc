"""Wire shapes that every resource shares."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ErrorResponse(BaseModel):
    """What every answer that is not a success looks like."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": False,
                    "error": "File not found: /mnt/data/audio/nonexistent.wav",
                    "error_code": "FILE_NOT_FOUND",
                    "details": {"file_path": "/mnt/data/audio/nonexistent.wav"},
                    "timestamp": "2025-08-27T14:30:52.000000Z",
                    "request_id": "5f6d7c1e9a0b4c3d8e2f1a0b9c8d7e6f",
                }
            ]
        }
    )

    success: bool = Field(False, description="Always false.")
    error: str = Field(description="What is wrong and what to do, in a sentence.")
    error_code: str = Field(description="What is wrong, for programs; listed in docs/errors.md.")
    details: dict[str, Any] = Field(description="The facts behind the sentence.")
    timestamp: datetime = Field(description="When this was said, UTC.")
    request_id: str = Field(description="Also in X-Request-ID and in the log.")
