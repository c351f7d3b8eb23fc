"""What the machine under the service is and does."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter

from app.api.deps import RateLimited, SettingsDep, errors
from app.models.system import Gpu, GpuList
from app.services.gpus import gpus
from app.services.job import now

router = APIRouter(prefix="/api/v1/system", tags=["system"])


@router.get("/gpus", dependencies=[RateLimited], responses=errors(429))
def list_gpus(settings: SettingsDep) -> GpuList:
    """Name every NVIDIA GPU with its memory and utilization; an empty list without one."""
    found = [Gpu(**asdict(gpu)) for gpu in gpus()]
    return GpuList(gpus=found, use_gpu=settings.use_gpu, timestamp=now())
