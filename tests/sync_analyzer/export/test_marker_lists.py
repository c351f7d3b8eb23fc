"""The marker lists of REAPER and Audition, read back by the csv module."""

import csv
import io

import pytest

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export


def rows(name, report, delimiter):
    text = export(name).render(plan_correction(report))
    return list(csv.DictReader(io.StringIO(text), delimiter=delimiter))


def reaper(report):
    return rows("reaper_csv", report, ",")


def audition(report):
    return rows("audition_csv", report, "\t")


def seconds(text):
    total = 0.0
    for part in text.split(":"):
        total = 60 * total + float(part)
    return total


def test_reaper_regions_lie_on_the_start_label(reports):
    silence, dub = reaper(reports["early"]())

    assert list(silence) == ["#", "Name", "Start", "End", "Length", "Color"]
    assert [silence["#"], dub["#"]] == ["R1", "R2"]
    assert silence["Name"] == "silence, the dub begins later"
    assert seconds(dub["Start"]) == pytest.approx(36_001.5)
    assert seconds(dub["End"]) == pytest.approx(36_060.0)
    assert seconds(dub["Length"]) == pytest.approx(58.5)
    assert dub["Name"] == "dub is 1.500 s early"


def test_a_start_label_at_23_976_is_turned_into_real_time(reports):
    left_out, dub = reaper(reports["late"](frame_rate="24000/1001", start_timecode="01:00:00:00"))

    assert left_out["Name"] == "2.000 s of the dub left out"
    assert seconds(dub["Start"]) == pytest.approx(3603.6)


def test_reaper_markers_tell_what_is_left_out(reports):
    marks = reaper(reports["edited"]())

    assert [mark["#"] for mark in marks] == ["M1", "R1", "R2", "R3", "M2", "R4"]
    assert marks[0]["Name"] == "0.200 s of the dub left out"
    assert marks[2]["Name"] == "silence, the dub lacks this"
    assert marks[4]["Name"] == "4.000 s of the dub left out"
    assert seconds(marks[4]["Start"]) == pytest.approx(36_040.0)
    assert marks[4]["End"] == ""


def test_audition_markers_count_from_the_first_sample(reports):
    silence, dub = audition(reports["early"]())

    assert list(dub) == ["Name", "Start", "Duration", "Time Format", "Type", "Description"]
    assert (silence["Start"], silence["Duration"]) == ("0:00.000", "0:01.500")
    assert (dub["Start"], dub["Duration"]) == ("0:01.500", "0:58.500")
    assert (dub["Time Format"], dub["Type"]) == ("decimal", "Cue")
    assert dub["Description"].startswith("10:00:01:13 dub is 1.500 s early")


def test_speed_is_named(reports):
    names = [row["Name"] for row in reaper(reports["pal"]())]

    assert "runs at 24/25 of the master's time" in names[-1]
