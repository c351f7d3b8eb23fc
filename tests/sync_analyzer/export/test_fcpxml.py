"""The Final Cut Pro project, read back by OpenTimelineIO and by exact arithmetic."""

from fractions import Fraction
from xml.etree import ElementTree as ET

import opentimelineio as otio
import pytest

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export


def written(report, **options):
    return export("fcpxml").render(plan_correction(report, **options))


def project(report):
    collection = otio.adapters.read_from_string(written(report), "fcpx_xml")
    return collection[0]


def seconds(text):
    return Fraction(text.removesuffix("s"))


def heard_at(report, at_seconds):
    """Return which instant of the dub plays, by the document alone."""
    root = ET.fromstring(written(report))
    zero = seconds(root.find(".//asset").get("start"))
    at = seconds(root.find(".//sequence").get("tcStart")) + Fraction(at_seconds)
    for item in root.find(".//spine"):
        begin, length = (seconds(item.get(key)) for key in ("offset", "duration"))
        if begin <= at < begin + length:
            if item.tag == "gap":
                return None
            own = seconds(item.get("start")) + at - begin
            points = [
                (seconds(p.get("time")), seconds(p.get("value"))) for p in item.iter("timept")
            ]
            if not points:
                return own - zero
            (t0, v0), (t1, v1) = points
            return v0 + (own - t0) * (v1 - v0) / (t1 - t0) - zero
    raise AssertionError("nothing there")


def test_a_late_dub_starts_two_seconds_in_by_a_foreign_reader(reports):
    timeline = project(reports["late"](start_timecode="00:00:00:00"))

    (clip,) = timeline.tracks[0]
    assert clip.source_range.start_time == otio.opentime.RationalTime(50, 25)
    assert clip.duration() == otio.opentime.RationalTime(1500, 25)


def test_cuts_leave_gaps_by_a_foreign_reader(reports):
    timeline = project(reports["edited"](start_timecode="00:00:00:00"))

    track = timeline.tracks[0]
    kinds = [type(item).__name__ for item in track]
    starts = [item.source_range.start_time.value for item in track if type(item).__name__ == "Clip"]
    assert kinds == ["Clip", "Gap", "Clip", "Clip"]
    assert starts == [5, 505, 917]  # the reader cuts half frames off
    assert sum(item.duration().value for item in track) == 1500


@pytest.mark.parametrize(
    ("verdict", "at_seconds", "dub_seconds"),
    [
        ("late", 10, 12),
        ("early", 1, None),
        ("early", 10, Fraction(17, 2)),
        ("edited", 22, None),
        ("edited", 50, Fraction(467, 10)),
        ("pal", 25, Fraction(47, 2)),
        ("pal", 50, Fraction(95, 2)),
    ],
)
@pytest.mark.parametrize("fps", ["24000/1001", "25", "30000/1001", "60"])
def test_the_right_instant_is_heard_at_every_rate(reports, verdict, at_seconds, dub_seconds, fps):
    report = reports[verdict](frame_rate=fps, start_timecode="01:00:00:00")

    heard = heard_at(report, at_seconds)

    assert heard == (None if dub_seconds is None else pytest.approx(float(dub_seconds), abs=3e-5))


def test_places_are_whole_frames_and_starts_whole_samples(reports):
    root = ET.fromstring(written(reports["edited"](frame_rate="24000/1001")))
    frame = Fraction(1001, 24000)

    for item in root.find(".//spine"):
        assert (seconds(item.get("offset")) / frame).denominator == 1
        assert (seconds(item.get("duration")) / frame).denominator == 1
        assert (seconds(item.get("start")) * 48_000).denominator == 1


def test_drop_frame_and_rate_are_declared(reports):
    report = reports["late"](frame_rate="30000/1001", start_timecode="01:00:00;00", drop_frame=True)
    root = ET.fromstring(written(report))

    assert root.find(".//format").get("frameDuration") == "1001/30000s"
    assert root.find(".//sequence").get("tcFormat") == "DF"
    assert seconds(root.find(".//sequence").get("tcStart")) == 107_892 * Fraction(1001, 30000)


def test_pitch_is_kept_where_it_was_kept(reports):
    for mode, kept in (("resampled", "0"), ("pitch_preserved", "1")):
        root = ET.fromstring(written(reports["pal"](mode=mode)))
        assert root.find(".//timeMap").get("preservesPitch") == kept


def test_names_are_escaped(reports):
    root = ET.fromstring(written(reports["late"](dub_file='/media/<a> & "b".wav')))

    assert root.find(".//asset-clip").get("name") == '<a> & "b".wav'
