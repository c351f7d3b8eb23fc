"""What belongs where: the one plan that exports and the repair share."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_analyzer.errors import InvalidOption, ReportUnavailable
from sync_analyzer.export.plan import plan_correction


def summary(plan):
    return [
        (
            float(piece.master_start_seconds),
            float(piece.master_end_seconds),
            None if piece.dub_start_seconds is None else float(piece.dub_start_seconds),
        )
        for piece in plan.pieces
    ]


def test_a_late_dub_is_played_from_further_in(reports):
    assert summary(plan_correction(reports["late"]())) == [(0.0, 60.0, 2.0)]


def test_an_early_dub_waits_in_silence(reports):
    assert summary(plan_correction(reports["early"]())) == [(0.0, 1.5, None), (1.5, 60.0, 0.0)]


def test_a_dub_that_ends_early_leaves_silence(reports):
    plan = plan_correction(reports["late"](dub_seconds=40.0))

    assert summary(plan) == [(0.0, 38.0, 2.0), (38.0, 60.0, None)]


def test_a_named_rate_is_exact_and_a_measured_one_keeps_its_digits(reports):
    assert plan_correction(reports["pal"]()).rate == Fraction(24, 25)
    assert plan_correction(reports["drift"]()).rate == Fraction(1000145, 1000000)


def test_a_cut_becomes_silence_and_an_insert_is_skipped(reports):
    plan = plan_correction(reports["edited"]())

    assert summary(plan) == [
        (0.0, 20.0, 0.2),
        (20.0, 27.5, None),
        (27.5, 40.0, 20.2),
        (40.0, 60.0, 36.7),
    ]


def test_an_unproven_stretch_between_equal_offsets_is_kept_whole(reports):
    report = reports["late"](segments=((3.0, 20.0, -2.0), (30.0, 55.0, -2.0)))

    assert summary(plan_correction(report)) == [(0.0, 60.0, 2.0)]


def test_material_around_an_edit_is_shared_out_from_both_sides(reports):
    report = reports["edited"](segments=((0.0, 19.0, -0.2), (28.5, 60.0, 7.3)))

    assert summary(plan_correction(report)) == [
        (0.0, 20.0, 0.2),
        (20.0, 27.5, None),
        (27.5, 60.0, 20.2),
    ]


def test_a_cut_given_without_its_gap_does_not_play_material_twice(reports):
    report = reports["edited"](segments=((0.0, 20.0, -0.2), (20.0, 60.0, 7.3)))

    assert summary(plan_correction(report)) == [
        (0.0, 20.0, 0.2),
        (20.0, 27.5, None),
        (27.5, 60.0, 20.2),
    ]


def test_reordered_material_is_fetched_from_where_it_is(reports):
    report = reports["late"](
        segments=((0.0, 20.0, -40.0), (20.0, 40.0, 20.0), (40.0, 60.0, 20.0)), dub_seconds=60.0
    )

    assert summary(plan_correction(report)) == [(0.0, 20.0, 40.0), (20.0, 60.0, 0.0)]


@settings(deadline=None)
@given(
    edges=st.lists(st.floats(0.5, 59.5), min_size=1, max_size=6, unique=True),
    offsets=st.lists(st.floats(-30, 30), min_size=7, max_size=7),
    rate=st.sampled_from([1.0, 0.96, 1.0001]),
)
def test_pieces_tile_the_programme_and_stay_inside_the_dub(reports, edges, offsets, rate):
    bounds = [0.0, *sorted(edges), 60.0]
    segments = tuple(zip(bounds, bounds[1:], offsets, strict=False))

    try:
        plan = plan_correction(reports["edited"](segments=segments, rate=rate))
    except ReportUnavailable:
        return  # no part of the dub falls inside the master

    assert plan.pieces[0].master_start_seconds == 0
    assert plan.pieces[-1].master_end_seconds == 60
    for left, right in zip(plan.pieces, plan.pieces[1:], strict=False):
        assert left.master_end_seconds == right.master_start_seconds
    for piece in plan.sounding:
        assert piece.duration_seconds > 0
        assert (
            0
            <= piece.dub_start_seconds
            < piece.dub_end_seconds
            <= plan.dub_seconds + Fraction(1, 96_000)
        )


def test_nothing_is_applied_without_a_match(reports):
    with pytest.raises(ReportUnavailable, match="No match"):
        plan_correction(reports["no_match"]())


def test_frames_are_counted_as_the_caller_says(reports):
    plan = plan_correction(reports["late"](frame_rate=None), frame_rate="29.97df")

    assert plan.programme.clock.name == "29.97 DF"
    assert plan.programme.label_at(60) == "10:00:59;28"


def test_an_assumed_frame_rate_is_said_to_be_one(reports):
    plan = plan_correction(reports["late"](frame_rate=None, start_timecode=None))

    assert plan.programme.assumed
    assert "24 fps assumed" in plan.notes[0]


def test_a_start_label_that_cannot_be_is_said_and_not_used(reports):
    plan = plan_correction(reports["late"](start_timecode="10:00:00:29"))

    assert plan.programme.start_frame == 0
    assert "10:00:00:29" in plan.notes[0]


def test_a_frame_rate_that_is_none_is_refused(reports):
    with pytest.raises(InvalidOption):
        plan_correction(reports["late"](), frame_rate="fast")


def test_a_dub_in_place_changes_nothing(reports):
    same = reports["late"](segments=((0.0, 60.0, 0.0),), dub_seconds=60.0)

    assert plan_correction(same).changes_nothing()
    assert not plan_correction(reports["late"]()).changes_nothing()


def test_a_broadcast_wav_is_labelled_from_its_time_reference(reports):
    report = reports["late"](start_timecode=None)
    report.media["master"]["tags"] = {"time_reference": str(10 * 3600 * 48_000 + 48_000 // 25)}

    assert plan_correction(report).programme.label_at(0) == "10:00:00:01"


def test_the_length_is_that_of_what_was_decoded(reports):
    report = reports["late"]()
    report.media["master"]["decoded_seconds"] = 59.5

    assert float(plan_correction(report).master_seconds) == 59.5


def test_many_instants_are_mapped_as_one_is(reports):
    plan = plan_correction(reports["edited"]())
    instants = np.arange(0.0, 60.0, 0.37)

    mapped = plan.dub_times(instants)

    one_by_one = [plan.dub_seconds_at(float(at)) for at in instants]
    wanted = np.array([np.nan if at is None else at for at in one_by_one])
    assert mapped == pytest.approx(wanted, nan_ok=True)


def test_less_than_half_a_sample_is_no_silence(reports):
    plan = plan_correction(reports["late"](segments=((0.0, 60.0, 6.4e-8),), dub_seconds=60.0))

    assert summary(plan) == [(0.0, 60.0, 0.0)]
