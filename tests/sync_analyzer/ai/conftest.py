"""Sound by seed, and tiny checkpoints of the real architectures."""

import numpy as np
import pytest

from sync_analyzer.ai.models import shared_store
from sync_analyzer.media.track import Media, Track, Waveform

RATE_HZ = 8000


def hits(seed, *, seconds, per_second=3.0):
    """Decaying tones and thuds at random times: what a master and its dub share."""
    rng = np.random.default_rng(seed)
    out = np.zeros(int(seconds * RATE_HZ))
    for _ in range(int(seconds * per_second)):
        t = np.arange(int(rng.uniform(0.1, 0.6) * RATE_HZ)) / RATE_HZ
        tone = np.sin(2 * np.pi * rng.uniform(150, 3500) * t)
        sound = (tone if rng.random() < 0.6 else rng.standard_normal(len(t))) * np.exp(-12 * t)
        at = int(rng.integers(0, len(out)))
        out[at : at + len(sound)] += rng.uniform(0.3, 1.0) * sound[: len(out) - at]
    return 0.2 * out


def talk(seed, *, seconds):
    """A buzzing voice that says something else for every seed."""
    rng = np.random.default_rng([seed, 9])
    count = int(seconds * RATE_HZ)
    turns = np.arange(0, count + 2000, 2000)
    pitch = np.interp(np.arange(count), turns, rng.uniform(90, 220, len(turns)))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE_HZ
    buzz = sum(np.sin(k * phase) / k for k in range(1, 12))
    knots = np.arange(0, count + 800, 800)
    loud = np.interp(np.arange(count), knots, rng.uniform(0, 1, len(knots)) ** 2)
    return 0.1 * buzz * loud


@pytest.fixture(name="track")
def _track():
    def make(samples, *, rate_hz=RATE_HZ):
        media = Media(
            path="made.wav",
            size_bytes=1,
            container="wav",
            stream=0,
            stream_count=1,
            codec="pcm_s16le",
            sample_rate_hz=rate_hz,
            channels=1,
            layout="mono",
            duration_seconds=len(samples) / rate_hz,
        )
        wave = Waveform(samples=np.asarray(samples, np.float16), sample_rate_hz=rate_hz)
        return Track(media=media, views={"mid": wave}, duration_seconds=len(samples) / rate_hz)

    return make


@pytest.fixture(name="shared_sound")
def _shared_sound():
    return hits


@pytest.fixture(name="voice")
def _voice():
    return talk


@pytest.fixture(autouse=True)
def _nothing_stays_loaded():
    yield
    shared_store().unload_idle()


@pytest.fixture(name="wav2vec2_folder", scope="session")
def _wav2vec2_folder(tmp_path_factory):
    """A checkpoint of the real architecture, small enough to make in a second."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    torch.manual_seed(0)
    config = transformers.Wav2Vec2Config(
        hidden_size=32,
        num_hidden_layers=4,
        num_attention_heads=2,
        intermediate_size=48,
        conv_dim=[16] * 7,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
    )
    folder = tmp_path_factory.mktemp("models") / "wav2vec2-base"
    transformers.Wav2Vec2Model(config).save_pretrained(folder)
    return folder
