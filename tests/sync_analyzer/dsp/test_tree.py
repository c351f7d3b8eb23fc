"""The tree finds the straight ridge that was put in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_analyzer.dsp.tree import best_ridge


def rows_with_ridge(*, count, lag, slope, height, seed):
    rng = np.random.default_rng(seed)
    rows = rng.standard_normal((count, 201)).astype(np.float32)
    for index in range(count):
        rows[index, 100 + round(lag + slope * index)] += height
    return rows


@settings(max_examples=20, deadline=None)
@given(
    lag=st.integers(-20, 20),
    slope=st.floats(-0.6, 0.6),
    seed=st.integers(0, 1000),
    sign=st.sampled_from((-1, 1)),
)
def test_finds_lag_and_slope_of_either_sign_and_polarity(lag, slope, seed, sign):
    rows = sign * rows_with_ridge(count=64, lag=lag, slope=slope, height=6.0, seed=seed)

    ridge = best_ridge(rows)

    middle = ridge.lag_samples + 31.5 * ridge.slope
    assert middle == pytest.approx(lag + 31.5 * slope, abs=1.5)
    assert ridge.slope == pytest.approx(slope, abs=0.06)
    assert np.sign(ridge.score) == sign


@pytest.mark.parametrize("slope", [-2.2, 1.8])
def test_finds_steep_slopes_when_asked_to(slope):
    rows = rows_with_ridge(count=32, lag=-40 * np.sign(slope), slope=slope, height=8.0, seed=5)

    assert best_ridge(rows, base_slopes=(-2, -1, 0, 1, 2)).slope == pytest.approx(slope, abs=0.1)


def test_a_count_that_is_no_power_of_two_and_a_single_row_work():
    assert best_ridge(rows_with_ridge(count=37, lag=7, slope=0, height=8, seed=1)).score > 30
    assert best_ridge(rows_with_ridge(count=1, lag=7, slope=0, height=20, seed=1)).lag_samples == 7


def test_noise_alone_stays_below_the_score_that_confirms_a_line():
    from sync_analyzer.alignment.lines import LOCK_SCORE

    noise = np.random.default_rng(9).standard_normal((128, 2049)).astype(np.float32)

    assert abs(best_ridge(noise, base_slopes=(0, -1, 1)).score) < LOCK_SCORE
