"""Wire shapes of the system endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE: dict[str, Any] = {
    "success": True,
    "gpus": [
        {
            "index": 0,
            "device": "cuda:0",
            "name": "NVIDIA GeForce RTX 2080 Ti",
            "memory_used_mib": 1184,
            "memory_total_mib": 11264,
            "utilization_percent": 37,
        }
    ],
    "use_gpu": True,
    "timestamp": "2025-08-27T14:30:52.000000Z",
}


class Gpu(BaseModel):
    """One GPU and what it does now."""

    index: int = Field(description="As nvidia-smi counts.")
    device: str | None = Field(description="What jobs call it (cuda:0); null where hidden.")
    name: str
    memory_used_mib: int
    memory_total_mib: int
    utilization_percent: int | None = Field(description="Null where the driver does not tell.")


class GpuList(BaseModel):
    """The GPUs of this machine; empty without one."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    success: bool = True
    gpus: list[Gpu]
    use_gpu: bool = Field(description="Whether jobs may use them (USE_GPU).")
    timestamp: datetime
