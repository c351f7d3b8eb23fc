"""Resampled views have no delay and keep their place across silence."""

import numpy as np
import pytest

from sync_analyzer.media.resample import ViewStore, ViewWriter
from sync_analyzer.media.views import mix

PAIRS = [(48_000, 8_000), (44_100, 8_000), (44_100, 22_050), (8_000, 8_000), (11_025, 16_000)]


def written(input_rate_hz, output_rate_hz, pieces, *, expected_samples=100):
    store = ViewStore(expected_samples=expected_samples)
    writer = ViewWriter(
        mix(("M",)),
        input_rate_hz=input_rate_hz,
        output_rate_hz=output_rate_hz,
        start_sample=0,
        store=store,
    )
    for piece in pieces:
        if isinstance(piece, int):
            writer.silence(piece)
        else:
            writer.write([piece.astype(np.float32)])
    writer.finish()
    return store.finished("mid", count=writer.end_sample).astype(np.float64)


def bump(rate_hz, *, at_samples, count):
    return np.exp(-0.5 * ((np.arange(count) - at_samples) / (0.001 * rate_hz)) ** 2)


def centre_seconds(samples, rate_hz):
    power = samples**2
    return (power * np.arange(len(power))).sum() / power.sum() / rate_hz


@pytest.mark.parametrize(("input_rate_hz", "output_rate_hz"), PAIRS)
def test_a_sample_stays_at_its_time(input_rate_hz, output_rate_hz):
    sound = bump(input_rate_hz, at_samples=input_rate_hz // 3, count=input_rate_hz)

    view = written(input_rate_hz, output_rate_hz, np.split(sound, [1000, 1001, 5000]))

    assert len(view) == output_rate_hz
    shift = centre_seconds(view, output_rate_hz) - (input_rate_hz // 3) / input_rate_hz
    assert abs(shift) < 1e-6


@pytest.mark.parametrize(("input_rate_hz", "output_rate_hz"), PAIRS)
def test_long_silence_is_skipped_exactly(input_rate_hz, output_rate_hz):
    silence = 7 * input_rate_hz + 13
    sound = bump(input_rate_hz, at_samples=input_rate_hz // 2, count=input_rate_hz)

    view = written(input_rate_hz, output_rate_hz, [sound, silence, sound])

    second = view[4 * output_rate_hz :]
    found = centre_seconds(second, output_rate_hz) + 4
    expected = (input_rate_hz + silence + input_rate_hz // 2) / input_rate_hz
    assert found == pytest.approx(expected, abs=1e-6)
    total = (2 * input_rate_hz + silence) / input_rate_hz * output_rate_hz
    assert len(view) == pytest.approx(total, abs=1)


def test_a_view_longer_than_promised_grows():
    sound = np.full(50_000, 0.5)

    view = written(8_000, 8_000, np.split(sound, 5), expected_samples=10)

    assert np.array_equal(view, sound)


def test_what_a_resampler_overshoots_stays_finite():
    square = np.where(np.arange(48_000) // 100 % 2, 65_504.0, -65_504.0)

    view = written(48_000, 8_000, [square])

    assert np.isfinite(view).all()
