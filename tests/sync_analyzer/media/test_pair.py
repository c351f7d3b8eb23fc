"""Both files at once give what each gives alone, and nothing goes on."""

import dataclasses
import threading
import time

import numpy as np
import pytest

from sync_analyzer.errors import AnalysisCancelled, MediaNotFound
from sync_analyzer.media.decode import decode
from sync_analyzer.media.pair import decode_pair
from sync_analyzer.media.probe import probe
from sync_analyzer.run import Run

RATE_HZ = 8_000


@pytest.fixture(scope="module")
def long_files(workbench):
    """A FLAC, and a WAV of it, long enough to be on the way for a while."""
    tone = ("-f", "lavfi", "-i", "anoisesrc=r=8000:d=310:a=0.2:seed=1")
    stereo = ("-filter_complex", "[0]volume=0.5[b];[0][b]join=inputs=2")
    flac = workbench.make("long.flac", *tone, *stereo)
    return probe(flac), probe(workbench.make("long.wav", "-itsoffset", "0.3", "-i", flac))


def same(one, other):
    views = [(one.views[name].samples, other.views[name].samples) for name in one.views]
    return (
        (one.media, one.duration_seconds, dict(one.applied), one.warnings)
        == (other.media, other.duration_seconds, dict(other.applied), other.warnings)
        and list(one.views) == list(other.views)
        and all(np.array_equal(ours, theirs) for ours, theirs in views)
    )


def test_a_pair_is_what_each_is_alone(long_files):
    tracks = decode_pair(*long_files, sample_rate_hz=RATE_HZ)

    for media, track in zip(long_files, tracks, strict=True):
        assert same(track, decode(media, sample_rate_hz=RATE_HZ))


def test_progress_tells_of_both_and_never_runs_back(long_files):
    said = []

    decode_pair(*long_files, sample_rate_hz=RATE_HZ, run=Run(progress=lambda *a: said.append(a)))

    fractions = [fraction for fraction, _ in said]
    assert fractions == sorted(fractions)
    assert any(
        message.startswith("Decoding master - 00:") and ", dub - " in message for _, message in said
    )


def test_cancelling_stops_both(long_files):
    threads = threading.active_count()
    started = time.monotonic()

    with pytest.raises(AnalysisCancelled):
        decode_pair(*long_files, sample_rate_hz=RATE_HZ, run=Run(cancelled=lambda: True))

    assert time.monotonic() - started < 2.0
    assert threading.active_count() == threads


@pytest.mark.parametrize("gone", [0, 1])
def test_a_file_that_is_gone_is_an_error(long_files, gone):
    pair = list(long_files)
    pair[gone] = dataclasses.replace(pair[gone], path=pair[gone].path + ".gone")

    with pytest.raises(MediaNotFound, match="gone"):
        decode_pair(*pair, sample_rate_hz=RATE_HZ)
