"""What every classical detector promises, whatever it compares."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sounds import RATE_HZ, bed, delayed, mixed, track

from sync_analyzer import registry
from sync_analyzer.alignment.alone import answer
from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.run import Run

SECONDS = 24.0
TOLERANCE_SECONDS = {"correlation": 0.0001}
every_detector = pytest.mark.parametrize("name", sorted(registry.methods()))


def detect(name, master, dub, run=None):
    return registry.method(name)(window_seconds=30.0).detect(
        track(master), track(dub), run or Run()
    )


def offset(name, master, dub):
    return answer(detect(name, master, dub)).offset_seconds


def close(name, expected):
    return pytest.approx(expected, abs=TOLERANCE_SECONDS.get(name, 0.006))


def test_there_are_the_four_methods_of_the_contract():
    assert sorted(registry.methods()) == ["correlation", "mfcc", "onset", "spectral"]


@every_detector
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 50), delay_samples=st.floats(-20_000, 20_000))
def test_finds_a_pure_delay_with_the_right_sign(name, seed, delay_samples):
    """A dub later by d seconds is reported as -d, fractions of a sample included."""
    master = bed(seconds=SECONDS, seed=seed)

    found = offset(name, master, delayed(master, delay_samples))

    assert found == close(name, -delay_samples / RATE_HZ)


@every_detector
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 50), delay_samples=st.integers(-16_000, 16_000))
def test_swapping_the_inputs_flips_the_sign(name, seed, delay_samples):
    master = bed(seconds=SECONDS, seed=seed)
    dub = delayed(mixed(master, speech_db=-3, seed=seed), delay_samples)

    assert offset(name, dub, master) == pytest.approx(-offset(name, master, dub), abs=0.006)


@every_detector
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 50), gain=st.floats(0.02, 8.0), polarity=st.sampled_from((-1, 1)))
def test_gain_and_polarity_leave_the_offset_alone(name, seed, gain, polarity):
    master = bed(seconds=SECONDS, seed=seed)

    found = offset(name, master, polarity * gain * delayed(master, 4000))

    assert found == close(name, -0.5)


@every_detector
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 50), seconds=st.floats(0.5, 12.0))
def test_silence_added_at_the_end_leaves_the_offset_alone(name, seed, seconds):
    master = bed(seconds=SECONDS, seed=seed)
    silence = np.zeros((int(seconds * RATE_HZ), 2))

    found = offset(name, master, np.concatenate([delayed(master, -2400), silence]))

    assert found == close(name, 0.3)


@every_detector
@settings(max_examples=4, deadline=None)
@given(seed=st.integers(0, 50))
def test_finds_the_shared_bed_under_another_voice(name, seed):
    shared = bed(seconds=SECONDS, seed=seed)
    dub = delayed(mixed(shared, speech_db=3, seed=seed + 1), 1600)

    found = offset(name, mixed(shared, speech_db=3, seed=seed), dub)

    assert found == close(name, -0.2)


@every_detector
def test_says_the_same_twice(name):
    master = bed(seconds=SECONDS, seed=3)
    dub = delayed(mixed(master, speech_db=0, seed=4), 333.3)

    first, second = detect(name, master, dub), detect(name, master, dub)

    assert first.votes == second.votes
    assert first.lines == second.lines


@every_detector
def test_unrelated_programmes_get_no_confident_answer(name):
    said = answer(detect(name, bed(seconds=SECONDS, seed=1), bed(seconds=SECONDS, seed=2)))

    assert said.offset_seconds is None or said.confidence < 0.5


@every_detector
def test_silence_has_no_answer(name):
    silence = np.zeros((int(SECONDS * RATE_HZ), 2))

    assert answer(detect(name, silence, silence)).offset_seconds is None
    assert answer(detect(name, bed(seconds=SECONDS, seed=1), silence)).offset_seconds is None


@every_detector
def test_stops_when_cancelled(name):
    master = bed(seconds=SECONDS, seed=1)

    with pytest.raises(AnalysisCancelled):
        detect(name, master, master, Run(cancelled=lambda: True))


@every_detector
def test_progress_never_goes_back_and_ends_inside_its_span(name):
    seen = []
    run = Run(progress=lambda fraction, message: seen.append((fraction, message)))
    master = bed(seconds=SECONDS, seed=1)

    detect(name, master, delayed(master, 800), run)

    fractions = [fraction for fraction, _ in seen]
    assert fractions == sorted(fractions)
    assert fractions[0] >= 0.0
    assert fractions[-1] <= 1.0
    assert all(message for _, message in seen)


@every_detector
def test_metadata_is_plain_and_a_window_can_be_given(name):
    master = bed(seconds=SECONDS, seed=1)

    evidence = detect(name, master, master)

    assert json.loads(json.dumps(dict(evidence.metadata))) == dict(evidence.metadata)
