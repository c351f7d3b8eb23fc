"""The sample pair holds the truth it claims, and nothing else that two dubs would not share."""

import numpy as np
import pytest
import soundfile
from scipy.fft import irfft, rfft

from sync_analyzer.samples import SamplePair, scenes, write_pair
from sync_analyzer.samples.bed import SCENE_SECONDS, bed_scene
from sync_analyzer.samples.voice import DUB_SPEAKER, MASTER_SPEAKER, voice_scene

RATE_HZ = 16_000


def delay_samples(master, dub):
    """Return by how many samples the dub lies behind, from the plain correlation."""
    size = 1 << (len(master) + len(dub)).bit_length()
    curve = irfft(np.conj(rfft(master, size)) * rfft(dub, size), size)
    peak = int(np.argmax(curve))
    return peak - size if peak > size // 2 else peak


@pytest.mark.parametrize("offset_seconds", [-2.456, 0.75])
def test_the_files_lie_as_far_apart_as_the_recipe_says(tmp_path, offset_seconds):
    pair = SamplePair(n_scenes=2, offset_seconds=offset_seconds, sample_rate_hz=RATE_HZ)
    master_path, dub_path = tmp_path / "master.wav", tmp_path / "dub.flac"

    write_pair(pair, master_path=master_path, dub_path=dub_path)

    master, rate_hz = soundfile.read(master_path)
    dub, _ = soundfile.read(dub_path)
    assert rate_hz == RATE_HZ
    assert len(master) == pair.duration_seconds * RATE_HZ
    assert delay_samples(master[:, 0] - master[:, 1], dub[:, 0] - dub[:, 1]) == -pair.offset_samples


def test_only_the_voice_differs_between_master_and_dub():
    pair = SamplePair(n_scenes=1, sample_rate_hz=RATE_HZ, dub_gain=1.0)

    ((master, dub),) = scenes(pair)

    np.testing.assert_allclose(
        master[:, 0] - master[:, 1], dub[:, 0] - dub[:, 1], atol=1e-6, rtol=0
    )
    assert np.abs(master - dub).max() > 0.1


def test_the_voices_share_nothing():
    master = voice_scene(MASTER_SPEAKER, seed=1, index=0)
    dub = voice_scene(DUB_SPEAKER, seed=1, index=0)

    likeness = np.correlate(master, dub) / (np.linalg.norm(master) * np.linalg.norm(dub))

    assert abs(float(likeness[0])) < 0.05


def test_the_same_seed_gives_the_same_scene_and_another_index_another_one():
    first = bed_scene(seed=4, index=0, sample_rate_hz=RATE_HZ)

    again = bed_scene(seed=4, index=0, sample_rate_hz=RATE_HZ)
    other = bed_scene(seed=4, index=1, sample_rate_hz=RATE_HZ)

    assert first.shape == (SCENE_SECONDS * RATE_HZ, 2)
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)


def test_nothing_clips():
    for master, dub in scenes(SamplePair(n_scenes=3, sample_rate_hz=RATE_HZ)):
        assert max(np.abs(master).max(), np.abs(dub).max()) < 0.9
