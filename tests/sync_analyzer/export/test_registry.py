"""Exports are found, named and refused by name."""

import pytest

from sync_analyzer.errors import InvalidOption
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export, exports

NAMES = ["audition_csv", "edl", "fcpxml", "ffmpeg", "otio", "reaper_csv", "srt_shift"]


def test_every_format_is_found():
    assert list(exports()) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("verdict", ["late", "early", "pal", "drift", "edited"])
def test_every_format_writes_every_correction(reports, name, verdict):
    plan = plan_correction(reports[verdict]())

    text = export(name).render(plan)

    assert text.endswith("\n")
    assert export(name).file_name(plan).startswith("dub_synced")


def test_an_unknown_format_is_refused_with_the_known_ones():
    with pytest.raises(InvalidOption, match="reaper_csv"):
        export("aaf")
