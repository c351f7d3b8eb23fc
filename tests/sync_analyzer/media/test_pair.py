"""Both files at once give what each gives alone, and nothing is left running."""

import dataclasses
import time

import numpy as np
import psutil
import pytest

from sync_analyzer.errors import AnalysisCancelled, MediaNotFound
from sync_analyzer.media.decode import decode
from sync_analyzer.media.pair import decode_pair
from sync_analyzer.media.probe import probe
from sync_analyzer.run import Run

RATE_HZ = 8_000


@pytest.fixture(scope="module")
def long_files(workbench):
    """Two files long enough for a process of their own: a movie with its sound late, a FLAC."""
    tone = ("-f", "lavfi", "-i", "anoisesrc=r=8000:d=310:a=0.2:seed=1")
    stereo = ("-filter_complex", "[0]volume=0.5[b];[0][b]join=inputs=2")
    flac = workbench.make("long.flac", *tone, *stereo)
    return probe(flac), probe(workbench.make("long.wav", "-itsoffset", "0.3", "-i", flac))


@pytest.fixture
def children():
    """Return the processes started since the test began; other tests may have their own."""
    before = set(psutil.Process().children())
    return lambda: [child for child in psutil.Process().children() if child not in before]


def same(one, other):
    views = [(one.views[name].samples, other.views[name].samples) for name in one.views]
    return (
        (one.media, one.duration_seconds, dict(one.applied), one.warnings)
        == (other.media, other.duration_seconds, dict(other.applied), other.warnings)
        and list(one.views) == list(other.views)
        and all(np.array_equal(ours, theirs) for ours, theirs in views)
    )


def test_a_pair_of_long_files_is_what_each_is_alone(long_files, children):
    tracks = decode_pair(*long_files, sample_rate_hz=RATE_HZ)

    for media, track in zip(long_files, tracks, strict=True):
        assert same(track, decode(media, sample_rate_hz=RATE_HZ))
    assert children() == []


def test_a_pair_of_short_files_is_what_each_is_alone(workbench):
    pair = probe(workbench.wav), probe(workbench.make("pair.m4a", "-i", "SOUND", "-c:a", "aac"))

    tracks = decode_pair(*pair, sample_rate_hz=RATE_HZ)

    for media, track in zip(pair, tracks, strict=True):
        assert same(track, decode(media, sample_rate_hz=RATE_HZ))


def test_the_views_of_a_child_outlive_it_and_can_be_written(long_files):
    _, dub = decode_pair(*long_files, sample_rate_hz=RATE_HZ)

    samples = dub.view("mid").samples
    samples[:10] = 1.0

    assert float(samples[:10].sum()) == 10.0


def test_progress_tells_of_both_and_never_runs_back(long_files):
    said = []

    decode_pair(*long_files, sample_rate_hz=RATE_HZ, run=Run(progress=lambda *a: said.append(a)))

    fractions = [fraction for fraction, _ in said]
    assert fractions == sorted(fractions)
    assert any(
        message.startswith("Decoding master - 00:") and ", dub - " in message for _, message in said
    )


def test_cancelling_leaves_no_process(long_files, children):
    started = time.monotonic()

    with pytest.raises(AnalysisCancelled):
        decode_pair(
            *long_files,
            sample_rate_hz=RATE_HZ,
            run=Run(cancelled=lambda: bool(children())),
        )

    assert time.monotonic() - started < 2.0
    assert children() == []


def test_a_dub_that_is_gone_is_an_error(long_files, children):
    master, dub = long_files

    with pytest.raises(MediaNotFound):
        decode_pair(
            master, dataclasses.replace(dub, path=dub.path + ".gone"), sample_rate_hz=RATE_HZ
        )

    assert children() == []


def test_a_child_that_is_killed_costs_time_and_nothing_else(long_files, children):
    killed = []

    def kill(_fraction, _message):
        for child in children():
            killed.append(child.pid)
            child.kill()

    _, dub = decode_pair(*long_files, sample_rate_hz=RATE_HZ, run=Run(progress=kill))

    assert killed
    assert same(dub, decode(long_files[1], sample_rate_hz=RATE_HZ))
