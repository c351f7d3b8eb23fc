"""Half precision there and back, against numpy's own casts."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_analyzer.dsp.half import all_finite, narrow, widened

EVERY_HALF = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
FINITE = EVERY_HALF[np.isfinite(EVERY_HALF)]
LARGEST = float(np.finfo(np.float16).max)


def narrowed(samples):
    out = np.empty(len(samples), np.float16)
    narrow(samples.copy(), out)
    return out


def test_every_finite_half_is_widened_exactly():
    assert np.array_equal(
        widened(FINITE).view(np.uint32), FINITE.astype(np.float32).view(np.uint32)
    )


def test_every_finite_half_survives_the_way_back():
    assert np.array_equal(narrowed(widened(FINITE)).view(np.uint16), FINITE.view(np.uint16))


@given(st.lists(st.floats(-LARGEST, LARGEST, width=32), min_size=1, max_size=50))
def test_narrowing_takes_the_nearest_half(values):
    samples = np.array(values, np.float32)

    error = np.abs(widened(narrowed(samples)) - samples)

    assert (error <= np.abs(samples.astype(np.float16).astype(np.float32) - samples)).all()


def test_widening_leaves_the_samples_alone():
    samples = np.ones((2, 3), np.float32)

    widened(samples)[:] = 2.0

    assert (samples == 1.0).all()


@pytest.mark.parametrize("kind", [np.float16, np.float32])
@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_a_sample_that_is_no_number_is_seen(kind, value):
    samples = np.zeros(3_000_000, kind)
    assert all_finite(samples)

    samples[2_500_000] = value

    assert not all_finite(samples)
