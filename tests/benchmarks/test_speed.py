"""The timing command makes its pair, runs both sides and prints a row that can be believed."""

import re

import pytest

from benchmarks.speed.__main__ import main
from benchmarks.speed.measure import decode_cost


@pytest.mark.slow
def test_one_minute_is_made_timed_and_answered_rightly(tmp_path, capsys):
    status = main(["--minutes", "1", "--folder", str(tmp_path)])

    cells = re.findall(r"[\d.]+", capsys.readouterr().out.splitlines()[2])
    assert status == 0
    assert cells[0] == "1"
    assert all(float(cell) > 0 for cell in cells[:8])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["dub_1min.mp4", "master_1min.mp4"]


def test_a_file_that_cannot_be_decoded_is_no_baseline(tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a film")

    with pytest.raises(RuntimeError, match="ffmpeg failed"):
        decode_cost([broken])
