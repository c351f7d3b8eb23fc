"""
Measure how the service answers while two analyses run.

    python -m benchmarks.service [--requests 1000] [--concurrency 10] [--jobs 10000]
                                 [--streams 200] [--page docs/service_speed.md]

Every request has a connection of its own, as ``ab -n 1000 -c 10`` does it. The numbers are
of this machine, and of what else it does; ratios between lines say more than the lines.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import shutil
import tempfile
import time
from pathlib import Path

from app.services.job import Job, new_id
from app.services.sqlite_store import SqliteJobStore
from benchmarks.accuracy.page import replace_block
from benchmarks.service.load import Latency, many, streams
from benchmarks.service.server import Service, make_pair, running

HEAD = (
    "| asked | answers | 50 %, ms | 95 %, ms | 99 %, ms | most, ms | server CPU each, ms |\n"
    "|---|---|---|---|---|---|---|"
)
ASKED = (("/health", None), ("/api/v1/analysis/{id}", None), ("/api/v1/analysis/{id}", 1))
LONG_SECONDS = 1500.0


def main(arguments: list[str] | None = None) -> int:
    """Print the tables."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.service")
    words.add_argument("--requests", type=int, default=1000)
    words.add_argument("--concurrency", type=int, default=10)
    words.add_argument("--jobs", type=int, default=10_000)
    words.add_argument("--streams", type=int, default=200)
    words.add_argument("--page", type=Path)
    asked = words.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="service-speed-"))
    try:
        lines = measure(asked, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = "\n".join(lines)
    print(text)
    if asked.page:
        replace_block(asked.page, name="service-speed", body=text)
    return 0


def measure(asked: argparse.Namespace, folder: Path) -> list[str]:
    """Return the lines of the report."""
    with running(folder) as service:
        pair = make_pair(service.media, "long", seconds=LONG_SECONDS, seed=1)
        rows = [one.row() for one in polls(service, pair, asked, label="few jobs known")]
    fill(folder / "data" / "jobs.sqlite3", asked.jobs)
    with running(folder) as service:
        label = f"{asked.jobs} more jobs known"
        rows += [one.row() for one in polls(service, pair, asked, label=label)]
        stream_line = follow(service, pair, asked.streams)
        cancel_line = cancel(service, pair)
    return [
        f"{platform.machine()}, {os.cpu_count()} cores, two analyses running:",
        "",
        HEAD,
        *rows,
        "",
        stream_line,
        cancel_line,
    ]


def polls(
    service: Service, pair: tuple[Path, Path], asked: argparse.Namespace, *, label: str
) -> list[Latency]:
    """Ask for health and for a status while two analyses run."""
    found = []
    for path, at_once in ASKED:
        busy = [service.analyse(*pair) for _ in range(2)]
        for analysis_id in busy:
            service.wait(analysis_id, "processing")
        found.append(
            asyncio.run(
                many(
                    f"GET {path}, {at_once or asked.concurrency} at once, {label}",
                    service,
                    path.format(id=busy[0]),
                    requests=asked.requests,
                    concurrency=at_once or asked.concurrency,
                )
            )
        )
        stop(service, busy)
    return found


def stop(service: Service, analyses: list[str]) -> None:
    """Cancel what still runs, and wait for its end."""
    for analysis_id in analyses:
        if service.status(analysis_id) == "processing":
            service.ask("DELETE", f"/api/v1/analysis/{analysis_id}")
        service.wait(analysis_id, "cancelled", "completed")


def follow(service: Service, pair: tuple[Path, Path], count: int) -> str:
    """Let many clients follow one analysis to its end."""
    analysis_id = service.analyse(*pair)
    path = f"/api/v1/analysis/{analysis_id}/events"
    ends = asyncio.run(streams(service.port, path, count=count))
    return (
        f"{count} event streams of one analysis: every one heard the end, "
        f"the last {(max(ends) - min(ends)) * 1000.0:.0f} ms after the first."
    )


def cancel(service: Service, pair: tuple[Path, Path]) -> str:
    """Time how long a cancelled analysis goes on."""
    analysis_id = service.analyse(*pair)
    service.wait(analysis_id, "processing")
    time.sleep(1.0)
    started = time.perf_counter()
    service.ask("DELETE", f"/api/v1/analysis/{analysis_id}")
    service.wait(analysis_id, "cancelled")
    return f"DELETE to `cancelled`: {(time.perf_counter() - started) * 1000.0:.0f} ms."


def fill(path: Path, count: int) -> None:
    """Write that many ended jobs into the journal."""
    store = SqliteJobStore(path)
    jobs = [
        Job(id=new_id("analysis") + f"{number:06d}", kind="analysis").cancelled()
        for number in range(count)
    ]
    for start in range(0, count, 1000):
        store.add(jobs[start : start + 1000])
    store.close()


if __name__ == "__main__":
    raise SystemExit(main())
