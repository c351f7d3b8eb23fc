"""The OpenTimelineIO timeline, read back by OpenTimelineIO."""

import opentimelineio as otio
import pytest

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export


def read(report, **options):
    plan = plan_correction(report, **options)
    return otio.adapters.read_from_string(export("otio").render(plan), "otio_json")


def heard_at(timeline, seconds):
    """Return which second of which file the dub track plays, by the peer's own arithmetic."""
    track = timeline.tracks[1]
    time = otio.opentime.RationalTime(seconds, 1)
    item = track.child_at_time(time)
    if isinstance(item, otio.schema.Gap):
        return None
    into = track.transformed_time(time, item) - item.source_range.start_time
    scalar = item.effects[0].time_scalar if item.effects else 1.0
    return item.source_range.start_time.to_seconds() + scalar * into.to_seconds()


@pytest.mark.parametrize(
    ("verdict", "master_seconds", "dub_seconds"),
    [
        ("late", 10.0, 12.0),
        ("early", 1.0, None),
        ("early", 10.0, 8.5),
        ("edited", 10.0, 10.2),
        ("edited", 25.0, None),
        ("edited", 30.0, 22.7),
        ("edited", 50.0, 46.7),
        ("pal", 0.25, None),
        ("pal", 25.0, 0.96 * 25 - 0.5),
    ],
)
def test_the_right_instant_of_the_dub_is_heard(reports, verdict, master_seconds, dub_seconds):
    timeline = read(reports[verdict]())

    heard = heard_at(timeline, master_seconds)

    assert heard == (None if dub_seconds is None else pytest.approx(dub_seconds, abs=2e-5))


def test_tracks_are_as_long_as_the_programme(reports):
    for verdict in ("late", "early", "edited", "pal", "drift"):
        timeline = read(reports[verdict]())

        assert [track.duration().to_seconds() for track in timeline.tracks] == [60.0, 60.0]


def test_the_start_label_is_the_programmes(reports):
    report = reports["late"](frame_rate="30000/1001", start_timecode="00:59:59;28", drop_frame=True)

    start = read(report).global_start_time

    assert otio.opentime.to_timecode(start, start.rate, True) == "00:59:59;28"


def test_media_is_linked_by_a_safe_url(reports):
    timeline = read(reports["late"](dub_file="/media/sp ace ü#.wav"))

    assert (
        timeline.tracks[1][0].media_reference.target_url == "file:///media/sp%20ace%20%C3%BC%23.wav"
    )
