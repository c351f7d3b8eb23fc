"""Starts the real service for a measurement, and makes it work."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import psutil

ROOT = Path(__file__).parent.parent.parent
RATE_HZ = 16_000
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def media(self) -> Path:
        """Where its files are."""
        return self.folder / "media"

    def cpu_seconds(self) -> float:
        """Return the processor time of the process that answers, so far."""
        used = psutil.Process(self.process.pid).cpu_times()
        return float(used.user + used.system)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return the parsed answer of one request."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            data=data,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30.0) as answer:
            return json.load(answer)

    def analyse(self, master: Path, dub: Path) -> str:
        """Start an analysis, with a model beside the methods so that it lasts; return its id."""
        body = {
            **{"master_file": str(master), "dub_file": str(dub)},
            **{"enable_ai": True, "ai_model": "spectral"},
        }
        return str(self.ask("POST", "/api/v1/analysis/sync", body)["analysis_id"])

    def status(self, analysis_id: str) -> str:
        """Return where an analysis stands."""
        return str(self.ask("GET", f"/api/v1/analysis/{analysis_id}")["status"])

    def wait(self, analysis_id: str, *wanted: str) -> None:
        """Wait until an analysis stands at one of the states."""
        while self.status(analysis_id) not in wanted:
            time.sleep(0.05)


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Service]:
    """Serve from ``folder`` for the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "media").mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "uvicorn", "main:app", "--app-dir", str(ROOT)),
            *("--port", str(port), "--log-level", "warning"),
        ],
        cwd=folder,
        env={
            **os.environ,
            "MOUNT_PATH": str(folder / "media"),
            "DATA_DIR": str(folder / "data"),
            "UPLOAD_DIR": str(folder / "uploads"),
            "LOG_FILE": str(folder / "app.log"),
            "ENABLE_RATE_LIMITING": "false",
            "ENABLE_CACHING": "false",
            **settings,
        },
    )
    service = Service(port, folder, process)
    try:
        _wait_ready(service)
        yield service
    finally:
        process.terminate()
        process.wait(30.0)


def _wait_ready(service: Service) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(service):
        if time.monotonic() > deadline:
            raise RuntimeError("the service did not start")
        time.sleep(0.1)


def _answers(service: Service) -> bool:
    try:
        service.ask("GET", "/health")
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def make_pair(folder: Path, name: str, *, seconds: float, seed: int) -> tuple[Path, Path]:
    """Write a master and a dub that lies 250 ms late; return both paths."""
    rng = np.random.default_rng(seed)
    count, delay = round(seconds * RATE_HZ), RATE_HZ // 4
    loudness = np.repeat(rng.random(int(seconds * 8) + 9), RATE_HZ // 8)[: count + delay]
    sound = (rng.standard_normal(count + delay) * loudness * 4000).astype("<i2")
    paths = []
    for role, samples in (("master", sound[delay:]), ("dub", sound[:count])):
        path = folder / f"{name}_{role}.wav"
        with wave.open(str(path), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE_HZ)
            file.writeframes(samples.tobytes())
        paths.append(path)
    return paths[0], paths[1]
