from pathlib import Path

import pytest

from benchmarks.accuracy.manifest import Pair
from benchmarks.accuracy.scoring import judge

SEGMENT = {"master_start": 0.0, "master_end": 60.0, "offset_seconds": -0.5}
EDITED = [
    {"master_start": 0.0, "master_end": 20.0, "offset_seconds": -0.5},
    {"master_start": 22.0, "master_end": 60.0, "offset_seconds": 1.5},
]


def pair(**truth) -> Pair:
    entry = {"id": "x", "category": "c", "match": True, "offset_seconds": -0.5, "rate": 1.0}
    entry = {**entry, "segments": [SEGMENT], "master": "m", "dub": "d", **truth}
    return Pair(set_name="set", directory=Path(), truth=entry)


def said(offset_seconds, **fields) -> dict:
    return {"offset_seconds": offset_seconds, "match": True, "confidence": 0.9, **fields}


UNRELATED = {"match": False, "offset_seconds": None, "rate": None, "segments": None}


def test_the_error_is_the_distance_from_the_true_offset():
    found = judge(pair(), said(-0.497))

    assert found.error_seconds == pytest.approx(0.003)
    assert found.within(0.005)
    assert not found.within(0.001)


def test_no_record_is_a_miss():
    found = judge(pair(), None)

    assert found.missed
    assert not found.right
    assert found.confidence is None


def test_saying_no_match_of_a_true_pair_is_a_miss_even_with_an_offset():
    assert judge(pair(), said(-0.5, match=False)).missed


def test_an_answer_to_an_unrelated_pair_is_a_false_match_with_its_confidence():
    found = judge(pair(**UNRELATED), said(3.0))

    assert found.false_match
    assert found.confidence == 0.9


def test_refusing_an_unrelated_pair_is_right_and_no_answer():
    found = judge(pair(**UNRELATED), said(None, match=False))

    assert not found.false_match
    assert found.confidence is None


def test_a_crash_is_neither_an_answer_nor_a_refusal_of_an_unrelated_pair():
    found = judge(pair(**UNRELATED), {"match": None, "failure": {"kind": "crash"}})

    assert not found.false_match
    assert found.failure_kind == "crash"


def test_an_ambiguous_loop_counts_modulo_its_period():
    assert judge(pair(accept_modulo_s=2.0), said(3.501)).within(0.001)


def test_either_priming_of_a_container_is_accepted():
    assert judge(pair(accept_alt=[-0.4787]), said(-0.4787)).within(0.001)


def test_what_the_processing_wandered_is_forgiven_and_no_more():
    found = judge(pair(truth_uncertainty_s=0.01), said(-0.485))

    assert found.error_seconds == pytest.approx(0.005)


def test_with_edits_the_longest_segment_is_meant():
    edited = pair(segments=EDITED)

    assert judge(edited, said(1.5)).right
    assert not judge(edited, said(-0.5)).right


def test_with_a_speed_change_the_longest_segment_is_taken_to_master_time_zero():
    segments = [EDITED[0], {**EDITED[1], "offset_seconds": 1.5 + 0.04 * 22.0}]
    found = judge(pair(segments=segments, rate=0.96), said(1.5, rate=0.96))

    assert found.error_seconds == pytest.approx(0.0, abs=1e-9)


def test_the_rate_is_compared_in_ppm_and_by_name():
    found = judge(pair(rate=24 / 25), said(-0.5, rate=0.96001, named_rate="24/25"))

    assert found.rate_error_ppm == pytest.approx(10.0)
    assert found.named_right


def test_naming_a_rate_that_is_only_near_a_named_one_is_wrong():
    assert not judge(pair(rate=1.0009), said(-0.5, rate=1.0009, named_rate="1001/1000")).named_right


def test_how_the_speed_was_changed_may_stay_open_only_where_pitch_cannot_tell():
    slow = judge(pair(rate=1.0001, mode="resampled"), said(-0.5, mode="undetermined"))
    fast = judge(pair(rate=0.96, mode="resampled"), said(-0.5, mode="undetermined"))

    assert (slow.mode_right, fast.mode_right) == (True, False)
