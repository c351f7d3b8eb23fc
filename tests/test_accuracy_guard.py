"""A fast guard over the whole analysis: eight made pairs with exact truth."""

from fractions import Fraction

import numpy as np
import pytest

from benchmarks.accuracy import made_pairs as made
from benchmarks.accuracy.runner import analyse_pair
from benchmarks.accuracy.scoring import Judgement, judge

RATE_HZ = made.SAMPLE_RATE_HZ
SURE = 0.9


def judged(pair) -> Judgement:
    return judge(pair, analyse_pair(pair, ()))


def dubbed(seed: int, seconds: float, *, speech_db: float = 3.0):
    """Return a master and a dub with one bed and two voices."""
    bed = made.bed(seed, seconds)
    voices = [made.voice(seed * 10 + k, seconds) for k in (1, 2)]
    levels = (3.0, speech_db)
    return [made.mix(bed, v, speech_db=db) for v, db in zip(voices, levels, strict=True)]


def assert_right(found: Judgement, *, within_seconds: float) -> None:
    assert found.failure_kind is None
    assert found.within(within_seconds), (found.error_seconds, found.record["offset_seconds"])
    assert found.confidence is not None
    assert found.confidence >= SURE


def test_an_identical_dub_is_placed_to_a_fraction_of_a_sample(tmp_path):
    master, _ = dubbed(1, 30)
    dub = made.late(master, 0.0123456)
    pair = made.written(tmp_path, "same", master, dub, truth=made.one_line(-0.0123456, 1.0, 30))

    found = judged(pair)

    assert_right(found, within_seconds=0.0001)
    assert found.record["verdict"] in ("in_sync", "offset")


def test_a_dub_with_loud_dialogue_is_placed_within_a_millisecond(tmp_path):
    master, dub = dubbed(2, 60, speech_db=12.0)
    truth = made.one_line(-1.234, 1.0, 60)
    pair = made.written(tmp_path, "loud", master, made.late(dub, 1.234), truth=truth)

    assert_right(judged(pair), within_seconds=0.001)


def test_a_drift_of_100_ppm_is_measured_within_5_ppm(tmp_path):
    master, dub = dubbed(3, 90)
    rate = Fraction(1_000_100, 1_000_000)
    dub = made.late(made.faster(dub, rate), 0.2)
    pair = made.written(tmp_path, "drift", master, dub, truth=made.one_line(-0.2, float(rate), 90))

    found = judged(pair)

    assert_right(found, within_seconds=0.001)
    assert found.rate_error_ppm <= 5
    assert found.record["verdict"] == "drift"
    assert len(found.record["segments"]) == 1


def test_a_pal_speed_up_is_named(tmp_path):
    master, dub = dubbed(4, 60)
    dub = made.late(made.faster(dub, Fraction(24, 25)), 0.5)
    pair = made.written(tmp_path, "pal", master, dub, truth=made.one_line(-0.5, 0.96, 60))

    found = judged(pair)

    assert_right(found, within_seconds=0.001)
    assert found.record["named_rate"] == "24/25"
    assert found.record["mode"] == "resampled"


def test_a_cut_and_an_insert_give_three_segments(tmp_path):
    master, dub = dubbed(5, 110)
    cut, insert = slice(35 * RATE_HZ, 37 * RATE_HZ), 75 * RATE_HZ
    advert = made.bed(55, 4.0)
    dub = np.concatenate([dub[: cut.start], dub[cut.stop : insert], advert, dub[insert:]])
    segments = [
        {"master_start": 0.0, "master_end": 35.0, "offset_seconds": 0.0},
        {"master_start": 37.0, "master_end": 75.0, "offset_seconds": 2.0},
        {"master_start": 75.0, "master_end": 110.0, "offset_seconds": -2.0},
    ]
    truth = {"match": True, "offset_seconds": 0.0, "rate": 1.0, "segments": segments}
    pair = made.written(tmp_path, "edits", master, dub, truth=truth)

    found = judged(pair)

    assert found.record["verdict"] == "edited"
    assert (found.segments.found, found.segments.true) == ((3, 3), (3, 3))
    assert max(found.segments.boundary_seconds) <= 0.1
    assert_right(found, within_seconds=0.001)


def test_unrelated_programmes_do_not_match(tmp_path):
    (master, _), (_, dub) = dubbed(6, 40), dubbed(7, 40)
    pair = made.written(tmp_path, "strangers", master, dub, truth=made.NO_MATCH)

    found = judged(pair)

    assert found.failure_kind is None
    assert found.record["match"] is False
    assert found.record["offset_seconds"] is None
    assert found.record["verdict"] == "no_match"


def test_silence_does_not_match(tmp_path):
    master, _ = dubbed(8, 20)
    pair = made.written(tmp_path, "silence", master, np.zeros_like(master), truth=made.NO_MATCH)

    found = judged(pair)

    assert found.failure_kind is None
    assert found.record["match"] is False


def test_a_loop_does_not_win_over_the_sounds_that_are_unique(tmp_path):
    seconds, loop = 48, made.bed(99, 2.0)
    bed = np.tile(loop, (seconds // 2, 1)) + 0.5 * made.bed(9, seconds)
    master, dub = (made.mix(bed, made.voice(90 + k, seconds), speech_db=3.0) for k in (1, 2))
    truth = made.one_line(-6.08, 1.0, seconds)
    pair = made.written(tmp_path, "loop", master, made.late(dub, 6.08), truth=truth)

    assert judged(pair).within(0.001)


@pytest.mark.parametrize("moved_seconds", [0.0011, 0.5])
def test_the_guard_sees_an_answer_that_is_off(tmp_path, moved_seconds):
    master, _ = dubbed(1, 10)
    truth = made.one_line(-0.25 + moved_seconds, 1.0, 10)
    pair = made.written(tmp_path, "off", master, made.late(master, 0.25), truth=truth)

    found = judged(pair)

    assert not found.within(0.001)
