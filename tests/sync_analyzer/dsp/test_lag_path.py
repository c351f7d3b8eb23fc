"""Lags that are constant for moments and jump: found, with their sign, and not invented."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_analyzer.dsp.lag_path import (
    FRAME_SAMPLES,
    REACH_SAMPLES,
    LagPath,
    clear_lags,
    lag_scores,
)

RATE_HZ = 24_000
HOP = 512


def noise(seed, *, seconds=4.0):
    return 0.1 * np.random.default_rng(seed).standard_normal(int(seconds * RATE_HZ)).astype("f4")


def scores_of(master, dub, expected):
    """Return scores of frames a hop apart, all expected at one lag, and their centres."""
    centres = np.arange(2000, len(master) - 2000, HOP)
    starts = centres - FRAME_SAMPLES // 2
    scores = lag_scores(
        [master],
        [dub],
        master_starts=starts,
        dub_starts=starts + expected,
        sample_rate_hz=RATE_HZ,
    )
    return scores, centres


def path_of(scores, expected):
    path = LagPath()
    for row in scores:
        path.add(row, expected_lag=expected)
    return path.lags()


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    lags=st.lists(st.integers(-200, 200), min_size=2, max_size=8),
    expected=st.integers(-60, 60),
    other_gain=st.sampled_from([0.0, 0.7]),
)
def test_every_copy_is_found_where_it_lies(seed, lags, expected, other_gain):
    """Dub samples of copy ``k`` are master samples ``lags[k]`` earlier: lag is dub less master."""
    master = noise(seed)
    copies = np.array_split(np.arange(len(master)), len(lags))
    taken = np.concatenate([part - lag for part, lag in zip(copies, lags, strict=True)])
    dub = master[np.clip(taken, 0, len(master) - 1)] + other_gain * noise(seed + 1)

    scores, centres = scores_of(master, dub, expected)
    found = path_of(scores, expected)

    for part, lag in zip(copies, lags, strict=True):
        inside = (centres + lag > part[0] + 1500) & (centres + lag < part[-1] - 1500)
        assert np.all(np.abs(found[inside] - lag) <= 1)


def test_a_dub_that_leaves_ten_milliseconds_out_comes_early():
    """The golden sign: 240 samples less in the dub, so dub less master is -240 after it."""
    master = noise(1)
    dub = np.concatenate([master[:48_000], master[48_240:]])

    scores, centres = scores_of(master[: len(dub)], dub, 0)
    found = path_of(scores, 0)

    assert set(found[centres < 47_000]) == {0}
    assert set(found[centres > 49_500]) == {-240}


def test_a_lone_stray_does_not_move_the_path():
    master = noise(2)
    scores, _ = scores_of(master, master, 0)
    scores[40] = 0
    scores[40, REACH_SAMPLES + 400] = 60

    assert set(path_of(scores, 0)) == {0}


@pytest.mark.parametrize("slope", [0, 20, -20])
def test_without_evidence_the_path_stays_near_the_expected_lag(slope):
    silent = np.zeros(2 * REACH_SAMPLES + 1, np.float32)
    path = LagPath()
    expected = slope * np.arange(400)

    for lag in expected:
        path.add(silent, expected_lag=int(lag))

    away = path.lags() - expected
    assert np.abs(away).max() <= 0.008 * RATE_HZ
    assert abs(away.mean()) < 0.001 * RATE_HZ


def test_other_sound_is_not_clear():
    scores, centres = scores_of(noise(3), noise(4), 0)

    assert np.isfinite(clear_lags(scores)).sum() <= 0.02 * len(centres)


def test_one_clear_frame_says_its_own_lag():
    master = noise(5)
    scores, _ = scores_of(master, np.roll(master, 77), 50)

    assert set(clear_lags(scores)) == {27.0}


def test_frames_beyond_either_file_and_silence_score_nothing():
    master = noise(6, seconds=0.2)
    starts = np.array([-1, 0, len(master) - FRAME_SAMPLES, len(master) - FRAME_SAMPLES + 1])

    scores = lag_scores(
        [master], [master], master_starts=starts, dub_starts=starts, sample_rate_hz=RATE_HZ
    )
    silent = lag_scores(
        [master], [0 * master], master_starts=starts, dub_starts=starts, sample_rate_hz=RATE_HZ
    )

    assert scores.any(axis=1).tolist() == [False, True, True, False]
    assert not silent.any()


def test_inputs_are_left_alone():
    master, dub = noise(7), noise(8)
    before = master.copy(), dub.copy()

    scores_of(master, dub, 0)

    assert np.array_equal(master, before[0])
    assert np.array_equal(dub, before[1])
