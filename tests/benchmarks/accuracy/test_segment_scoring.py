from pathlib import Path

import pytest

from benchmarks.accuracy.manifest import Pair
from benchmarks.accuracy.segment_scoring import score_segments

TRUE = [
    {"master_start": 0.0, "master_end": 30.0, "offset_seconds": 0.0},
    {"master_start": 32.0, "master_end": 80.0, "offset_seconds": 2.0},
]


def pair(rate: float = 1.0) -> Pair:
    truth = {"id": "x", "category": "g", "match": True, "rate": rate, "segments": TRUE}
    return Pair(set_name="set", directory=Path(), truth=truth)


def segment(start: float, end: float, offset: float) -> dict:
    return {"master_start": start, "master_end": end, "offset_seconds": offset}


def score(*segments: dict, rate: float = 1.0):
    record = {"offset_seconds": segments[0]["offset_seconds"], "segments": list(segments)}
    return score_segments(pair(rate), record)


def test_the_truth_itself_scores_everything():
    found = score(*TRUE)

    assert (found.found, found.true) == ((2, 2), (2, 2))
    assert found.boundary_seconds == (0.0,)


def test_a_tight_and_a_loose_tolerance_are_told_apart():
    found = score(segment(0, 30, 0.01), segment(32, 80, 2.0))

    assert (found.found, found.true) == ((1, 2), (1, 2))


def test_an_invented_segment_lowers_only_what_is_true():
    found = score(segment(0, 15, 0.0), segment(15, 31, 0.7), segment(31, 80, 2.0))

    assert (found.expected, found.found[1]) == (2, 2)
    assert (found.reported, found.true[1]) == (3, 2)


def test_one_offset_without_segments_finds_one_segment():
    found = score_segments(pair(), {"offset_seconds": 2.0, "segments": None})

    assert found.found == (1, 1)
    assert found.boundary_seconds == (32.0,)


def test_offsets_are_compared_at_the_true_segment_whatever_the_speed():
    found = score(segment(0, 30, 0.0), segment(42, 80, 2.0 + 0.04 * 10), rate=0.96)

    assert found.found == (2, 2)


def test_no_answer_finds_nothing():
    found = score_segments(pair(), None)

    assert (found.found, found.reported) == ((0, 0), 0)
    assert found.boundary_seconds == pytest.approx((float("inf"),))
