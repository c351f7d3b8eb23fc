"""Frames along a line: the peak lies where the dub is late, at any rate and fraction."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import RATE_HZ, bed, delayed, played_at

from sync_analyzer.alignment.fit import peak_of
from sync_analyzer.dsp.lagmap import Geometry, lag_map

GEOMETRY = Geometry(
    sample_rate_hz=RATE_HZ, frame_samples=8192, hop_samples=4096, max_lag_samples=400
)


def peak(master, dub, *, rate=1.0, offset_seconds=0.0, frames=range(3, 20), pitch_kept=False):
    rows = lag_map(
        [master[:, 0].astype(np.float32)],
        [dub[:, 0].astype(np.float32)],
        geometry=GEOMETRY,
        frames=np.asarray(frames, np.int64),
        rate=rate,
        offset_seconds=offset_seconds,
        pitch_kept=pitch_kept,
    )
    return peak_of(rows[0].sum(axis=0), blurred=False)[0]


@settings(max_examples=15, deadline=None)
@given(delay_samples=st.floats(-300, 300), line_samples=st.floats(-90, 90))
def test_the_peak_is_the_delay_beyond_the_line_to_a_fiftieth_of_a_sample(
    delay_samples, line_samples
):
    master = bed(seconds=12, seed=1)

    found = peak(master, delayed(master, delay_samples), offset_seconds=-line_samples / RATE_HZ)

    assert found == pytest.approx(delay_samples - line_samples, abs=0.02)


@settings(max_examples=8, deadline=None)
@given(rate=st.sampled_from((0.96, 1.04166667, 0.999, 1.001, 1.00001, 1.00005)))
def test_a_resampled_dub_lies_on_its_line(rate):
    master = bed(seconds=12, seed=2)

    assert peak(master, played_at(master, rate=rate), rate=rate) == pytest.approx(0.0, abs=0.05)


def test_scattered_frames_give_the_rows_that_neighbouring_frames_give():
    master = bed(seconds=12, seed=3)
    views = (
        [master[:, 0].astype(np.float32)],
        [played_at(master, rate=0.96)[:, 0].astype(np.float32)],
    )
    some = np.array([3, 9, 17])

    together = lag_map(
        *views, geometry=GEOMETRY, frames=np.arange(20), rate=0.96, offset_seconds=0.0
    )
    alone = lag_map(*views, geometry=GEOMETRY, frames=some, rate=0.96, offset_seconds=0.0)

    np.testing.assert_allclose(alone[0].argmax(axis=1), together[0, some].argmax(axis=1), atol=1)


def test_silence_gives_zeros_and_inputs_are_not_written_to():
    silence = np.zeros(40_000, np.float32)
    kept = silence.copy()

    rows = lag_map(
        [silence], [silence], geometry=GEOMETRY, frames=np.arange(4), rate=1.0, offset_seconds=0.0
    )

    assert not rows.any()
    np.testing.assert_array_equal(silence, kept)


def test_inverted_polarity_turns_the_peak_over():
    master = bed(seconds=12, seed=4)
    rows = lag_map(
        [master[:, 0].astype(np.float32)],
        [-master[:, 0].astype(np.float32)],
        geometry=GEOMETRY,
        frames=np.arange(3, 15),
        rate=1.0,
        offset_seconds=0.0,
    )

    assert rows[0].sum(axis=0).argmin() == GEOMETRY.max_lag_samples
