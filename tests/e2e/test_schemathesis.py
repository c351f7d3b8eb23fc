"""The live service against its own description: every check, requests nobody wrote by hand."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from live_server import ROOT

COMMAND = Path(sys.executable).with_name("schemathesis")


@pytest.mark.parametrize(
    "examples",
    [pytest.param(4, id="few"), pytest.param(100, id="many", marks=pytest.mark.slow)],
)
def test_the_service_keeps_to_its_description(server, tmp_path, examples):
    master, dub = server.pair("described", seconds=5.0, seed=91)
    done = subprocess.run(
        [
            *(COMMAND, "--config-file", ROOT / "schemathesis.toml", "run"),
            *(f"{server.url}/openapi.json", "--checks", "all", "--seed", "1"),
            *("--max-examples", str(examples), "--workers", "1", "--no-color"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT / "tests" / "standins"),
            "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
            "REAL_FILES": os.pathsep.join((master, dub)),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    said = "\n".join(line[:300] for line in done.stdout.splitlines())
    assert done.returncode == 0, said[-6000:]
    assert "✅ Fuzzing" in said
    assert "✅ Stateful" in said
    assert server.get("/health").json()["ready"] is True
