"""Put pip into the Python that runs this, where ensurepip is missing: PyPI's wheel, checked."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

INDEX_URL = "https://pypi.org/pypi/pip/json"
TIMEOUT_SECONDS = 60


def newest_wheel() -> dict[str, Any]:
    """Return PyPI's entry for pip's newest wheel, its ``url`` made absolute."""
    with urllib.request.urlopen(INDEX_URL, timeout=TIMEOUT_SECONDS) as response:
        files = json.load(response)["urls"]
    wheel: dict[str, Any] = next(file for file in files if file["packagetype"] == "bdist_wheel")
    return {**wheel, "url": urllib.parse.urljoin(INDEX_URL, wheel["url"])}


def main() -> int:
    """Install pip; exit code 0 when it is there."""
    try:
        wheel = newest_wheel()
        with urllib.request.urlopen(wheel["url"], timeout=TIMEOUT_SECONDS) as response:
            content = response.read()
    except (urllib.error.URLError, TimeoutError) as error:
        print(f"pip is missing and PyPI cannot be reached ({error}).", file=sys.stderr)
        print("Install it from your system: sudo apt-get install python3-venv", file=sys.stderr)
        return 1
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        print("The download of pip is damaged; run the command again.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / wheel["filename"]
        path.write_bytes(content)
        command = [sys.executable, os.fspath(path / "pip"), "install", "--quiet", os.fspath(path)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
