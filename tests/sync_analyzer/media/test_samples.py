"""Every sample format comes out as float32 with full scale 1.0."""

import av
import numpy as np
import pytest

from sync_analyzer.media.samples import LARGEST, channels_of, energy, made_finite

EXPECTED = np.array([[0.0, 0.5, -1.0, 0.25], [0.25, -0.5, 0.0, -0.25]], np.float32)
KINDS = {
    "u8": lambda x: (x * 128 + 128).astype(np.uint8),
    "s16": lambda x: (x * 2**15).astype(np.int16),
    "s32": lambda x: (x * 2**31).astype(np.int32),
    "flt": lambda x: x.astype(np.float32),
    "dbl": lambda x: x.astype(np.float64),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("planar", [True, False])
def test_a_format_becomes_float(kind, planar):
    raw = KINDS[kind](EXPECTED)
    shaped = np.ascontiguousarray(raw) if planar else np.ascontiguousarray(raw.T).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(shaped, format=kind + "p" * planar, layout="stereo")

    channels = channels_of(frame)

    assert all(one.dtype == np.float32 and one.flags.c_contiguous for one in channels)
    assert np.array_equal(np.stack(channels), EXPECTED)


def test_huge_doubles_are_clipped_and_what_is_no_number_becomes_zero():
    raw = np.array([[1e300, np.nan, -np.inf, 0.5, -1e6]])
    (samples,) = channels_of(av.AudioFrame.from_ndarray(raw, format="dblp", layout="mono"))

    usable, nonfinite, clipped = made_finite(samples)

    assert usable.tolist() == [0.0, 0.0, 0.0, 0.5, -LARGEST]
    assert (nonfinite, clipped) == (3, 1)
    assert not energy(samples) <= LARGEST**2


def test_the_largest_sample_fits_a_float16():
    assert np.isfinite(np.float16(LARGEST))
