import errno
import threading
from fractions import Fraction

import numpy as np
import pytest

from app.services.track_cache import TrackCache, forget_tracks
from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.media.track import Media, Track, Waveform
from sync_analyzer.run import Run


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "m.wav"
    path.write_bytes(b"bytes")
    yield str(path)
    forget_tracks()


class Decoder:
    """Decodes nothing, and counts how often."""

    def __init__(self, path):
        self.path = path
        self.count = 0
        self.go = threading.Event()
        self.go.set()

    def __call__(self, run):
        self.count += 1
        self.go.wait(10)
        rng = np.random.default_rng(self.count)
        media = Media(
            path=self.path,
            size_bytes=5,
            container="wav",
            stream=0,
            stream_count=1,
            codec="pcm",
            sample_rate_hz=48000,
            channels=2,
            layout="stereo",
            duration_seconds=1.0,
            frame_rate=Fraction(30000, 1001),
            start_timecode="01:00:00;00",
            tags={"title": "ü"},
        )
        views = {
            name: Waveform(
                samples=rng.standard_normal(8000).astype(np.float16), sample_rate_hz=8000
            )
            for name in ("mid", "side")
        }
        return Track(
            media=media,
            views=views,
            duration_seconds=1.0,
            applied={"zero": "container start", "gaps": []},
            warnings=("truncated",),
        )


def get(cache, decode, *, stream=None, run=None):
    return cache.track(decode.path, stream=stream, decode=decode, run=run or Run())


def test_a_track_comes_back_bit_for_bit(tmp_path, file):
    decode, cache = Decoder(file), TrackCache(tmp_path / "cache")

    first = get(cache, decode)
    forget_tracks()
    second = get(cache, decode)

    original = Decoder(file)(Run())
    assert decode.count == 1
    for track in (first, second):
        assert track.media == original.media
        assert (track.applied, track.warnings) == (original.applied, original.warnings)
        for name in ("mid", "side"):
            np.testing.assert_array_equal(track.view(name).samples, original.view(name).samples)
            assert track.view(name).samples.dtype == np.float16


def test_what_was_derived_stays_while_the_same_track_is_used(tmp_path, file):
    decode, cache = Decoder(file), TrackCache(tmp_path / "cache")
    get(cache, decode).derive("feature", lambda: 7)

    assert get(cache, decode).derive("feature", lambda: 8) == 7
    forget_tracks()
    assert get(cache, decode).derive("feature", lambda: 8) == 8


def test_a_changed_file_and_another_stream_are_decoded_anew(tmp_path, file):
    decode, cache = Decoder(file), TrackCache(tmp_path / "cache")
    get(cache, decode)

    get(cache, decode, stream=1)
    with open(file, "wb") as changed:
        changed.write(b"other")
    get(cache, decode)

    assert decode.count == 3


def test_two_who_want_the_same_file_decode_it_once(tmp_path, file):
    decode, cache = Decoder(file), TrackCache(tmp_path / "cache")
    decode.go.clear()
    threads = [threading.Thread(target=get, args=(cache, decode)) for _ in range(3)]

    for thread in threads:
        thread.start()
    decode.go.set()
    for thread in threads:
        thread.join()

    assert decode.count == 1


def test_who_waits_can_be_cancelled(tmp_path, file):
    decode, cache = Decoder(file), TrackCache(tmp_path / "cache")
    decode.go.clear()
    thread = threading.Thread(target=get, args=(cache, decode))
    thread.start()
    while not decode.count:
        pass

    with pytest.raises(AnalysisCancelled):
        get(cache, decode, run=Run(cancelled=lambda: True))

    decode.go.set()
    thread.join()


def test_a_decoder_that_fails_leaves_nothing(tmp_path, file):
    cache = TrackCache(tmp_path / "cache")

    def fail(run):
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        cache.track(file, stream=None, decode=fail, run=Run())

    folders = [entry for entry in (tmp_path / "cache" / "tracks").iterdir() if entry.is_dir()]
    assert folders == []
    assert get(cache, Decoder(file)).duration_seconds == 1.0


def test_a_track_that_does_not_fit_on_disk_is_used_all_the_same(tmp_path, file, monkeypatch):
    def full(path, samples):
        raise OSError(errno.ENOSPC, "No space left on device")

    decode, cache = Decoder(file), TrackCache(tmp_path / "cache")
    monkeypatch.setattr(np, "save", full)

    assert get(cache, decode).media.path == file
    assert get(cache, decode).media.path == file
    assert decode.count == 2
    assert [one.suffix for one in (tmp_path / "cache" / "tracks").iterdir()] == [".lock"]
