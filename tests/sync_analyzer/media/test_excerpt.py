"""A stretch read from the middle equals the same stretch of the whole."""

import subprocess

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.errors import MediaNotFound
from sync_analyzer.media.excerpt import read_excerpt, read_mono
from sync_analyzer.media.probe import probe

RATE_HZ = 48_000


@pytest.fixture(scope="module")
def programme(tmp_path_factory):
    """Return a wav file of 20 s and its samples, shape (n, 2)."""
    path = tmp_path_factory.mktemp("excerpt") / "programme.wav"
    samples = 0.1 * np.random.default_rng(5).standard_normal((20 * RATE_HZ, 2))
    sf.write(path, samples, RATE_HZ, subtype="PCM_24")
    return path, sf.read(path, dtype="float32")[0]


@pytest.mark.parametrize("start_seconds", [0.0, 0.3, 7.123, 19.5])
def test_a_stretch_of_a_wav_file_is_exact(programme, start_seconds):
    path, samples = programme

    excerpt = read_excerpt(probe(str(path)), start_seconds=start_seconds, duration_seconds=0.5)

    first = round(start_seconds * RATE_HZ)
    assert np.array_equal(excerpt.T, samples[first : first + RATE_HZ // 2])


def test_outside_the_file_there_is_silence(programme):
    path, samples = programme
    media = probe(str(path))

    before = read_excerpt(media, start_seconds=-1.0, duration_seconds=2.0)
    after = read_excerpt(media, start_seconds=19.0, duration_seconds=2.0)

    assert not before[:, :RATE_HZ].any()
    assert np.array_equal(before[:, RATE_HZ:].T, samples[:RATE_HZ])
    assert np.array_equal(after[:, :RATE_HZ].T, samples[19 * RATE_HZ :])
    assert not after[:, RATE_HZ:].any()


@pytest.mark.parametrize("suffix", ["flac", "m4a", "mp3", "opus", "mka", "ts"])
def test_a_stretch_lies_where_the_whole_decode_puts_it(programme, tmp_path, suffix):
    path, _ = programme
    coded = tmp_path / f"coded.{suffix}"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", path, coded]
    subprocess.run([str(part) for part in command], check=True, timeout=60)
    media = probe(str(coded))

    whole = read_mono(media, start_seconds=0.0, duration_seconds=20.0)
    part = read_mono(media, start_seconds=12.25, duration_seconds=1.0)

    wanted = whole[int(12.25 * RATE_HZ) : int(13.25 * RATE_HZ)]
    assert np.abs(part - wanted).max() < 0.05 * np.abs(wanted).max()


def test_a_file_that_is_gone_is_said_to_be(programme, tmp_path):
    path, _ = programme
    copy = tmp_path / "copy.wav"
    copy.write_bytes(path.read_bytes())
    media = probe(str(copy))
    copy.unlink()

    with pytest.raises(MediaNotFound):
        read_excerpt(media, start_seconds=0.0, duration_seconds=1.0)
