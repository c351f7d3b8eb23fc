"""Every command of the README works as pasted, in its order, against the running service."""

import os
import re
import shutil
import subprocess
import sys

import pytest
from repository import ROOT, read

pytestmark = pytest.mark.skipif(
    not (shutil.which("curl") and shutil.which("bash")), reason="no curl here"
)

BLOCK = re.compile(r"(<!-- not run: [^>]+ -->\n)?```bash\n(.*?)```", re.DOTALL)
STRICT = """
set -eu
set -o pipefail
sync-analyzer() {
    local code=0
    "$PYTHON" -c "from sync_analyzer.cli import main; main()" "$@" || code=$?
    [ $code -lt 3 ] || { echo "failed: sync-analyzer $*" >&2; kill $$; }
    return $code
}
curl() {
    local status
    command curl --max-time 120 -w '%{stderr}%{http_code} %{url_effective}\\n' "$@" 2>.status || {
        echo "curl failed: $*" >&2; cat .status >&2; return 1; }
    status=$(tail -n 1 .status | cut -c 1-3)
    case "$status $*" in
        2*|"409 "*DELETE*) tail -n 1 .status >> .log ;;
        *) tail -n 1 .status >&2; echo "refused: $*" >&2; return 1 ;;
    esac
}
"""


def runnable(text):
    """Return the README's shell, without the first block and those marked as not run."""
    blocks = BLOCK.findall(text)[1:]
    return "\n".join(body for marked, body in blocks if not marked)


@pytest.fixture(scope="module")
def ran(server, tmp_path_factory):
    """Paste it all into one shell; the places it names are the test's own."""
    audio = server.media / "audio"
    audio.mkdir()
    for number, name in enumerate(("", "1", "2")):
        master, dub = server.pair(f"readme{name}", seconds=20.0, seed=70 + number)
        shutil.move(master, audio / f"master{name}.wav")
        shutil.move(dub, audio / f"dub{name}.wav")
    script = STRICT + runnable(read("README.md"))
    script = script.replace("http://localhost:8000", server.url).replace(
        "/mnt/data", str(server.media)
    )
    folder = tmp_path_factory.mktemp("readme")
    environment = {**os.environ, "PYTHON": sys.executable, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    return done, folder


def test_every_command_is_answered(ran):
    done, _ = ran

    assert done.returncode == 0, done.stderr[-3000:]


def test_the_example_analysis_reaches_its_answer(ran):
    done, _ = ran

    assert '"verdict":"offset"' in done.stdout.replace(" ", "")
    assert "event: completed" in done.stdout


def test_downloads_are_what_was_asked_for(ran):
    _, folder = ran

    assert (folder / "copy.wav").read_bytes()[:4] == b"RIFF"
    assert (folder / "repaired.wav").read_bytes()[:4] == b"RIFF"
    assert (folder / "report.pdf").read_bytes()[:5] == b"%PDF-"
    assert b"OTIO_SCHEMA" in (folder / "correction.otio").read_bytes()
    assert (folder / "embeddings.npz").read_bytes()[:2] == b"PK"


def test_the_commands_leave_what_they_promise(ran):
    done, folder = ran

    assert "exit code 1" in done.stdout
    assert "<html" in (folder / "report.html").read_text(encoding="utf-8")[:500]
    assert (folder / "corrected.wav").read_bytes()[:4] in (b"RIFF", b"RF64")


def test_every_endpoint_is_in_the_readme(server):
    readme = re.sub(r"\$\w+", "{}", read("README.md"))
    described = server.get("/openapi.json").json()["paths"]
    missing = []
    for path in described:
        shape = re.sub(r"\{\w+\}", "{}", path.replace("{role}", "audio").replace("{number}", "0"))
        tail = shape.replace("/api/v1/files/tus/{}", "{}")  # its address comes from Location
        if f"localhost:8000{shape}" not in readme and f"localhost:8000{tail}" not in readme:
            missing.append(path)

    assert missing == []
