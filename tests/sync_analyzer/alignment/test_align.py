"""The whole engine on made programmes: segments, edits, speed, refusal and doubt."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import RATE_HZ, bed, delayed, mixed, played_at, track, voice

from sync_analyzer import registry
from sync_analyzer.alignment.align import align
from sync_analyzer.alignment.lines import pair_of
from sync_analyzer.assemble import found_in
from sync_analyzer.run import Run


def found(master, dub, methods=("correlation", "onset", "spectral")):
    master, dub = track(master), track(dub)
    evidence = [registry.method(name)().detect(master, dub, Run()) for name in methods]
    pair = pair_of(master, dub)
    return found_in(pair, align(evidence, pair, Run()))


def dub_of(shared, seed=9, speech_db=6.0):
    return mixed(shared, speech_db=speech_db, seed=seed)


@pytest.fixture(scope="module")
def shared():
    return bed(seconds=80, seed=21)


@pytest.fixture(scope="module")
def master(shared):
    return mixed(shared, speech_db=6.0, seed=8)


def samples(seconds):
    return round(seconds * RATE_HZ)


def test_a_cut_is_bounded_on_both_sides_and_listed(shared, master):
    """The dub lacks 30.0 s to 31.5 s of the master."""
    dub = dub_of(np.concatenate([shared[: samples(30)], shared[samples(31.5) :]]))

    answer = found(master, dub)

    first, second = answer.results
    assert first.offset_seconds == pytest.approx(0.0, abs=1e-4)
    assert second.offset_seconds == pytest.approx(1.5, abs=1e-4)
    assert first.master_end_seconds == pytest.approx(30.0, abs=0.1)
    assert second.master_start_seconds == pytest.approx(31.5, abs=0.1)
    (edit,) = answer.edits
    assert (edit.kind, round(edit.duration_seconds, 3)) == ("cut", 1.5)
    low, high = edit.interval_seconds
    assert low - 1e-6 <= edit.master_seconds <= high + 1e-6
    assert edit.master_seconds == pytest.approx(30.0, abs=0.1)


def test_an_insert_is_one_instant_of_the_master(shared, master):
    extra = bed(seconds=4, seed=99)
    dub = dub_of(np.concatenate([shared[: samples(50)], extra, shared[samples(50) :]]))

    answer = found(master, dub)

    first, second = answer.results
    assert second.offset_seconds == pytest.approx(-4.0, abs=1e-4)
    assert first.master_end_seconds == pytest.approx(50.0, abs=0.1)
    assert second.master_start_seconds == pytest.approx(50.0, abs=0.1)
    assert [edit.kind for edit in answer.edits] == ["insert"]


def test_a_short_head_before_a_cut_is_found_at_another_speed(shared, master):
    """Four seconds, then two are missing, and all of it is a film on PAL."""
    dub = dub_of(np.concatenate([shared[: samples(4)], shared[samples(6) :]]))

    answer = found(master, played_at(dub, rate=24 / 25))

    assert answer.speed.named_rate == "24/25"
    first, second = answer.results
    assert first.offset_seconds == pytest.approx(0.0, abs=1e-3)
    assert first.master_end_seconds == pytest.approx(4.0, abs=0.1)
    assert second.master_start_seconds == pytest.approx(6.0, abs=0.1)


def test_two_edits_that_nearly_cancel_invent_no_drift(shared, master):
    """A second is missing, and comes back half a millisecond short of whole."""
    back = [shared[: samples(25)], shared[samples(26) : samples(50)], shared[samples(49.0005) :]]

    answer = found(master, dub_of(np.concatenate(back)))

    assert answer.speed.rate == 1.0
    assert [s.offset_seconds for s in answer.results] == pytest.approx([0, 1, 0.0005], abs=1e-4)


def test_a_few_seconds_performed_a_little_late_are_no_edit(shared, master):
    late = shared.copy()
    late[samples(40) : samples(47)] = shared[samples(39.97) : samples(46.97)]

    answer = found(master, dub_of(late))

    assert len(answer.results) == 1
    assert answer.edits == []
    assert answer.offset_seconds == pytest.approx(0.0, abs=1e-4)


@pytest.mark.parametrize("ppm", [-1000, -35, 35, 400])
def test_a_free_drift_is_measured_and_invents_no_step(shared, master, ppm):
    rate = 1 + ppm * 1e-6

    answer = found(master, played_at(dub_of(shared), rate=rate))

    assert len(answer.results) == 1
    assert answer.speed.drift_ppm == pytest.approx(ppm, abs=1.0)
    assert answer.speed.named_rate is None
    assert answer.offset_seconds == pytest.approx(0.0, abs=3e-4)
    low, high = answer.speed.drift_ppm_interval
    assert low - 1 <= ppm <= high + 1


@pytest.mark.parametrize("name", ["24/25", "1001/960", "1001/1000"])
def test_a_named_speed_is_named_exact_and_said_to_be_resampled(shared, master, name):
    top, bottom = map(int, name.split("/"))

    answer = found(master, delayed(played_at(dub_of(shared), rate=top / bottom), 4000))

    assert answer.speed.named_rate == name
    assert answer.speed.rate == top / bottom
    assert answer.speed.mode == "resampled"
    assert answer.offset_seconds == pytest.approx(-0.5, abs=5e-4)


def test_swapped_channels_and_inverted_polarity_are_seen_through(shared, master):
    swapped = found(master, delayed(dub_of(shared)[:, ::-1], 800))
    inverted = found(master, -delayed(dub_of(shared), 800))

    assert swapped.offset_seconds == pytest.approx(-0.1, abs=1e-4)
    assert inverted.offset_seconds == pytest.approx(-0.1, abs=1e-4)
    assert swapped.segments[0].pieces[0].locked.polarity == (1, -1)
    assert inverted.segments[0].pieces[0].locked.polarity == (-1, -1)


def test_a_third_of_the_dub_is_enough_where_all_that_overlaps_agrees(shared, master):
    """The last minute of the dub is the first of the master; each has two minutes more."""
    before, after = (mixed(bed(seconds=120, seed=s), speech_db=6.0, seed=s) for s in (55, 57))
    minute = slice(0, samples(65))

    answer = found(
        np.concatenate([master[minute], after]),
        np.concatenate([before, dub_of(shared)[minute]]),
    )

    assert answer.match
    assert answer.measures.support < 0.4
    assert answer.offset_seconds == pytest.approx(-120.0, abs=1e-4)


def test_a_jingle_alone_is_no_match(shared, master):
    other = mixed(bed(seconds=70, seed=55), speech_db=6.0, seed=56)

    answer = found(master, np.concatenate([other, master[: samples(10)]]))

    assert not answer.match
    assert answer.offset_seconds is None
    assert answer.measures.support < 0.4


def test_a_bed_under_two_programmes_is_no_match():
    track_of_both = 0.3 * bed(seconds=60, seed=31)
    one = mixed(bed(seconds=60, seed=32) + track_of_both, speech_db=3.0, seed=33)
    two = mixed(bed(seconds=60, seed=34) + track_of_both, speech_db=3.0, seed=35)

    answer = found(one, two)

    assert not answer.match


def test_voices_alone_are_no_match():
    one, two = (np.repeat(voice(seconds=60, seed=seed)[:, None], 2, axis=1) for seed in (1, 2))

    assert not found(one, two).match


@pytest.mark.parametrize("seed", range(41, 47))
def test_a_pure_loop_is_never_sure(seed):
    loop = np.tile(bed(seconds=2, seed=seed), (25, 1))

    answer = found(loop, delayed(loop, 1600))

    assert answer.confidence < 0.6


def test_the_answer_is_the_same_twice(shared, master):
    dub = delayed(dub_of(shared), 1234.5)

    first, second = found(master, dub), found(master, dub)

    assert first.results == second.results
    assert first.confidence == second.confidence
