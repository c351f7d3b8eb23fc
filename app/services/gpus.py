"""What the GPUs of this machine are and do now, as their driver tells."""

from __future__ import annotations

import importlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class GpuStatus:
    """
    One GPU; memory in MiB, utilization in percent.

    ``device`` is the name jobs use (``cuda:0``), or None where CUDA_VISIBLE_DEVICES hides
    the GPU from them. ``utilization_percent`` is None where the driver does not tell.
    """

    index: int
    device: str | None
    name: str
    memory_used_mib: int
    memory_total_mib: int
    utilization_percent: int | None


def gpus(*, driver: Any = None) -> list[GpuStatus]:
    """
    Return every NVIDIA GPU of this machine; empty without one or without its driver.

    ``driver`` is a module like ``pynvml``, which is the default.
    """
    if driver is None:
        driver = importlib.import_module("pynvml")  # a fifth of a second that few need
    try:
        driver.nvmlInit()
    except driver.NVMLError:
        return []
    try:
        count = driver.nvmlDeviceGetCount()
        visible = visible_indices(os.environ.get("CUDA_VISIBLE_DEVICES"), count=count)
        return [_status(driver, index, visible) for index in range(count)]
    except driver.NVMLError as error:
        logger.warning("the GPU driver does not answer: %s", error)
        return []
    finally:
        driver.nvmlShutdown()


def visible_indices(given: str | None, *, count: int) -> list[int]:
    """
    Return which GPUs CUDA shows, in its order, from CUDA_VISIBLE_DEVICES.

    As CUDA reads it: unset shows all, the first entry that is no GPU ends the list.
    Entries by UUID are not told apart and count as no GPU.
    """
    if given is None:
        return list(range(count))
    found: list[int] = []
    for word in given.split(","):
        if not word.strip().isdigit() or int(word) >= count:
            break
        found.append(int(word))
    return found


def _status(driver: Any, index: int, visible: Sequence[int]) -> GpuStatus:
    handle = driver.nvmlDeviceGetHandleByIndex(index)
    memory = driver.nvmlDeviceGetMemoryInfo(handle)
    name = driver.nvmlDeviceGetName(handle)
    try:
        busy: int | None = int(driver.nvmlDeviceGetUtilizationRates(handle).gpu)
    except driver.NVMLError:
        busy = None
    return GpuStatus(
        index=index,
        device=f"cuda:{visible.index(index)}" if index in visible else None,
        name=name if isinstance(name, str) else name.decode(),
        memory_used_mib=int(memory.used) >> 20,
        memory_total_mib=int(memory.total) >> 20,
        utilization_percent=busy,
    )
