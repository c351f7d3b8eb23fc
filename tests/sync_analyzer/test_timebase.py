"""One sign, exact rates, and words for both."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_analyzer import timebase
from sync_analyzer.timebase import (
    FRAME_RATES,
    NAMED_RATES,
    describe,
    drift_ms_per_minute,
    dub_time,
    master_time,
    nearest_named_rate,
    offset_at,
    offset_frames,
)

seconds = st.floats(-7200, 7200)
rates = st.floats(0.9, 1.1)


def test_the_examples_in_the_docs_hold():
    assert doctest.testmod(timebase).failed == 0


@given(at=seconds, rate=rates, offset=seconds)
def test_the_two_directions_undo_each_other(at, rate, offset):
    there = dub_time(at, rate=rate, offset_seconds=offset)

    assert master_time(there, rate=rate, offset_seconds=offset) == pytest.approx(at, abs=1e-6)


@given(at=seconds, rate=rates, offset=seconds)
def test_the_offset_at_a_place_is_what_brings_the_dub_there(at, rate, offset):
    shift = offset_at(at, rate=rate, offset_seconds=offset)

    assert dub_time(at, rate=rate, offset_seconds=offset) + shift == pytest.approx(at, abs=1e-6)


def test_frames_are_counted_at_exact_rates():
    frames = offset_frames(-1001 / 24)

    assert frames["23.976"] == -1000.0
    assert frames["25.0"] == -1042.708
    assert list(frames) == ["23.976", "24.0", "25.0", "29.97", "30.0"]
    assert FRAME_RATES["29.97"] * 1001 == 30000


def test_negative_is_late_and_positive_is_early():
    assert describe(-0.0835) == "dub is 83.5 ms late"
    assert describe(1.5) == "dub is 1.500 s early"


def test_a_speed_up_loses_time():
    assert drift_ms_per_minute(24 / 25) == pytest.approx(-2400.0)


@pytest.mark.parametrize("name", sorted(NAMED_RATES))
def test_every_named_rate_has_a_cause_and_an_inverse(name):
    assert name in timebase.RATE_CAUSES
    assert 1 / NAMED_RATES[name] in NAMED_RATES.values()
    assert nearest_named_rate(float(NAMED_RATES[name]) + 1e-7)[0] == name
