from fractions import Fraction

import numpy as np
import pytest

from benchmarks.corpus import timeline
from benchmarks.corpus.delays import delayed, measured_delay_seconds
from benchmarks.corpus.levels import SAMPLE_RATE_HZ
from benchmarks.corpus.media import Written
from benchmarks.corpus.mixing import Master
from benchmarks.corpus.programme import Programme
from benchmarks.corpus.seeds import Seeds
from benchmarks.corpus.speech import Voices
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Edit, Lay, add_pair

SECONDS = 20


class StillStudio(Studio):
    """A studio that keeps what it writes in memory (no encoder is needed)."""

    def write(self, name, samples, encoding="flac", extra=()):
        self.kept = samples
        return Written(path=self.folder / f"{name}.flac", codec_delay_seconds=0.0)


@pytest.fixture
def studio(tmp_path):
    seeds = Seeds(number=5)
    studio = StillStudio(folder=tmp_path, seeds=seeds, voices=Voices(seeds=seeds))
    studio.begin("test")
    return studio


@pytest.fixture
def master(tmp_path):
    length = SECONDS * SAMPLE_RATE_HZ
    bed = np.random.default_rng(1).standard_normal((length, 2)).astype(np.float32) * 0.1
    empty = Programme(key="p", length=length, lines=(), cues=(), stems={})
    written = Written(path=tmp_path / "master.flac", codec_delay_seconds=0.0)
    return Master(programme=empty, samples=bed, bed=bed.mean(1), written=written)


def laid(studio, master, lay):
    sound = (master.samples, master.bed)
    add_pair(studio, "x", master, sound, lay, category="c", notes="made")
    return studio.entries[-1]


@pytest.mark.parametrize("delay_seconds", [0.0, 1.25, -0.75, 0.0123456])
def test_a_late_dub_has_the_negative_offset(studio, master, delay_seconds):
    entry = laid(studio, master, Lay(delay_seconds=delay_seconds))

    assert entry["offset_seconds"] == pytest.approx(-delay_seconds, abs=1e-9)
    assert entry["truth_check_ms"] == pytest.approx([0.0], abs=0.01)


def test_edits_give_the_segments_between_them(studio, master):
    edits = (
        Edit(kind="cut", at_seconds=6.0, seconds=2.0),
        Edit(kind="ins", at_seconds=14.0, seconds=3.0),
    )

    entry = laid(studio, master, Lay(delay_seconds=0.5, edits=edits))

    spans = [(s["master_start"], s["master_end"], s["offset_seconds"]) for s in entry["segments"]]
    assert spans == [(0.0, 6.0, -0.5), (8.0, 14.0, 1.5), (14.0, 20.0, -1.5)]
    assert entry["truth_check_ms"] == pytest.approx([0.0] * 3, abs=0.01)


def test_a_speed_change_states_the_offset_at_master_time_zero(studio, master):
    entry = laid(studio, master, Lay(delay_seconds=1.0, rate=Fraction(1001, 1000)))

    assert entry["rate"] == 1.001
    assert entry["offset_seconds"] == pytest.approx(-1.001)
    assert entry["mode"] == "resampled"
    assert entry["truth_check_ms"] == pytest.approx([0.0], abs=0.02)


def test_a_codec_delay_is_part_of_the_truth():
    placed = [timeline._Placed(start_seconds=0.0, end_seconds=10.0, shift_seconds=0.0)]

    truth = timeline._truth(placed, 1.0, (0.0, 0.02), 10.0, 10.02)

    assert truth["offset_seconds"] == -0.02


def test_a_fractional_delay_is_measured_back():
    samples = np.random.default_rng(2).standard_normal(SAMPLE_RATE_HZ * 4).astype(np.float32)
    late = delayed(samples, 123.4)

    found = measured_delay_seconds(samples, late, max_seconds=0.1)

    assert found * SAMPLE_RATE_HZ == pytest.approx(123.4, abs=0.01)
