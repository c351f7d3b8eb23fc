"""Frames are laid by their time stamps; silence, trims and jumps are told."""

from fractions import Fraction

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync_analyzer.media.timeline import StreamTimeline

RATE_HZ = 48_000


class Tape:
    """Collects what a timeline gives out as one array."""

    def __init__(self, *, time_base=Fraction(1, RATE_HZ), zero_seconds=0.0, **options):
        self.samples = np.zeros(0, np.float32)
        self.time_base = time_base
        given = {"block_samples": 10_000, "longest_seconds": 3600.0, **options}
        self.timeline = StreamTimeline(
            sample_rate_hz=RATE_HZ,
            time_base=time_base,
            zero_seconds=zero_seconds,
            emit=lambda frame: self.add(frame.to_ndarray()[0]),
            emit_silence=lambda count: self.add(np.zeros(count, np.float32)),
            **given,
        )

    def add(self, samples):
        self.samples = np.concatenate([self.samples, samples])

    def frame(self, samples, *, at_seconds, layout="mono", rate_hz=RATE_HZ):
        """Return one frame with its time stamp."""
        channels = np.stack([samples] * (2 if layout == "stereo" else 1))
        frame = av.AudioFrame.from_ndarray(channels, format="fltp", layout=layout)
        frame.sample_rate = rate_hz
        frame.pts = round(at_seconds / self.time_base)
        return frame

    def play(self, samples, *, at_seconds, frame_samples=1024):
        """Place the samples as frames whose time stamps start at ``at_seconds``."""
        for start in range(0, len(samples), frame_samples):
            piece = samples[start : start + frame_samples]
            self.timeline.place(self.frame(piece, at_seconds=at_seconds + start / RATE_HZ))
        return self

    def finish(self):
        self.timeline.finish()
        return self.samples


def ramp(count, first=1):
    return np.arange(first, first + count, dtype=np.float32)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    start_ticks=st.integers(0, 300_000),
    zero_ticks=st.integers(0, 100_000),
    ticks_per_second=st.sampled_from([1000, 600, 12_800, 48_000, 90_000, 28_224_000]),
)
def test_sound_lies_at_its_time_less_zero(start_ticks, zero_ticks, ticks_per_second):
    """Whatever the clock, the first sample comes out where its time stamp puts it."""
    tick = Fraction(1, ticks_per_second)
    start_ticks, zero_ticks = (
        start_ticks % (3 * ticks_per_second),
        zero_ticks % (ticks_per_second // 2),
    )
    tape = Tape(time_base=tick, zero_seconds=float(zero_ticks * tick))

    heard = tape.play(ramp(30_000), at_seconds=float(start_ticks * tick)).finish()

    expected = float((start_ticks - zero_ticks) * tick) * RATE_HZ
    first = int(np.argmax(heard > 0))
    assert first - (heard[first] - 1) == pytest.approx(expected, abs=0.51)


def test_many_coarse_time_stamps_together_are_finer_than_one():
    heard = Tape(time_base=Fraction(1, 1000)).play(ramp(48_000), at_seconds=0.10033).finish()

    assert np.argmax(heard > 0) == pytest.approx(0.10033 * RATE_HZ, abs=9)


def test_a_gap_is_filled_and_reported():
    tape = Tape().play(ramp(30_000), at_seconds=0.0).play(ramp(30_000), at_seconds=1.0)

    heard = tape.finish()

    assert np.array_equal(heard[30_000:48_000], np.zeros(18_000))
    assert np.array_equal(heard[48_000:], ramp(30_000))
    assert tape.timeline.applied.gaps == [(0.625, 0.375)]


def test_an_overlap_is_trimmed_and_reported():
    tape = Tape().play(ramp(48_000), at_seconds=0.0)

    heard = tape.play(ramp(48_000, first=38_401), at_seconds=0.8).finish()

    assert np.array_equal(heard, ramp(86_400))
    assert tape.timeline.applied.overlaps == [(1.0, pytest.approx(0.2))]


def test_what_comes_before_zero_is_left_out():
    tape = Tape(zero_seconds=0.5)

    heard = tape.play(ramp(48_000), at_seconds=0.0).finish()

    assert np.array_equal(heard, ramp(24_000, first=24_001))
    assert tape.timeline.applied.trimmed_before_zero_seconds == pytest.approx(0.5)
    assert tape.timeline.applied.overlaps == []


def test_one_stray_time_stamp_changes_nothing():
    tape = Tape().play(ramp(20_480), at_seconds=0.0)
    tape.play(ramp(1024, first=20_481), at_seconds=0.9)

    heard = tape.play(ramp(20_480, first=21_505), at_seconds=21_504 / RATE_HZ).finish()

    assert np.array_equal(heard, ramp(41_984))
    assert tape.timeline.applied.gaps == []


def test_time_stamps_that_start_again_do_not_swallow_the_rest():
    tape = Tape().play(ramp(960_000), at_seconds=0.0)

    heard = tape.play(ramp(48_000), at_seconds=0.0).finish()

    assert len(heard) == 1_008_000
    assert tape.timeline.applied.discontinuities == [(20.0, pytest.approx(-20.0))]


def test_a_time_stamp_beyond_all_reason_is_no_gap():
    tape = Tape().play(ramp(48_000), at_seconds=0.0)

    heard = tape.play(ramp(48_000), at_seconds=95_000.0).finish()

    assert len(heard) == 96_000
    assert len(tape.timeline.applied.discontinuities) == 1


def test_a_first_time_stamp_beyond_all_reason_is_no_shift():
    tape = Tape()

    assert len(tape.play(ramp(48_000), at_seconds=95_000.0).finish()) == 48_000
    assert tape.timeline.applied.shift_seconds == 0.0


def test_frames_without_time_stamps_follow_one_another():
    tape = Tape().play(ramp(4096), at_seconds=0.0)
    frame = av.AudioFrame.from_ndarray(ramp(512, 4097)[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = RATE_HZ, None
    tape.timeline.place(frame)

    assert np.array_equal(tape.finish(), ramp(4608))


def test_a_change_of_rate_goes_on_at_the_same_time():
    tape = Tape().play(ramp(48_000), at_seconds=0.0)
    frame = av.AudioFrame.from_ndarray(ramp(24_000)[None], format="fltp", layout="mono")
    frame.sample_rate, frame.pts = 24_000, 48_000
    tape.timeline.place(frame)

    assert len(tape.finish()) == 72_000
    assert tape.timeline.applied.gaps == []


def test_a_long_frame_follows_where_the_last_one_ended():
    tape = Tape().play(ramp(4096), at_seconds=0.0)

    taken = tape.timeline.follow(tape.frame(ramp(48_000, 4097), at_seconds=4096 / RATE_HZ))

    assert taken
    assert np.array_equal(tape.finish(), ramp(4096 + 48_000))


@pytest.mark.parametrize(
    "other",
    [{"at_seconds": 0.2}, {"at_seconds": 0.05}, {"layout": "stereo"}, {"rate_hz": 44_100}],
    ids=["late", "early", "stereo", "slower"],
)
def test_a_long_frame_that_does_not_follow_is_not_taken(other):
    tape = Tape().play(ramp(4800), at_seconds=0.0)

    taken = tape.timeline.follow(tape.frame(ramp(48_000), **{"at_seconds": 0.1, **other}))

    assert not taken
    assert np.array_equal(tape.finish(), ramp(4800))
