import numpy as np
import pytest

from benchmarks.calibration.fit import DIRECTIONS, fit

NAMES = ("evidence", "coverage", "open_share")


def made(seed: int, count: int = 600):
    """Return measures of which evidence decides, coverage helps, and open_share says nothing."""
    rng = np.random.default_rng(seed)
    measures = np.stack(
        [rng.uniform(0, 200, count), rng.uniform(0, 1, count), rng.uniform(0, 1, count)], 1
    )
    score = 3 * (np.log1p(measures[:, 0]) - 4) + 2 * (measures[:, 1] - 0.5)
    return measures, rng.random(count) < 1 / (1 + np.exp(-score))


def test_the_fit_is_calibrated_on_what_it_has_not_seen():
    found = fit(NAMES, *made(1))
    measures, right = made(2)

    stated = found.probability(measures)

    for low in (0.0, 0.25, 0.5, 0.75):
        among = (stated >= low) & (stated < low + 0.25)
        assert stated[among].mean() == pytest.approx(right[among].mean(), abs=0.12)


def test_no_weight_goes_against_its_direction():
    measures, right = made(3)

    found = fit(NAMES, measures, ~right)

    for name, weight in zip(found.names, found.weights, strict=True):
        assert weight * DIRECTIONS[name] >= 0


def test_more_of_what_helps_is_never_less_likely():
    found = fit(NAMES, *made(4))
    ladder = np.stack([np.linspace(0, 500, 50), np.full(50, 0.5), np.full(50, 0.5)], 1)

    assert np.all(np.diff(found.probability(ladder)) >= 0)


def test_nothing_is_surer_than_the_number_of_trials_supports():
    measures, right = made(5)
    found = fit(NAMES, measures, right)

    assert found.probability(np.array([[1e9, 1.0, 0.0]]))[0] <= 1 - 3 / right.sum()


def test_without_a_wrong_answer_there_is_nothing_to_learn():
    measures, _ = made(6)

    with pytest.raises(ValueError, match="right and wrong"):
        fit(NAMES, measures, np.ones(len(measures), bool))
