"""Metrics bind Prometheus to one folder for the whole process, so each test has its own."""

import json
import subprocess
import sys
import textwrap

PROGRAM = """
import json, sys
from pathlib import Path
from app.core.metrics import Metrics

folder = Path(sys.argv[1])
metrics = Metrics(folder)
for method in ("GET", "BREW", "WHEN"):
    metrics.request(method, "/health", 200, 0.001)
files = {file.name.partition("_")[0]: file.stat() for file in folder.glob("*.db")}
text = metrics.text(jobs={}, limit={}, gpus=()).decode()
print(json.dumps({
    "sizes": {kind: stat.st_size for kind, stat in files.items()},
    "on_disk": {kind: 512 * stat.st_blocks for kind, stat in files.items()},
    "counts": [line for line in text.splitlines() if line.startswith("sync_http_requests_total")],
}))
"""


def run(folder):
    command = [sys.executable, "-c", textwrap.dedent(PROGRAM), str(folder)]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def test_the_files_have_no_holes_that_a_full_disk_could_not_fill(tmp_path):
    said = run(tmp_path)

    assert set(said["sizes"]) == {"counter", "histogram"}
    for kind, size_bytes in said["sizes"].items():
        assert said["on_disk"][kind] >= size_bytes


def test_methods_that_do_not_exist_count_as_one(tmp_path):
    said = run(tmp_path)

    assert sorted(said["counts"]) == [
        'sync_http_requests_total{method="GET",route="/health",status="200"} 1.0',
        'sync_http_requests_total{method="OTHER",route="/health",status="200"} 2.0',
    ]
