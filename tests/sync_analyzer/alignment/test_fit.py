"""Offsets and speeds from anchors, outliers and all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_analyzer.alignment.fit import Anchor, fit_common_slope, peak_of
from sync_analyzer.alignment.speed import SNAP_SIGMAS, settle_speed
from sync_analyzer.evidence import Line


def anchors(*, growth, delay, start=0.0, count=40, noise=1e-5, seed=1, outliers=0):
    rng = np.random.default_rng(seed)
    times = start + np.arange(count) * 4.0
    delays = delay + growth * times + noise * rng.standard_normal(count)
    delays[rng.permutation(count)[:outliers]] += rng.uniform(-0.01, 0.01, outliers)
    return [
        Anchor(master_seconds=t, delay_seconds=d, score=20.0, spread_seconds=2e-6)
        for t, d in zip(times, delays, strict=True)
    ]


@settings(max_examples=30, deadline=None)
@given(growth=st.floats(-1e-3, 1e-3), first=st.floats(-0.01, 0.01), second=st.floats(-0.01, 0.01))
def test_two_stretches_share_one_growth_and_keep_their_delays(growth, first, second):
    groups = [
        anchors(growth=growth, delay=first),
        anchors(growth=growth, delay=second, start=300.0, seed=2),
    ]

    fit = fit_common_slope(groups, fixed_growth=None)

    assert fit.growth == pytest.approx(growth, abs=2e-7)
    delays = fit.delay_seconds - fit.growth * fit.centre_seconds
    assert delays[0] == pytest.approx(first, abs=3e-5)
    assert delays[1] == pytest.approx(second, abs=1e-4)


def test_a_quarter_of_outliers_does_not_move_the_fit():
    fit = fit_common_slope([anchors(growth=1e-4, delay=0.002, outliers=10)], fixed_growth=None)

    assert fit.growth == pytest.approx(1e-4, abs=5e-7)


@pytest.mark.parametrize("phase", [0.0, 0.8, 1.6, 2.4])
def test_a_slow_wander_is_no_drift(phase):
    """A bed that breathes by a fifth of a millisecond, once in the 80 seconds heard."""
    times = np.linspace(0.0, 80.0, 24)
    wander = 0.2e-3 * np.sin(2 * np.pi * times / 80.0 + phase)
    wandering = [
        Anchor(master_seconds=t, delay_seconds=d, score=20.0, spread_seconds=2e-6)
        for t, d in zip(times, wander, strict=True)
    ]

    fit = fit_common_slope([wandering], fixed_growth=None)

    assert abs(fit.growth) < SNAP_SIGMAS * fit.growth_error


def test_one_anchor_leaves_the_growth_unknown():
    fit = fit_common_slope([anchors(growth=0.0, delay=0.001, count=1)], fixed_growth=None)

    assert fit.growth_error == np.inf
    assert fit.delay_seconds[0] == pytest.approx(0.001, abs=1e-4)


@pytest.mark.parametrize(
    ("rate", "named"),
    [
        (24 / 25, "24/25"),
        (1001 / 960, "1001/960"),
        (1000 / 1001, "1000/1001"),
        (0.999, None),
        (1.0, None),
        (1.00001, None),
    ],
)
def test_a_rate_is_named_only_when_it_lies_inside_its_own_error(rate, named):
    line = Line(rate=round(rate, 6), offset_seconds=0.0, score=1.0)
    growth = (rate - line.rate) / line.rate

    speed, _ = settle_speed(line, [anchors(growth=growth, delay=0.0, noise=1e-6)])

    assert speed.named == named
    assert speed.rate == pytest.approx(rate, abs=1e-7)
    if named or rate == 1.0:
        assert speed.rate == rate


@settings(max_examples=30, deadline=None)
@given(shift=st.floats(-20, 20))
def test_a_band_limited_peak_is_read_between_the_samples(shift):
    at = np.arange(-100, 101) - shift
    curve = np.sinc(0.9 * at) + 0.01 * np.random.default_rng(1).standard_normal(201)

    position, height = peak_of(curve, blurred=False)

    assert position == pytest.approx(shift, abs=0.05)
    assert height > 0.5
