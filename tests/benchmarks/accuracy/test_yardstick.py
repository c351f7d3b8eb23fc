import numpy as np
import pytest

from benchmarks.accuracy.yardstick import MATCH_Z, SAMPLE_RATE_HZ, offset_by_phase_transform


def stereo_noise(seed: int, seconds: float = 8.0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((int(seconds * SAMPLE_RATE_HZ), 2)).astype(np.float32)


@pytest.mark.parametrize("delay_samples", [0, 1, 777, -4000])
def test_a_delayed_copy_is_found_with_the_right_sign(delay_samples):
    master = stereo_noise(1)
    dub = np.roll(master, delay_samples, axis=0)

    offset_seconds, z = offset_by_phase_transform(master, dub)

    assert offset_seconds == pytest.approx(-delay_samples / SAMPLE_RATE_HZ, abs=1e-5)
    assert z > 10 * MATCH_Z


def test_strangers_stay_under_the_line():
    _, z = offset_by_phase_transform(stereo_noise(1), stereo_noise(2))

    assert z < MATCH_Z


def test_silence_has_no_peak():
    _, z = offset_by_phase_transform(stereo_noise(1), np.zeros((8000, 2), np.float32))

    assert z < MATCH_Z
