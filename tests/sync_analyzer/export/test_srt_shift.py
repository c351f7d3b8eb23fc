"""The subtitle script, run by ffmpeg itself."""

import os
import re
import subprocess

import imageio_ffmpeg
import pytest

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export


def shifted(report, cues, folder):
    """Return the cues ``text -> (start, end)`` in milliseconds after running the script."""
    script, before, after = (folder / name for name in ("fix.sh", "dub.srt", "out.srt"))
    script.write_text(export("srt_shift").render(plan_correction(report)), encoding="utf-8")
    before.write_text(
        "\n".join(
            f"{number}\n{stamp(start)} --> {stamp(end)}\ncue {number}\n"
            for number, (start, end) in enumerate(cues, 1)
        ),
        encoding="utf-8",
    )
    environment = {**os.environ, "FFMPEG": imageio_ffmpeg.get_ffmpeg_exe()}
    command = ["sh", str(script), str(before), str(after)]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=60)
    pattern = r"([\d:,]+) --> ([\d:,]+)\n(cue \d+)"
    found = re.findall(pattern, after.read_text(encoding="utf-8"))
    return {text: (millis(start), millis(end)) for start, end, text in found}


def stamp(millis):
    seconds, millis = divmod(millis, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02},{millis:03}"


def millis(text):
    hours, minutes, rest = text.split(":")
    return (int(hours) * 3600 + int(minutes) * 60) * 1000 + int(rest.replace(",", ""))


def test_cues_of_a_late_dub_move_earlier(reports, tmp_path):
    cues = shifted(reports["late"](), [(5_000, 7_000), (30_500, 31_000)], tmp_path)

    assert cues == {"cue 1": (3_000, 5_000), "cue 2": (28_500, 29_000)}


def test_cues_of_an_early_dub_move_later(reports, tmp_path):
    assert shifted(reports["early"](), [(0, 500)], tmp_path) == {"cue 1": (1_500, 2_000)}


def test_cues_of_a_pal_dub_are_stretched(reports, tmp_path):
    cues = shifted(reports["pal"](), [(23_500, 24_460)], tmp_path)

    assert cues == {"cue 1": (25_000, 26_000)}


def test_cues_follow_their_segment(reports, tmp_path):
    cues = shifted(
        reports["edited"](), [(10_200, 11_000), (22_700, 23_000), (46_700, 47_700)], tmp_path
    )

    assert cues == {"cue 1": (10_000, 10_800), "cue 2": (30_000, 30_300), "cue 3": (50_000, 51_000)}


def test_a_cue_in_left_out_material_is_never_shown(reports, tmp_path):
    cues = shifted(reports["edited"](), [(10_200, 11_000), (34_000, 35_000)], tmp_path)

    start, end = cues["cue 2"]
    assert start == pytest.approx(40_000, abs=1)
    assert end == start
