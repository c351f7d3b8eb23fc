"""Frames and labels against exact arithmetic and against OpenTimelineIO."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio import opentime

from sync_analyzer.errors import InvalidOption
from sync_analyzer.timecode import EXACT_RATES, FrameClock, ProgrammeClock, exact_rate, rate_name

CLOCKS = [
    FrameClock.named(name)
    for name in (
        *("23.976", "24", "25", "29.97", "29.97df", "30", "48", "50", "59.94", "59.94df", "60"),
        *("120", "119.88df"),
    )
]
PEER_CLOCKS = [clock for clock in CLOCKS if clock.nominal_fps <= 60]

clocks = st.sampled_from(CLOCKS)
two_days = st.integers(-5_000_000, 20_000_000)


@given(clock=clocks, frame=two_days)
def test_a_frame_survives_the_way_through_its_label(clock, frame):
    assert clock.frame(clock.label(frame)) == frame % clock.frames_per_day


@given(clock=clocks, frame=two_days)
def test_labels_of_consecutive_frames_differ_and_ascend_within_the_day(clock, frame):
    frame %= clock.frames_per_day - 1

    this, after = (clock.label(frame + step).replace(";", ":").split(":") for step in (0, 1))

    assert [int(part) for part in this] < [int(part) for part in after]


@given(clock=clocks, frame=two_days)
def test_seconds_are_exact_and_lead_back_to_the_frame(clock, frame):
    seconds = clock.seconds(frame)

    assert seconds * clock.fps == frame
    assert clock.nearest_frame(seconds) == frame
    assert clock.nearest_frame(seconds + Fraction(49, 100) / clock.fps) == frame


@given(clock=st.sampled_from(PEER_CLOCKS), frame=st.integers(0, 2_500_000))
def test_labels_agree_with_opentimelineio(clock, frame):
    rate = float(clock.fps)
    frame %= clock.frames_per_day // 2  # its 59.94 labels start again after twelve hours

    label = opentime.to_timecode(opentime.RationalTime(frame, rate), rate, clock.drop_frame)

    assert clock.label(frame) == label
    assert clock.frame(label) == opentime.from_timecode(label, rate).value


@pytest.mark.parametrize(
    ("name", "frame", "label"),
    [
        ("29.97df", 1799, "00:00:59;29"),
        ("29.97df", 1800, "00:01:00;02"),
        ("29.97df", 17_981, "00:09:59;29"),
        ("29.97df", 17_982, "00:10:00;00"),
        ("29.97df", 107_891, "00:59:59;29"),
        ("29.97df", 107_892, "01:00:00;00"),
        ("29.97df", 107_892 + 1800, "01:01:00;02"),
        ("29.97df", 2_589_407, "23:59:59;29"),
        ("29.97df", 2_589_408, "00:00:00;00"),
        ("59.94df", 3600, "00:01:00;04"),
        ("59.94df", 215_784, "01:00:00;00"),
        ("29.97", 107_892, "00:59:56:12"),
        ("23.976", 86_400, "01:00:00:00"),
        ("25", 90_000, "01:00:00:00"),
        ("25", -1, "23:59:59:24"),
        ("120", 119, "00:00:00:119"),
    ],
)
def test_known_labels(name, frame, label):
    clock = FrameClock.named(name)

    assert clock.label(frame) == label
    assert clock.frame(label) == frame % clock.frames_per_day


def test_a_start_label_at_23_976_is_not_its_face_value_in_seconds():
    clock = FrameClock.named("23.976")

    assert clock.frame("00:59:20:00") == 85_440
    assert float(clock.seconds(85_440)) == pytest.approx(3563.56, abs=1e-9)


def test_an_hour_of_drop_frame_labels_stays_within_four_milliseconds_of_the_clock():
    clock = FrameClock.named("29.97df")

    assert abs(float(clock.seconds(clock.frame("01:00:00;00"))) - 3600) < 0.004


@given(clock=clocks, start=st.integers(0, 10_000_000), frame=st.integers(0, 1_000_000))
def test_a_programme_counts_from_its_start_label_across_midnight(clock, start, frame):
    programme = ProgrammeClock(clock=clock, start_frame=start % clock.frames_per_day)

    label = programme.label_at(clock.seconds(frame))

    assert label == clock.label(start + frame)
    assert programme.seconds_at(label) == clock.seconds(frame % clock.frames_per_day)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("25", "10:00:00:25"),
        ("25", "24:00:00:00"),
        ("25", "10:60:00:00"),
        ("25", "ten o'clock"),
        ("25", "1000"),
        ("29.97df", "00:01:00;00"),
        ("29.97df", "00:59:00;01"),
        ("59.94df", "00:01:00;03"),
    ],
)
def test_a_label_that_names_no_frame_is_refused(name, label):
    with pytest.raises(InvalidOption, match="timecode"):
        FrameClock.named(name).frame(label)


@pytest.mark.parametrize("name", ["25df", "24df", "23.976df", "0", "-25", "1/0", "fast", "5000"])
def test_a_rate_that_cannot_be_counted_is_refused(name):
    with pytest.raises(InvalidOption):
        FrameClock.named(name)


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("23.976023976", Fraction(24000, 1001)),
        ("23.98", Fraction(24000, 1001)),
        ("2997/125", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)),
        ("59.9401", Fraction(60000, 1001)),
        ("25.0", Fraction(25)),
        ("12.5", Fraction(25, 2)),
    ],
)
def test_a_rounded_rate_means_the_exact_one(text, exact):
    assert exact_rate(text) == exact


def test_every_rate_has_a_name_that_reads_back():
    for fps in EXACT_RATES.values():
        assert exact_rate(rate_name(fps)) == fps


def test_a_clock_says_how_it_counts_where_there_are_two_ways():
    assert [FrameClock.named(n).name for n in ("25", "29.97", "29.97df", "23.976", "59.94df")] == [
        "25",
        "29.97 NDF",
        "29.97 DF",
        "23.976",
        "59.94 DF",
    ]
