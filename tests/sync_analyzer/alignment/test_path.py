"""The path takes what the evidence supports, and nothing else."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_analyzer.alignment.lines import Locked
from sync_analyzer.alignment.path import ENTER, best_path, frame_evidence
from sync_analyzer.evidence import Line


def locked(heights, *, first=0, offset_seconds=0.0):
    rows = np.zeros((len(heights), 11), np.float32)
    rows[:, 5] = heights
    return Locked(
        line=Line(rate=1.0, offset_seconds=offset_seconds, score=10.0),
        polarity=(1,),
        score=10.0,
        frames=np.arange(first, first + len(heights)),
        rows=rows,
        view_z=rows[None, :, 5],
    )


def path(*lines, frame_count):
    return best_path(lines, [frame_evidence(line) for line in lines], frame_count=frame_count)


def test_chance_has_no_evidence_on_average():
    """The mean likelihood ratio of noise is at most 1, so sums do not drift upwards."""
    noise = locked(np.random.default_rng(1).standard_normal(100_000))

    evidence = frame_evidence(noise)

    assert evidence.mean() < -0.1
    assert np.exp(np.minimum(evidence, 5)).mean() < 1.1


def test_noise_alone_is_no_path():
    noise = [locked(np.random.default_rng(seed).standard_normal(2000)) for seed in range(8)]

    assert path(*noise, frame_count=2000) == []


def test_a_clear_line_is_taken_from_its_first_frame_to_its_last():
    heights = np.random.default_rng(2).standard_normal(200)
    heights[60:140] += 8.0

    (stretch,) = path(locked(heights), frame_count=200)

    assert stretch.first == pytest.approx(60, abs=8)
    assert stretch.last == pytest.approx(139, abs=8)
    assert stretch.evidence > 10 * ENTER


def test_the_path_steps_from_one_line_to_the_next_where_the_evidence_does():
    rng = np.random.default_rng(3)
    one, two = rng.standard_normal((2, 200))
    one[:90] += 6.0
    two[90:] += 6.0

    stretches = path(locked(one), locked(two, offset_seconds=3.0), frame_count=200)

    assert [(s.line, s.first, s.last) for s in stretches] == [(0, 0, 89), (1, 90, 199)]


@settings(max_examples=20, deadline=None)
@given(strength=st.floats(0.8, 1.4), seed=st.integers(0, 100))
def test_weak_evidence_adds_up_over_a_long_stretch(strength, seed):
    heights = np.random.default_rng(seed).standard_normal(3000) + strength

    stretches = path(locked(heights), frame_count=3000)

    assert sum(s.last - s.first + 1 for s in stretches) > 1200


def test_a_hole_splits_a_stretch():
    heights = np.full(100, 20.0)
    heights[40:48] = 0.0

    stretches = path(locked(heights), frame_count=100)

    assert [(s.first, s.last) for s in stretches] == [(0, 39), (48, 99)]


def test_a_loop_that_fits_at_two_places_is_one_stretch_and_no_edit():
    rng = np.random.default_rng(4)
    one, two = rng.standard_normal((2, 200)) * 0.5 + 20.0
    two[:60] += 0.8
    one[60:] += 0.8

    stretches = path(locked(one), locked(two, offset_seconds=2.0), frame_count=200)

    assert [(s.line, s.first, s.last) for s in stretches] == [(0, 0, 199)]


def with_hole(usual, *, noise):
    """A line heard at one height throughout, but for seven frames that say next to nothing."""
    rng = np.random.default_rng(6)
    heights = np.full(120, usual) + 0.1 * rng.standard_normal(120)
    heights[60:67] = 0.0
    heights[63] = noise
    return locked(heights)


def test_a_frame_of_chance_does_not_close_a_hole_in_a_clear_line():
    """Two edits that cancel leave such a hole; its other frames are too few on each side."""
    clear = with_hole(12.0, noise=1.3)
    chance, usual = frame_evidence(clear)[[63, 0]]
    assert 0.3 < chance < 0.05 * usual

    assert [(s.first, s.last) for s in path(clear, frame_count=120)] == [(0, 59), (67, 119)]


def test_chance_inside_a_hole_is_no_stretch_beside_a_clear_line():
    heights = np.full(120, 7.0)
    heights[55:72] = 0.0
    heights[[61, 63]] = 2.9
    clear = locked(heights)
    assert frame_evidence(clear)[61:64].sum() > 3.0

    assert [(s.first, s.last) for s in path(clear, frame_count=120)] == [(0, 54), (72, 119)]


def test_the_same_frame_counts_on_a_line_that_is_weak_throughout():
    weak = with_hole(2.2, noise=1.3)

    assert [(s.first, s.last) for s in path(weak, frame_count=120)] == [(0, 119)]


def test_frames_that_say_little_each_and_nothing_together_are_a_hole():
    heights = np.full(120, 12.0)
    heights[60:67] = [0.0, 1.5, 1.5, 0.0, 0.0, 1.5, 0.0]
    clear = locked(heights)
    frames = frame_evidence(clear)
    assert frames[61] > 0.05 * frames[0]

    assert [(s.first, s.last) for s in path(clear, frame_count=120)] == [(0, 59), (67, 119)]


def test_wow_carries_the_truth_about_its_line_and_makes_no_edit():
    """For a while a repeat fits steadily, the line itself only now and then, a little beside."""
    rng = np.random.default_rng(7)
    true = 0.3 * rng.standard_normal((120, 65)).astype(np.float32)
    true[:, 32] += 8.0
    true[50:70, 32] -= 8.0
    true[np.arange(50, 70), 32 + np.arange(20) % 9] += 8.0
    repeat = rng.standard_normal(120)
    repeat[50:70] += 6.0
    steady = locked(repeat, offset_seconds=1.1)
    rows = np.zeros((120, 65), np.float32)
    rows[:, 32] = repeat
    lines = (
        dataclasses.replace(steady, rows=rows),
        dataclasses.replace(locked(true[:, 32]), rows=true),
    )

    stretches = path(*lines, frame_count=120)

    assert {stretch.line for stretch in stretches} == {1}


def test_an_edit_is_kept_where_the_line_is_not_beside_its_place_either():
    rng = np.random.default_rng(8)
    line = 0.3 * rng.standard_normal((120, 65)).astype(np.float32)
    line[:, 32] += 8.0
    line[50:70, 32] -= 8.0
    other = rng.standard_normal(120)
    other[50:70] += 6.0
    rows = np.zeros((120, 65), np.float32)
    rows[:, 32] = other
    lines = (
        dataclasses.replace(locked(other, offset_seconds=1.1), rows=rows),
        dataclasses.replace(locked(line[:, 32]), rows=line),
    )

    assert {stretch.line for stretch in path(*lines, frame_count=120)} == {0, 1}


def test_a_frame_of_chance_beyond_the_end_of_a_clear_line_is_cut_off():
    """The path steps from one line to the next where that frame makes up for those before it."""
    one, two = np.full(80, -0.5), np.full(80, -0.5)
    one[:40], one[42] = 9.0, 2.6
    two[43:] = 9.0
    clear = locked(one)
    frames = frame_evidence(clear)
    assert 0.0 < frames[40:43].sum() < 3 * 0.05 * frames[0]

    stretches = path(clear, locked(two, offset_seconds=3.0), frame_count=80)

    assert [(s.line, s.first, s.last) for s in stretches] == [(0, 0, 39), (1, 43, 79)]
