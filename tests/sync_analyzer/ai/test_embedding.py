import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync_analyzer.ai.embedding import embed, plan_windows
from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.media.track import Waveform


class Energy:
    """An encoder whose one number per 20 ms is the mean square of the samples there."""

    sample_rate_hz = 8000
    step_samples = 160
    dimensions = 1
    window_seconds = 4.0
    margin_seconds = 0.5
    block_samples = 1600

    def encode(self, windows):
        blocks = windows.reshape(len(windows), -1, self.step_samples)
        return np.mean(blocks**2, axis=2)[:, :, None].astype(np.float32)

    def describe(self):
        return {}

    def close(self):
        pass


class Biased(Energy):
    """The same, but what it says of silence is not zero either, as with any real network."""

    def encode(self, windows):
        return super().encode(windows) + 1.0


def embedded(
    samples,
    *,
    rate_hz=8000,
    spans=None,
    salt=1,
    before=lambda number, count: None,
    encoder=None,
    batch_size=3,
):
    return embed(
        Waveform(samples=np.asarray(samples, np.float32), sample_rate_hz=rate_hz),
        encoder or Energy(),
        batch_size=batch_size,
        spans_seconds=spans,
        salt=salt,
        model="energy",
        before_window=before,
    )


@given(
    st.integers(1, 5000),
    st.integers(2, 30),
    st.integers(1, 10),
    st.integers(0, 9),
    st.integers(0, 50),
)
def test_windows_cover_every_frame_once_and_keep_their_margins(total, blocks, block, margin, salt):
    window = blocks * block * 5
    margin = min(margin, (window - 1) // 2 - 1)

    planned = plan_windows(
        [(0, total)],
        window_frames=window,
        margin_frames=margin,
        block_frames=block,
        salt=salt,
    )

    covered = np.concatenate([np.arange(w.keep_frame, w.stop_frame) for w in planned])
    assert covered.tolist() == list(range(total))
    assert all(w.keep_frame - w.read_frame >= margin for w in planned)
    assert all(w.read_frame + w.frames - w.stop_frame >= margin for w in planned)
    assert all(w.frames <= window and w.frames % block == 0 for w in planned)


def test_two_files_are_cut_on_different_grids():
    plans = [
        plan_windows([(0, 5000)], window_frames=200, margin_frames=20, block_frames=1, salt=salt)
        for salt in (1, 2)
    ]

    starts = [{window.read_frame for window in plan} for plan in plans]
    assert len(starts[0] & starts[1]) <= 2


def test_a_window_reads_little_more_than_it_keeps():
    spans = [(first, first + 800) for first in range(0, 12_000, 1000)]

    planned = plan_windows(spans, window_frames=1000, margin_frames=50, block_frames=1, salt=1)

    kept = sum(window.stop_frame - window.keep_frame for window in planned)
    assert kept == 12 * 800
    assert sum(window.frames for window in planned) <= kept + 3 * 50 * len(planned)


def test_windows_computed_together_are_equally_long():
    lengths = []

    class Counting(Energy):
        def encode(self, windows):
            lengths.append(windows.shape[1])
            return super().encode(windows)

    embedded(np.random.default_rng(0).standard_normal(8000 * 30), encoder=Counting())
    assert set(lengths) == {32_000}
    lengths.clear()
    embedded(np.random.default_rng(0).standard_normal(8000 * 30), encoder=Counting(), batch_size=1)
    assert sum(lengths) < 32_000 * len(lengths)


def test_frames_are_where_their_sound_is_whatever_the_windows():
    rng = np.random.default_rng(3)
    samples = rng.standard_normal(8000 * 15).astype(np.float32)

    one, two = embedded(samples, salt=1), embedded(samples, salt=2)

    truth = np.mean(samples[: len(samples) // 160 * 160].reshape(-1, 160) ** 2, axis=1)
    ratio = one.frames[:, 0] / truth
    assert np.ptp(ratio) < 1e-3
    np.testing.assert_allclose(one.frames, two.frames, rtol=1e-4)
    assert one.times_seconds[0] == pytest.approx(0.01)
    assert one.windows >= 4


def test_a_waveform_at_another_rate_keeps_its_timing():
    samples = np.zeros(16000 * 10, np.float32)
    samples[16000 * 6 : 16000 * 6 + 800] = np.sin(np.arange(800) / 5.0)

    found = embedded(samples, rate_hz=16000)

    assert found.times_seconds[found.frames[:, 0].argmax()] == pytest.approx(6.025, abs=0.03)


def test_silence_is_marked_and_zero():
    samples = np.zeros(8000 * 10, np.float32)
    samples[8000 * 2 : 8000 * 5] = 0.1 * np.random.default_rng(0).standard_normal(8000 * 3)

    found = embedded(samples, encoder=Biased())

    assert found.heard[105:245].all()
    assert not found.heard[:95].any()
    assert not found.heard[260:].any()
    assert not found.frames[260:].any()


def test_a_silent_file_runs_no_window():
    found = embedded(np.zeros(8000 * 10))

    assert found.windows == 0
    assert not found.heard.any()


def test_only_the_asked_spans_are_embedded():
    samples = np.random.default_rng(0).standard_normal(8000 * 40).astype(np.float32)

    found = embedded(samples, spans=[(5.0, 8.0), (20.0, 24.0)])

    assert found.heard.sum() == found.embedded == 350
    assert found.heard[250:400].all()
    assert found.heard[1000:1200].all()


def test_cancellation_between_windows_stops_the_work():
    seen = []

    def stop_at_second(number, count):
        seen.append((number, count))
        if len(seen) == 2:
            raise AnalysisCancelled

    with pytest.raises(AnalysisCancelled):
        embedded(np.random.default_rng(0).standard_normal(8000 * 60), before=stop_at_second)
    assert len(seen) == 2
