"""The correlation that people look at stands where the answer is, at any speed."""

import numpy as np
import pytest
import soxr

from sync_analyzer.curve import shown_curve
from sync_analyzer.evidence import Curve, Evidence
from sync_analyzer.media.track import Track, Waveform

RATE_HZ = 8000


def music(*, seconds, seed=5):
    """Return tones that change at irregular times, over a little noise."""
    rng = np.random.default_rng(seed)
    samples = 0.005 * rng.standard_normal(int(seconds * RATE_HZ))
    at = 0
    while at < len(samples):
        length = int(rng.uniform(0.08, 0.4) * RATE_HZ)
        time = np.arange(min(length, len(samples) - at)) / RATE_HZ
        tones = sum(np.sin(2 * np.pi * f * time) for f in rng.uniform(120, 3000, 3))
        samples[at : at + length] += 0.1 * tones * np.exp(-time / 0.1)
        at += length
    return samples.astype(np.float32)


def track(samples):
    wave = Waveform(samples=samples, sample_rate_hz=RATE_HZ)
    return Track(media=None, views={"mid": wave}, duration_seconds=wave.duration_seconds)


def said(curve):
    return Evidence(
        detector="correlation", resolution_seconds=1e-5, lines=(), votes=(), curve=curve
    )


SAME_SPEED = Curve(offset_seconds=np.array([-1.0, 0.0, 1.0]), score=np.array([1.0, 9.0, 2.0]))


@pytest.mark.parametrize("rate", [1.001, 25 / 24, 24 / 25])
def test_the_highest_place_is_the_answer_at_its_own_speed(rate):
    master = music(seconds=40)
    dub = np.pad(soxr.resample(master, RATE_HZ, RATE_HZ * rate, quality="VHQ"), (4000, 0))

    curve = shown_curve([said(SAME_SPEED)], master=track(master), dub=track(dub), rate=rate)

    offsets, scores = (np.asarray(curve[key]) for key in ("offset_seconds", "score"))
    assert curve["rate"] == rate
    assert np.all(np.diff(offsets) > 0)
    assert offsets[scores.argmax()] == pytest.approx(-0.5, abs=0.011)
    assert scores[np.abs(offsets + 0.5) > 0.25].max() < 0.6 * scores.max()


@pytest.mark.parametrize("rate", [1.0, 1.0001])
def test_where_speed_smears_nothing_the_finest_method_is_shown(rate):
    sound = track(music(seconds=40))

    curve = shown_curve([said(None), said(SAME_SPEED)], master=sound, dub=sound, rate=rate)

    assert curve["method"] == "correlation"
    assert curve["rate"] == 1.0
    assert curve["score"] == [1.0, 9.0, 2.0]


def test_without_a_curve_none_is_shown():
    sound = track(music(seconds=2))

    assert shown_curve([said(None)], master=sound, dub=sound, rate=1.0) is None
