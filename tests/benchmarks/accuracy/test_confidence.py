from pathlib import Path

import pytest

from benchmarks.accuracy.confidence import draw, reliability
from benchmarks.accuracy.manifest import Pair
from benchmarks.accuracy.scoring import Judgement

TRUE = Pair(set_name="s", directory=Path(), truth={"id": "t", "category": "c", "match": True})
STRANGE = Pair(set_name="s", directory=Path(), truth={"id": "u", "category": "i", "match": False})


def answered(confidence: float, error_seconds: float) -> Judgement:
    return Judgement(pair=TRUE, record={"confidence": confidence}, error_seconds=error_seconds)


def test_answers_that_keep_their_word_have_no_calibration_error():
    found = reliability([answered(0.75, 0.0)] * 3 + [answered(0.75, 1.0)])

    assert found.calibration_error == pytest.approx(0.0)


def test_confident_wrongs_are_counted():
    found = reliability([answered(0.99, 0.0), answered(0.96, 0.021), answered(0.5, 9.0)])

    assert (found.sure, found.sure_wrong, found.right_high) == (2, 1, 1)


def test_a_confident_false_match_is_wrong_and_a_refusal_is_no_answer():
    claim = Judgement(pair=STRANGE, record={"confidence": 1.0}, false_match=True)
    refusal = Judgement(pair=STRANGE, record={"confidence": 0.9})

    found = reliability([claim, refusal])

    assert (found.answers, found.sure_wrong) == (1, 1)


def test_without_answers_there_is_nothing_to_say():
    assert reliability([Judgement(pair=TRUE, record={}, missed=True)]) is None


def test_the_diagram_is_a_picture(tmp_path):
    draw(reliability([answered(0.9, 0.0), answered(0.3, 1.0)]), tmp_path / "d.png")

    assert (tmp_path / "d.png").read_bytes()[:4] == b"\x89PNG"
