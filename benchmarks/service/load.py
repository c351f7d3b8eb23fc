"""Asks the service many times at once and keeps the time of every answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.service.server import Service


@dataclass(frozen=True, slots=True)
class Latency:
    """Times of many answers, in milliseconds."""

    name: str
    milliseconds: Sequence[float]
    cpu_milliseconds: float
    """Processor time of the server for one answer."""

    def row(self) -> str:
        """Return a line of the table."""
        half, most, nearly_all = np.percentile(self.milliseconds, [50, 95, 99])
        return (
            f"| {self.name} | {len(self.milliseconds)} | {half:.1f} | {most:.1f} "
            f"| {nearly_all:.1f} | {max(self.milliseconds):.1f} | {self.cpu_milliseconds:.2f} |"
        )


async def many(
    name: str, service: Service, path: str, *, requests: int, concurrency: int
) -> Latency:
    """Ask ``requests`` times, ``concurrency`` at once, each on a connection of its own."""
    port = service.port
    before = service.cpu_seconds()
    left = iter(range(requests))
    times: list[float] = []

    async def asker() -> None:
        times.extend([await _once(port, path) for _ in left])

    await asyncio.gather(*(asker() for _ in range(concurrency)))
    used_seconds = service.cpu_seconds() - before
    return Latency(name, times, used_seconds * 1000.0 / requests)


async def _once(port: int, path: str) -> float:
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(f"{path}: {answer[:100]!r}")
    return (time.perf_counter() - started) * 1000.0


async def streams(port: int, path: str, *, count: int) -> list[float]:
    """Open event streams until each has ended; return when the last event of each came."""
    return await asyncio.gather(*(_stream(port, path) for _ in range(count)))


async def _stream(port: int, path: str) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    last = 0.0
    while line := await reader.readline():
        if line.startswith(b"event:"):
            last = time.time()
            if b"progress" not in line:
                break
    writer.close()
    return last
