"""Levels in dB of full scale, by channel."""

import numpy as np
import pytest

from sync_analyzer.media.levels import Levels, decibels, is_silent


def test_a_full_scale_square_is_zero_decibels_and_silence_is_none():
    levels = Levels()

    levels.checked([np.ones(100, np.float32), np.zeros(100, np.float32)], names=("FL", "FR"))

    assert levels.decibels() == {"FL": 0.0, "FR": None}
    assert is_silent(levels.decibels()["FR"])


def test_half_the_amplitude_is_six_decibels_less():
    assert decibels(100 * 0.25, 100) == pytest.approx(-6.0, abs=0.05)


def test_sound_that_is_not_usable_is_made_so_and_counted():
    levels = Levels()

    ((usable,)) = levels.checked([np.array([np.nan, 1e9, 0.5], np.float32)], names=("M",))

    assert usable.tolist() == [0.0, 65_504.0, 0.5]
    assert (levels.nonfinite_samples, levels.clipped_samples) == (1, 1)
