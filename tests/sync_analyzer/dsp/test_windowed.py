"""Every lag of every window, against the definition."""

from __future__ import annotations

import numpy as np
import pytest

from sync_analyzer.dsp.windowed import search_windows


def features(count, seed, dims=3):
    return np.random.default_rng(seed).standard_normal((count, dims)).astype(np.float32)


@pytest.mark.parametrize("start", [0, 37, 411])
def test_windows_point_to_where_the_dub_was_taken_from(start):
    master = features(1500, 1)
    dub = master[start : start + 600]

    found = search_windows(master, dub, window_frames=100, hop_frames=50)

    np.testing.assert_allclose(found.offset_frames[:, 0], start, atol=0.5)
    assert int(found.stack.argmax()) + found.stack_offset_frames == start


def test_the_dub_may_begin_before_the_master():
    dub = features(900, 2)
    master = dub[300:]

    found = search_windows(master, dub, window_frames=120, hop_frames=120)

    inside = found.dub_start_frames >= 300
    np.testing.assert_allclose(found.offset_frames[inside, 0], -300, atol=0.5)


def test_the_curve_is_the_correlation_of_its_definition():
    master, dub = features(300, 3), features(80, 4)

    found = search_windows(master, dub, window_frames=80, hop_frames=80, peaks=1)
    direct = sum(np.correlate(master[:, k], dub[:, k], mode="full") for k in range(3))

    expected = direct.argmax() - (80 - 1)
    assert round(float(found.offset_frames[0, 0])) == expected


def test_unrelated_features_stay_near_the_noise():
    found = search_windows(features(4000, 5), features(2000, 6), window_frames=200, hop_frames=200)

    assert found.score.max() < 6.5


def test_a_dub_shorter_than_a_window_is_one_window():
    master = features(400, 7)

    found = search_windows(master, master[100:150], window_frames=300, hop_frames=150)

    assert found.offset_frames[0, 0] == pytest.approx(100, abs=0.5)
