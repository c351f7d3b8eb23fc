"""Running ffmpeg: found or said to be missing, watched, stopped, quoted."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from sync_analyzer.errors import AnalysisCancelled, RepairFailed, RepairUnavailable
from sync_analyzer.repair import ffmpeg_process
from sync_analyzer.repair.ffmpeg_process import ffmpeg_program, read_from, run_ffmpeg, stream_ffmpeg
from sync_analyzer.run import Run


def test_without_any_ffmpeg_the_way_to_get_one_is_said(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RepairUnavailable, match="requirements-repair"):
        ffmpeg_program()


def test_an_ffmpeg_on_the_path_will_do(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    program = tmp_path / "ffmpeg"
    program.touch(mode=0o755)

    assert ffmpeg_program() == str(program)


def test_progress_rises_to_the_end():
    heard = []
    run = Run(progress=lambda fraction, message: heard.append(fraction))

    run_ffmpeg(
        ["-f", "lavfi", "-i", "anullsrc=d=600", "-f", "null", "-"],
        output_path="out.wav", seconds=600.0, run=run, message="Writing",
    )  # fmt: skip

    assert heard == sorted(heard)
    assert heard[-1] == pytest.approx(1.0, abs=0.01)


def test_a_cancelled_run_ends_the_program_at_once():
    started = time.monotonic()

    with pytest.raises(AnalysisCancelled):
        run_ffmpeg(
            ["-re", "-f", "lavfi", "-i", "anullsrc=d=60", "-f", "null", "-"],
            output_path="out.wav", seconds=60.0, message="Writing",
            run=Run(cancelled=lambda: time.monotonic() - started > 0.2),
        )  # fmt: skip

    assert time.monotonic() - started < 10


def test_every_input_is_a_file_whatever_it_is_called_or_points_to():
    assert read_from("-y.wav") == ["-protocol_whitelist", "file", "-i", "file:-y.wav"]

    folder = Path(ffmpeg_process.__file__).parent
    named = [source.name for source in folder.glob("*.py") if '"-i"' in source.read_text()]
    assert named == ["ffmpeg_process.py"]


def test_a_failure_is_told_in_the_programs_own_words():
    with pytest.raises(RepairFailed, match="No such file"):
        run_ffmpeg(
            ["-i", "file:/nowhere/at all.wav", "-f", "null", "-"],
            output_path="out.wav", seconds=1.0, run=Run(), message="Writing",
        )  # fmt: skip


def test_output_arrives_whole():
    blocks = []

    count = stream_ffmpeg(
        ["-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono:d=300", "-f", "s16le", "pipe:1"],
        blocks.append, output_path="out.wav", total_bytes=4_800_000, run=Run(), message="Writing",
    )  # fmt: skip

    assert count == sum(map(len, blocks)) == 300 * 8000 * 2


def test_the_program_does_not_outlive_whoever_started_it(tmp_path):
    code = (
        "import os, sys\n"
        "from sync_analyzer.repair.ffmpeg_process import _started\n"
        "arguments = ['-re', '-f', 'lavfi', '-i', 'anullsrc=d=60', '-y', sys.argv[1]]\n"
        "with _started(['-progress', 'pipe:1', *arguments], 'out') as stdout:\n"
        "    stdout.readline()\n"
        "    os._exit(9)\n"
    )
    output = tmp_path / "growing.wav"

    subprocess.run([sys.executable, "-c", code, str(output)], check=False, timeout=60)

    deadline = time.monotonic() + 10
    while [p for p in psutil.process_iter(["cmdline"]) if str(output) in (p.info["cmdline"] or [])]:
        assert time.monotonic() < deadline, "ffmpeg lives on"
        time.sleep(0.1)
