"""Frames are what slicing gives, with silence around the sound."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sync_analyzer.dsp.frames import frames_at, read

SAMPLES = np.arange(1, 101, dtype=np.float16)
PADDED = np.pad(SAMPLES.astype(np.float32), 200)


@given(st.lists(st.integers(-150, 150), min_size=1, max_size=8), st.integers(1, 120))
def test_frames_are_slices_of_the_padded_sound(starts, size):
    firsts = np.sort(np.asarray(starts, np.int64))

    frames = frames_at(SAMPLES, firsts, size=size)

    assert np.array_equal(frames, [PADDED[200 + at : 200 + at + size] for at in firsts])


@given(st.integers(-150, 150), st.integers(0, 120))
def test_reading_is_slicing_the_padded_sound(start, count):
    assert np.array_equal(read(SAMPLES, start, start + count), PADDED[200 + start :][:count])
