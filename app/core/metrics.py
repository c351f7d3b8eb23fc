"""Counts for Prometheus, summed over all server processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import psutil

from app.services.gpus import GpuStatus
from app.services.job import Job, JobStatus

REQUEST_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
RESERVED_BYTES = 2 << 20
"""Room in each file for every method, route and status there can be."""
JOB_BUCKETS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 7200.0)


class Metrics:
    """
    The counters of this process, and the text of all of them.

    Each process counts into files of its own below ``folder``; a scrape adds them up, so it
    does not matter which process answers it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        _remove_leftovers(folder)
        _reserve(folder)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        import prometheus_client  # noqa: PLC0415 - reads the variable when it is imported

        self._prometheus = prometheus_client
        self._requests = prometheus_client.Counter(
            "sync_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=None,
        )
        self._request_seconds = prometheus_client.Histogram(
            "sync_http_request_seconds",
            "Time to answer a request.",
            ("method", "route"),
            buckets=REQUEST_BUCKETS,
            registry=None,
        )
        self._job_seconds = prometheus_client.Histogram(
            "sync_job_seconds",
            "Time from the start of a job to its end.",
            ("kind", "status", "cached"),
            buckets=JOB_BUCKETS,
            registry=None,
        )

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; methods that nobody ever heard of count together."""
        method = method if method in METHODS else "OTHER"
        self._requests.labels(method, route, str(status)).inc()
        self._request_seconds.labels(method, route).observe(seconds)

    def job_ended(self, job: Job) -> None:
        """Count the end of a job."""
        if job.started_at is None or job.finished_at is None:
            return
        seconds = (job.finished_at - job.started_at).total_seconds()
        labels = (job.kind, job.status.value, str(job.cached).lower())
        self._job_seconds.labels(*labels).observe(seconds)

    def text(
        self,
        *,
        jobs: Mapping[JobStatus, int],
        limit: Mapping[str, int],
        gpus: Iterable[GpuStatus],
    ) -> bytes:
        """Return everything in Prometheus' text format; ``jobs`` and ``gpus`` are of now."""
        from prometheus_client.multiprocess import MultiProcessCollector  # noqa: PLC0415

        registry = self._prometheus.CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        registry.register(_Now(lambda: self._now(jobs, limit, gpus)))
        text: bytes = self._prometheus.generate_latest(registry)
        return text

    def _now(
        self,
        jobs: Mapping[JobStatus, int],
        limits: Mapping[str, int],
        gpus: Iterable[GpuStatus],
    ) -> list[Any]:
        from prometheus_client.core import GaugeMetricFamily  # noqa: PLC0415

        by_state = GaugeMetricFamily("sync_jobs", "Jobs by state.", labels=["status"])
        for status in JobStatus:
            by_state.add_metric([status.value], jobs.get(status, 0))
        limit = GaugeMetricFamily("sync_limit", "Configured limits.", labels=["name"])
        for name, value in limits.items():
            limit.add_metric([name], value)
        used = GaugeMetricFamily(
            "sync_gpu_memory_used_bytes", "GPU memory in use.", labels=["gpu", "name"]
        )
        total = GaugeMetricFamily(
            "sync_gpu_memory_total_bytes", "GPU memory.", labels=["gpu", "name"]
        )
        busy = GaugeMetricFamily(
            "sync_gpu_utilization_ratio", "Share of time the GPU computed.", labels=["gpu", "name"]
        )
        for gpu in gpus:
            labels = [str(gpu.index), gpu.name]
            used.add_metric(labels, gpu.memory_used_mib * 1048576)
            total.add_metric(labels, gpu.memory_total_mib * 1048576)
            if gpu.utilization_percent is not None:
                busy.add_metric(labels, gpu.utilization_percent / 100.0)
        return [by_state, limit, used, total, busy]


class _Now:
    """A collector of values read at the scrape."""

    def __init__(self, read: Callable[[], list[Any]]) -> None:
        self._read = read

    def collect(self) -> list[Any]:
        """Return the metric families."""
        return self._read()


def _reserve(folder: Path) -> None:
    """
    Fill this process's files with zeros before they are mapped into memory.

    Prometheus makes them sparse. On a full disk the first write into a hole of a mapped
    file is no error but a signal that ends the process.
    """
    for kind in ("counter", "histogram"):
        with (folder / f"{kind}_{os.getpid()}.db").open("ab") as file:
            file.write(bytes(max(0, RESERVED_BYTES - file.tell())))


def _remove_leftovers(folder: Path) -> None:
    """Remove the files of processes that are gone; Prometheus takes it for a restart."""
    for file in folder.glob("*.db"):
        pid = file.stem.rpartition("_")[2]
        if pid.isdecimal() and not psutil.pid_exists(int(pid)):
            file.unlink(missing_ok=True)
