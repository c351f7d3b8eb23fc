"""Tables on terminals of any usual width say every number whole."""

import io

import pytest
from rich.console import Console

from sync_analyzer.cli_show import show_facts
from sync_analyzer.export.report.facts import facts_of
from tests.sync_analyzer.export.conftest import MAKERS


def shown(report, *, columns):
    console = Console(file=io.StringIO(), width=columns)
    show_facts(facts_of(report), console=console)
    return console.file.getvalue()


@pytest.mark.parametrize("columns", [72, 80, 100, 140])
@pytest.mark.parametrize("verdict", ["late", "early", "pal", "drift", "edited"])
@pytest.mark.parametrize("frame_rate", ["25", "30000/1001"])
def test_no_number_is_cut(verdict, columns, frame_rate):
    report = MAKERS[verdict](
        frame_rate=frame_rate,
        start_timecode="10:00:00;00" if "/" in frame_rate else "10:00:00:00",
        drop_frame="/" in frame_rate,
    )
    facts = facts_of(report)

    text = shown(report, columns=columns)

    assert max(map(len, text.splitlines())) <= columns
    for row in facts.places.rows:
        assert row[facts.places.columns.index("Dub is")] in text
        (frames,) = (i for i, name in enumerate(facts.places.columns) if "Frames" in name)
        assert row[frames] in text
    for row in facts.segments.rows:
        assert all(cell in text for cell in row[1:5])


def test_a_wide_terminal_shows_every_column():
    text = shown(MAKERS["pal"](), columns=140)

    for name in ("Master time", "Samples at 48000 Hz", "Rate", "Confidence", "Quality"):
        assert name in text


def test_the_limits_of_the_profile_are_shown():
    text = shown(MAKERS["late"](), columns=80)

    assert "Tolerance profile: ebu_r37" in text
    assert "Passes up to" in text
