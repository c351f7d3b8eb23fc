"""Views go on when rate or layout change on the way."""

import numpy as np
import pytest

from sync_analyzer.media.sink import ViewSink

STEREO = ("FL", "FR")


def test_a_change_of_rate_and_layout_keeps_time():
    sink = ViewSink(sample_rate_hz=8_000, expected_seconds=1.0, wanted=None)
    sink.write([np.full(48_000, 0.5, np.float32)] * 2, names=STEREO, rate_hz=48_000)

    sink.write([np.full(88_200, 0.25, np.float32)], names=("M",), rate_hz=44_100)
    sink.finish()

    assert (sink.end_sample, sink.end_seconds) == (24_000, pytest.approx(3.0))
    mid = sink.store.finished("mid", count=sink.end_sample)
    assert float(mid[4_000]) == pytest.approx(0.5, abs=0.001)
    assert float(mid[16_000]) == pytest.approx(0.25, abs=0.001)


def test_silence_before_the_first_sound_counts():
    sink = ViewSink(sample_rate_hz=8_000, expected_seconds=1.0, wanted=None)

    sink.silence(48_000)
    sink.write([np.ones(4_800, np.float32)], names=("M",), rate_hz=48_000)
    sink.finish()

    assert sink.end_sample == 8_800
    assert sink.end_seconds == pytest.approx(1.1)
