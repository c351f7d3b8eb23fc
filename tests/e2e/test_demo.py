"""`make demo`, without the installing: it answers rightly, or says why it cannot."""

import os
import socket
import subprocess
import sys

import pytest
from live_server import free_port
from repository import ROOT

DEMO = (sys.executable, "-m", "scripts.demo")


def run(**environment):
    return subprocess.run(
        DEMO, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True,
        timeout=240,
    )  # fmt: skip


@pytest.mark.slow
def test_the_demo_answers_rightly_and_leaves_nothing_running(tmp_path):
    port = free_port()

    done = run(PORT=str(port), DEMO_EXIT="1", DEMO_FOLDER=str(tmp_path / "demo"))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Right after" in done.stdout
    assert "dub is 2.456 s late" in done.stdout
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_a_taken_port_is_said_with_a_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        done = run(PORT=str(port), DEMO_EXIT="1", DEMO_FOLDER=str(tmp_path / "demo"))

    assert done.returncode == 1
    assert f"Port {port} is taken. Choose another: PORT={port + 1} make demo" in done.stdout
    assert not (tmp_path / "demo").exists()
