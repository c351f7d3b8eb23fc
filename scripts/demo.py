"""`make demo`: a sample pair, the running service, one analysis over REST, answer beside truth.

Environment: ``PORT`` (8000), ``MOUNT_PATH`` (/, since only this machine can reach the
service), ``DEMO_EXIT=1`` (stop after the answer; exit code 0 only if it is right),
``DEMO_FOLDER`` (./demo).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from scripts.rest_client import ServiceError, get, post
from sync_analyzer import timebase
from sync_analyzer.samples import SamplePair, write_pair

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("DEMO_FOLDER") or ROOT / "demo")
TOLERANCE_SECONDS = 0.001
START_SECONDS = 60.0
STOP_SECONDS = 15.0
POLL_SECONDS = 0.15

console = Console(highlight=False)


def main() -> int:
    """Run the demo; return 0 only if the answer is right."""
    signal.signal(signal.SIGTERM, _interrupt)
    port = int(os.environ.get("PORT", "8000"))
    base_url = f"http://localhost:{port}"
    try:
        _require_free(port)
        pair = SamplePair()
        master_path, dub_path = _make_files(pair)
        with _service(port, base_url):
            right = _analyse(base_url, pair, master_path, dub_path)
            if os.environ.get("DEMO_EXIT", "") not in ("", "0"):
                return 0 if right else 1
            _invite(base_url, master_path, dub_path)
            while True:
                time.sleep(3600)
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return 0
    except ServiceError as error:
        console.print(f"[red]{error}[/red]")
        return 1


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise ServiceError(
                f"Port {port} is taken. Choose another: PORT={port + 1} make demo"
            ) from error


def _make_files(pair: SamplePair) -> tuple[Path, Path]:
    """Write the sample pair unless it is there; forget the jobs of an earlier demo."""
    master_path, dub_path = FOLDER / "master.wav", FOLDER / "dub.flac"
    shutil.rmtree(FOLDER / "data", ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    with console.status("Making a sample master and dub ..."):
        write_pair(pair, master_path=master_path, dub_path=dub_path)
    console.print(
        f"Sample pair: {pair.duration_seconds} s, the same music and effects, two different "
        f"voices;\n  {master_path}\n  {dub_path}\n"
        f"The truth: {timebase.describe(pair.offset_seconds)}."
    )
    return master_path, dub_path


@contextmanager
def _service(port: int, base_url: str) -> Iterator[None]:
    """Run the service, ready to answer, and stop it at the end."""
    command = [sys.executable, "-m", "uvicorn", "main:app", "--host", "127.0.0.1"]
    command += ["--port", str(port), "--log-level", "warning"]
    environment = {
        "MOUNT_PATH": "/",
        "ALLOWED_HOSTS": '["localhost", "127.0.0.1"]',
        **os.environ,
        "UPLOAD_DIR": str(FOLDER / "uploads"),
        "DATA_DIR": str(FOLDER / "data"),
        "LOG_FILE": str(FOLDER / "logs" / "app.log"),
    }
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        with console.status("Starting the service ..."):
            _wait_until_ready(process, base_url)
        console.print(f"Service ready after {time.monotonic() - started:.1f} s at {base_url}")
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], base_url: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise ServiceError("The service did not start; its own words are above.")
        try:
            get(f"{base_url}/health")
        except ServiceError:
            time.sleep(POLL_SECONDS)
        else:
            return
    raise ServiceError(f"The service did not answer within {START_SECONDS:.0f} s.")


def _analyse(base_url: str, pair: SamplePair, master_path: Path, dub_path: Path) -> bool:
    """Submit the pair, follow it, show the answer; return whether it is right."""
    started = time.monotonic()
    submitted = post(
        f"{base_url}/api/v1/analysis/sync",
        {"master_file": str(master_path), "dub_file": str(dub_path)},
    )
    job = _follow(f"{base_url}/api/v1/analysis/{submitted['analysis_id']}")
    if job["status"] != "completed":
        raise ServiceError(f"The analysis ended {job['status']}: {job.get('error')}")
    result = job["result"]
    offset_seconds = result["consensus_offset"]["offset_seconds"]
    right = (
        offset_seconds is not None
        and abs(offset_seconds - pair.offset_seconds) <= TOLERANCE_SECONDS
    )
    _show(result, pair, right=right, seconds=time.monotonic() - started)
    return right


def _follow(url: str) -> dict[str, Any]:
    columns = (
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("queued", total=100.0)
        while True:
            job = get(url)
            progress.update(
                task, completed=job["progress"], description=job.get("status_message") or ""
            )
            if job["status"] in ("completed", "failed", "cancelled"):
                return job
            time.sleep(POLL_SECONDS)


def _show(result: dict[str, Any], pair: SamplePair, *, right: bool, seconds: float) -> None:
    offset_seconds = result["consensus_offset"]["offset_seconds"]
    table = Table("", "answer", "truth", title_justify="left")
    said = "no match" if offset_seconds is None else timebase.describe(offset_seconds)
    table.add_row("offset", said, timebase.describe(pair.offset_seconds))
    if offset_seconds is not None:
        frames = result["consensus_offset"]["offset_frames"]["25.0"]
        table.add_row("at 25 fps", _frames(frames), _frames(pair.offset_seconds * 25))
        error_ms = abs(offset_seconds - pair.offset_seconds) * 1000
        table.add_row("error", f"{error_ms:.3f} ms", f"at most {TOLERANCE_SECONDS * 1000:g} ms")
    table.add_row("confidence", f"{result['overall_confidence']:.1%}", "")
    table.add_row("verdict", result["verdict"], "offset")
    for entry in result["method_results"]:
        alone = entry["offset"]["offset_seconds"]
        words = "no match" if alone is None else timebase.describe(alone)
        table.add_row(f"  {entry['method']} alone", words, "")
    console.print(table)
    console.print(
        f"[{'green' if right else 'red'}]{'Right' if right else 'WRONG'}[/] after {seconds:.1f} s."
    )


def _frames(signed: float) -> str:
    return f"{abs(signed):.1f} frames {'late' if signed < 0 else 'early'}"


def _invite(base_url: str, master_path: Path, dub_path: Path) -> None:
    console.print(
        f"""
The service keeps running. Page: {base_url}/   API: {base_url}/docs   Ctrl-C stops it.
Your own files, from another terminal (put your paths in the first two lines):
"""
    )
    print(f"""MASTER={master_path}
DUB={dub_path}
ID=$(curl -s {base_url}/api/v1/analysis/sync -H 'Content-Type: application/json' \\
  -d "{{\\"master_file\\": \\"$MASTER\\", \\"dub_file\\": \\"$DUB\\"}}" \\
  | sed -n 's/.*"analysis_id": *"\\([^"]*\\)".*/\\1/p')
curl -s {base_url}/api/v1/analysis/$ID
""")


if __name__ == "__main__":
    sys.exit(main())
