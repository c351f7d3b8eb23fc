"""Both files at once give what each gives alone, and end when they are told to."""

import threading
import time

import numpy as np
import pytest

from sync_analyzer.errors import AnalysisCancelled, MediaNotFound
from sync_analyzer.media.decode import decode
from sync_analyzer.media.pair import decode_pair
from sync_analyzer.media.probe import probe
from sync_analyzer.run import Run


@pytest.fixture(scope="module")
def hour(workbench):
    """A file that takes seconds to decode."""
    noise = "anoisesrc=r=48000:d=240:a=0.2:seed=1,aformat=channel_layouts=stereo"
    return probe(workbench.make("hour.flac", "-f", "lavfi", "-i", noise))


def test_a_pair_is_what_each_is_alone(workbench):
    master = probe(workbench.wav)
    dub = probe(workbench.make("pair.m4a", "-i", "SOUND", "-c:a", "aac"))

    tracks = decode_pair(master, dub, sample_rate_hz=8_000)

    for media, track in zip((master, dub), tracks, strict=True):
        alone = decode(media, sample_rate_hz=8_000)
        assert track.media == media
        assert list(track.views) == list(alone.views)
        for name in alone.views:
            assert np.array_equal(track.views[name].samples, alone.views[name].samples)


def test_progress_tells_of_both(hour):
    said = []

    decode_pair(hour, hour, sample_rate_hz=8_000, run=Run(progress=lambda *a: said.append(a)))

    fractions = [fraction for fraction, _ in said]
    assert fractions == sorted(fractions)
    assert said[-1][1].startswith("Decoding master - 00:")
    assert "of 00:04:00, dub - 00:" in said[-1][1]


def test_cancelling_ends_both_threads_soon(hour):
    asked = []

    def cancelled():
        if not asked and threading.active_count() > 2:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(AnalysisCancelled):
        decode_pair(hour, hour, sample_rate_hz=8_000, run=Run(cancelled=cancelled))

    assert time.monotonic() - asked[0] < 2.0
    assert not [one for one in threading.enumerate() if one.name.startswith("decode")]


def test_one_bad_file_ends_both(hour, workbench, tmp_path):
    media = probe(workbench.wav)
    gone = type(media)(
        **{name: getattr(media, name) for name in media.__slots__} | {"path": str(tmp_path / "no")}
    )

    with pytest.raises(MediaNotFound):
        decode_pair(hour, gone, sample_rate_hz=8_000)
