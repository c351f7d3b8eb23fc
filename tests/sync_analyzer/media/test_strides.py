"""In strides or packet by packet, a file is the same track, whole or damaged."""

from pathlib import Path

import numpy as np
import pytest

from sync_analyzer.errors import MediaError
from sync_analyzer.media import decode as decoding
from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe
from tests.sync_analyzer.media.conftest import bursts
from tests.sync_analyzer.media.test_damage import damaged

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=9", "-map", "1:v", "-map", "0:a")
KINDS = {
    "long.wav": (),
    "long.m4a": (),
    "long.mka": ("-c:a", "aac"),
    "long.mp3": (),
    "long.flac": (),
    "long.ogg": ("-c:a", "libopus"),
    "long.mp4": (*PICTURE, "-c:v", "libx264", "-c:a", "aac"),
    "long.mxf": (*PICTURE, "-c:v", "mpeg2video", "-c:a", "pcm_s16le"),
    "monos.mxf": (
        *PICTURE[:4],
        *("-filter_complex", "[0:a]channelsplit[l][r]", "-map", "1:v", "-map", "[l]"),
        *("-map", "[r]", "-c:v", "mpeg2video", "-c:a", "pcm_s24le"),
    ),
}
DAMAGES_EACH = 6


@pytest.fixture(scope="module")
def long_wav(workbench):
    """A sound that goes on well after the head that is looked at packet by packet."""
    return workbench.write("long_sound.wav", bursts(9.0))


@pytest.fixture
def both_ways(monkeypatch):
    """Return a file's tracks (or error codes) in strides and packet by packet, and if it strode."""
    stride = decoding._stride

    def decoded(path):
        strode = []

        def watched(*arguments):
            strode.append(stride(*arguments))
            return strode[-1]

        answers = []
        for way in (watched, lambda *_: False):
            monkeypatch.setattr(decoding, "_stride", way)
            try:
                answers.append(decode(probe(str(path)), sample_rate_hz=8_000))
            except MediaError as error:
                answers.append(error.error_code)
        return (*answers, strode == [True])

    return decoded


def same(one, other):
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return (
        (one.duration_seconds, one.applied, one.warnings)
        == (other.duration_seconds, other.applied, other.warnings)
        and list(one.views) == list(other.views)
        and all(
            np.array_equal(one.views[name].samples, other.views[name].samples) for name in one.views
        )
    )


@pytest.mark.parametrize("kind", KINDS)
def test_strides_take_the_same_track(workbench, long_wav, both_ways, kind):
    path = workbench.make(kind, "-i", long_wav, *KINDS[kind])

    in_strides, by_packets, strode = both_ways(path)

    assert strode
    assert same(in_strides, by_packets)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_is_told_the_same_way(workbench, long_wav, both_ways, kind):
    whole = Path(workbench.make(f"whole_{kind}", "-i", long_wav, *KINDS[kind])).read_bytes()
    rng = np.random.default_rng(sum(kind.encode()))
    path = workbench.folder / f"broken_{kind}"

    for _ in range(DAMAGES_EACH):
        path.write_bytes(damaged(whole, rng))
        in_strides, by_packets, _ = both_ways(path)
        assert same(in_strides, by_packets)


def test_a_hole_sends_the_decoder_back_to_packets(workbench, long_wav, both_ways):
    hole = ("-af", "aselect='not(between(t,5.1,5.7))'", "-c:a", "flac")
    path = workbench.make("hole.mka", "-i", long_wav, *hole)

    in_strides, by_packets, strode = both_ways(path)

    assert not strode
    assert len(in_strides.applied["gaps"]) == 1
    assert same(in_strides, by_packets)
