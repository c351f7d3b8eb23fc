"""The edit decision list, read back by OpenTimelineIO."""

import opentimelineio as otio
import pytest

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export


def written(report, **options):
    return export("edl").render(plan_correction(report, **options))


def read(report, **options):
    plan = plan_correction(report, **options)
    text = export("edl").render(plan)
    timeline = otio.adapters.read_from_string(text, "cmx_3600", rate=float(plan.programme.fps))
    return timeline.tracks[0], float(plan.programme.fps)


def clips(track):
    return [item for item in track if isinstance(item, otio.schema.Clip)]


def start_frame(clip):
    return clip.source_range.start_time.value


def test_a_late_dub_is_entered_two_seconds_in(reports):
    track, fps = read(reports["late"](start_timecode="01:00:00:00"))

    (clip,) = clips(track)
    assert start_frame(clip) == (3600 + 2) * fps  # the dub carries the same start label
    assert clip.duration().value == 60 * fps


def test_an_early_dub_enters_after_a_second_and_a_half(reports):
    text = written(reports["early"](frame_rate="24", start_timecode="01:00:00:00"))

    event = next(line for line in text.splitlines() if line.startswith("001"))
    assert event.split()[4:] == ["01:00:00:00", "01:00:58:12", "01:00:01:12", "01:01:00:00"]


@pytest.mark.parametrize(
    ("offset_seconds", "dub_seconds", "records"),
    [(2.0000002, 58.0, "10:00:02:00 10:01:00:00"), (-2.0000002, 62.0, "10:00:00:00 10:01:00:00")],
)
def test_less_than_half_a_sample_costs_no_frame(reports, offset_seconds, dub_seconds, records):
    report = reports["late"](segments=((0.0, 60.0, offset_seconds),), dub_seconds=dub_seconds)

    text = export("edl").render(plan_correction(report))

    (event,) = (line for line in text.splitlines() if line.startswith("001"))
    assert event.endswith(records)


def test_a_cut_leaves_a_gap_and_an_insert_is_skipped(reports):
    track, fps = read(reports["edited"]())

    kinds = [type(item).__name__ for item in track]
    assert kinds == ["Clip", "Gap", "Clip", "Clip"]
    hour = 36_000 * fps
    assert [start_frame(clip) - hour for clip in clips(track)] == [5, 506, 918]
    assert [item.duration().value for item in track] == [500, 188, 312, 500]


def test_a_speed_change_is_a_linear_time_warp(reports):
    track, _ = read(reports["pal"]())

    (clip,) = clips(track)
    assert clip.effects[0].time_scalar == pytest.approx(0.96, abs=1e-9)
    assert clip.duration().value == 1440 - 13  # the dub begins inside frame 12


def test_a_speed_change_at_23_976_keeps_its_digits(reports):
    track, _ = read(reports["pal"](frame_rate="24000/1001"))

    assert clips(track)[0].effects[0].time_scalar == pytest.approx(0.96, abs=1e-7)


def test_drop_frame_labels_are_written_as_such(reports):
    report = reports["late"](frame_rate="30000/1001", start_timecode="00:59:30;00", drop_frame=True)

    text = written(report)
    track, fps = read(report)

    assert "FCM: DROP FRAME" in text
    assert "00:59:30;00 01:00:29;28" in text
    (clip,) = clips(track)
    assert clip.duration().value == round(60 * fps)
    assert start_frame(clip) == 106_992 + round(2 * fps)


def test_what_rounding_to_frames_leaves_is_stated(reports):
    text = written(reports["late"](segments=((0.0, 60.0, -2.013),)))

    assert "* SOURCE IN IS 13.000 MS (624 SAMPLES AT 48000 HZ) LATER THAN ITS FRAME" in text


def test_names_stay_on_their_line(reports):
    text = written(reports["late"](dub_file="/media/a\nb ünï.wav"))

    assert "* FROM CLIP NAME: a b ünï.wav" in text.splitlines()
    assert text.splitlines()[3].startswith("001  ABN ")
