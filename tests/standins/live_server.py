"""The real service in a process of its own, on a port of its own, with folders of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import numpy as np

ROOT = Path(__file__).parent.parent.parent
FINAL = ("completed", "failed", "cancelled")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LiveServer:
    """Start, ask, kill and start again; `folder` keeps everything between starts."""

    def __init__(self, folder, *, workers=1, **settings):
        self.folder = Path(folder)
        self.media = self.folder / "media"
        self.uploads = self.folder / "uploads"
        self.data = self.folder / "data"
        self.log = self.folder / "logs" / "app.log"
        self.media.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.workers = workers
        self.settings = {
            "MOUNT_PATH": self.media,
            "UPLOAD_DIR": self.uploads,
            "DATA_DIR": self.data,
            "LOG_FILE": self.log,
            "AI_MODEL_CACHE_DIR": self.folder / "models",
            "ENABLE_RATE_LIMITING": "false",
            **settings,
        }
        self.process = None
        self.client = httpx2.Client(base_url=self.url, timeout=30.0)

    def start(self, *, wait=True):
        environment = {
            **os.environ,
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'standins'}",
            **{name: str(value) for name, value in self.settings.items()},
        }
        command = [sys.executable, "-m", "uvicorn", "main:app", "--port", str(self.port)]
        command += ["--workers", str(self.workers), "--log-level", "warning"]
        self.output = (self.folder / "server.txt").open("ab")
        self.process = subprocess.Popen(
            [*command, "--app-dir", str(ROOT)],
            cwd=self.folder,
            env=environment,
            stdout=self.output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self, *, seconds=60.0):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if self.client.get("/health").status_code == 200:
                    return
            except httpx2.TransportError:
                pass
            assert self.process.poll() is None, self.said()
            time.sleep(0.05)
        raise AssertionError(f"not ready: {self.said()}")

    def said(self):
        return (self.folder / "server.txt").read_text(errors="replace")[-3000:]

    def stop(self, *, seconds=30.0):
        """Ask the server to stop, and return its exit code."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(seconds)
        self.output.close()
        self.process = None
        return code

    def kill(self):
        """End the server as a power cut would: all of its server processes at once."""
        self.process.kill()
        self.process.wait()
        self.output.close()
        self.process = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *exc):
        self.stop()
        self.client.close()

    def post(self, path, body):
        return self.client.post(path, json=body)

    def get(self, path):
        return self.client.get(path)

    def submit(self, **body):
        """Start an analysis and return its id."""
        answer = self.post("/api/v1/analysis/sync", body)
        assert answer.status_code == 202, answer.text
        return answer.json()["analysis_id"]

    def analysis(self, analysis_id):
        answer = self.get(f"/api/v1/analysis/{analysis_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def wait_for(self, analysis_id, *, until=lambda view: view["status"] in FINAL, seconds=90.0):
        deadline = time.monotonic() + seconds
        while True:
            view = self.analysis(analysis_id)
            if until(view):
                return view
            assert time.monotonic() < deadline, f"waited too long: {json.dumps(view)[:500]}"
            time.sleep(0.05)

    def wait_idle(self, *, seconds=20.0):
        """Wait until the service says that nothing waits or runs."""
        deadline = time.monotonic() + seconds
        while True:
            queue = self.get("/health").json()["queue"]
            if queue["pending"] == queue["processing"] == 0:
                return
            assert time.monotonic() < deadline, f"still at work: {queue}"
            time.sleep(0.2)

    def pair(self, name="pair", *, seconds=12.0, delay_seconds=0.25, seed=1):
        """Write a master and a dub that lies ``delay_seconds`` late; return both paths."""
        rate_hz = 16_000
        rng = np.random.default_rng(seed)
        envelope = np.repeat(rng.random(int(seconds * 8) + 9), rate_hz // 8)
        length = int(seconds * rate_hz)
        delay = int(delay_seconds * rate_hz)
        sound = rng.standard_normal(length + delay) * envelope[: length + delay] * 0.2
        master, dub = self.media / f"{name}_master.wav", self.media / f"{name}_dub.wav"
        write_wav(master, sound[delay:], rate_hz)
        write_wav(dub, sound[:length], rate_hz)
        return str(master), str(dub)


def write_wav(path, samples, rate_hz):
    data = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    header = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt "
    header += (16).to_bytes(4, "little") + (1).to_bytes(2, "little") + (1).to_bytes(2, "little")
    header += rate_hz.to_bytes(4, "little") + (2 * rate_hz).to_bytes(4, "little")
    header += (2).to_bytes(2, "little") + (16).to_bytes(2, "little")
    path.write_bytes(header + b"data" + len(data).to_bytes(4, "little") + data)
