"""Wire shapes of the system endpoints."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


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

    success: bool = True
    gpus: list[Gpu]
    use_gpu: bool = Field(description="Whether jobs may use them (USE_GPU).")
    timestamp: datetime
