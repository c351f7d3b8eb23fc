"""Shared events count as shared, own events do not, and noise on top is no argument."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import RATE_HZ, bed

from sync_analyzer.dsp.coherence import containment

SIZE, HOP = 2048, 1024


def frames(sound):
    taper = np.hanning(SIZE).astype(np.float32)
    view = np.lib.stride_tricks.sliding_window_view(sound.astype(np.float32), SIZE)[::HOP]
    return view * taper


def side(seed, seconds=30):
    sound = bed(seconds=seconds, seed=seed)
    return sound[:, 0] - sound[:, 1]


def test_a_sound_contains_itself_whatever_its_gain_and_polarity():
    one = side(1)

    ours, theirs = containment(frames(one), frames(-0.2 * one))

    for contained in (ours, theirs):
        assert contained.coherent == pytest.approx(1.0, abs=1e-3)
        assert contained.present == pytest.approx(1.0, abs=1e-3)
        assert contained.cells > 400


def test_unrelated_sounds_share_little():
    ours, theirs = containment(frames(side(1)), frames(side(2)))

    assert max(ours.coherent, theirs.coherent) < 0.25
    assert max(ours.present, theirs.present) < 0.6


def test_a_quiet_shared_bed_under_own_events_is_not_kinship():
    shared = 0.25 * side(3)

    ours, theirs = containment(frames(side(1) + shared), frames(side(2) + shared))

    assert max(ours.coherent, theirs.coherent) < 0.4
    assert max(ours.present, theirs.present) < 0.7


def test_noise_on_one_of_them_leaves_the_others_events_contained():
    one = side(1)
    noisy = one + one.std() * np.random.default_rng(1).standard_normal(len(one))

    ours, theirs = containment(frames(one), frames(noisy))

    assert max(ours.coherent, theirs.coherent) > 0.6


def test_wow_takes_coherence_away_and_leaves_the_events_there():
    one = side(1)
    seconds = np.arange(len(one)) / RATE_HZ
    wow = np.interp(seconds + 1.5e-3 * np.sin(2 * np.pi * 0.7 * seconds), seconds, one)

    ours, _ = containment(frames(one), frames(wow))

    assert ours.coherent < 0.6
    assert ours.present > 0.9


def test_silence_gives_zeros():
    quiet = np.zeros((40, SIZE), np.float32)

    for contained in containment(quiet, quiet):
        assert (contained.coherent, contained.present, contained.cells) == (0.0, 0.0, 0)
