"""Wire shapes of reports, exports and repairs."""

from __future__ import annotations

from enum import Enum

from pydantic import BaseModel, ConfigDict, Field

from app.models.analysis import EXAMPLE_ID, RUNNING_EXAMPLE, Accepted

EXAMPLE_REPAIR_ID = "repair_20250827_143052_abc12345"


class ReportFormat(str, Enum):
    """How a report can be had."""

    HTML = "html"
    JSON = "json"
    CSV = "csv"
    PNG = "png"
    PDF = "pdf"


class ExportFormat(str, Enum):
    """Which program a correction can be written for."""

    FFMPEG = "ffmpeg"
    EDL = "edl"
    OTIO = "otio"
    FCPXML = "fcpxml"
    REAPER_CSV = "reaper_csv"
    AUDITION_CSV = "audition_csv"
    SRT_SHIFT = "srt_shift"


class RepairRequest(BaseModel):
    """What to do beside writing the corrected dub."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"null_clips": True, "analyze_again": True}]},
    )

    null_clips: bool = Field(
        True,
        description="Write clips of the three worst places: master left, corrected dub right, "
        "and their difference.",
    )
    analyze_again: bool = Field(
        True, description="Run the whole analysis on the written file as well."
    )


class RepairAccepted(Accepted):
    """The repair that was queued; its result holds `files` with a `url` for each."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "success": True,
                    **RUNNING_EXAMPLE,
                    "analysis_id": EXAMPLE_REPAIR_ID,
                    "kind": "repair",
                    "status_url": f"/api/v1/analysis/{EXAMPLE_REPAIR_ID}",
                    "repair_id": EXAMPLE_REPAIR_ID,
                    "of_analysis": EXAMPLE_ID,
                }
            ]
        }
    )

    repair_id: str = Field(description="The same as `analysis_id`: a repair is a job.")
    of_analysis: str = Field(description="The analysis whose answer is applied.")
