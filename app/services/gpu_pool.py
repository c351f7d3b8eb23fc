"""Who may use which GPU: leases in turn over all of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.services.gpus import gpus

logger = logging.getLogger(__name__)

CPU = "cpu"


class GpuPool:
    """
    Leases devices in turn: the one with the fewest jobs, and among equals the next.

    A lease is a context, so a job that ends in any way, its worker killed included, gives
    its device back when the server hears of it. Without a GPU every lease is ``cpu``.
    """

    def __init__(self, devices: Sequence[str]) -> None:
        self._devices = tuple(devices)
        self._jobs = [0] * len(self._devices)
        self._next = 0
        self._lock = threading.Lock()

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices leased out; empty without a GPU."""
        return self._devices

    def jobs(self) -> dict[str, int]:
        """Return how many jobs hold each device now."""
        with self._lock:
            return dict(zip(self._devices, self._jobs, strict=True))

    @contextmanager
    def lease(self) -> Iterator[str]:
        """Yield a device for one job; never waits."""
        if not self._devices:
            yield CPU
            return
        number = self._take()
        logger.info("Using GPU %d of %d available GPUs", number + 1, len(self._devices))
        try:
            yield self._devices[number]
        finally:
            with self._lock:
                self._jobs[number] -= 1

    def _take(self) -> int:
        count = len(self._devices)
        with self._lock:
            in_turn = [(self._next + step) % count for step in range(count)]
            number = min(in_turn, key=lambda index: self._jobs[index])
            self._jobs[number] += 1
            self._next = (number + 1) % count
            return number


def gpu_pool(*, use_gpu: bool) -> GpuPool:
    """Return the pool over the GPUs of this machine that jobs may see."""
    devices = {gpu.device for gpu in gpus() if gpu.device is not None} if use_gpu else set()
    return GpuPool(sorted(devices, key=lambda name: int(name.partition(":")[2])))
