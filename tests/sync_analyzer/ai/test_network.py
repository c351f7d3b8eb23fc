import json

import numpy as np
import pytest

from sync_analyzer.ai import network
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.network import power_spectra, spectral_encoder, verified_weights
from sync_analyzer.errors import DetectorUnavailable


@pytest.fixture(name="copied_weights")
def _copied_weights(tmp_path):
    copy = tmp_path / network.WEIGHTS.name
    copy.write_bytes(network.WEIGHTS.read_bytes())
    copy.with_suffix(".json").write_text(network.WEIGHTS.with_suffix(".json").read_text())
    return copy


def test_the_shipped_weights_are_small_and_what_was_recorded():
    assert len(verified_weights(network.WEIGHTS)) < 5_000_000


def test_the_card_beside_the_weights_tells_how_they_were_made():
    card = json.loads(network.WEIGHTS.with_suffix(".json").read_text())

    assert {"sha256", "seed", "steps", "reels", "espeak_ng", "dialogue_db"} <= set(card)


def test_one_changed_byte_is_refused(copied_weights):
    content = bytearray(copied_weights.read_bytes())
    content[len(content) // 2] ^= 1
    copied_weights.write_bytes(content)

    with pytest.raises(DetectorUnavailable, match="checksum differs"):
        verified_weights(copied_weights)


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(DetectorUnavailable, match="weights are missing"):
        verified_weights(tmp_path / "spectral.onnx")


def test_spectra_show_a_tone_in_its_bin_and_stand_at_the_frame_centre():
    samples = np.zeros((1, 8000), np.float32)
    samples[0, 4000:] = np.sin(2 * np.pi * 1000 * np.arange(4000) / 8000)

    power = power_spectra(samples)[0]

    assert power.shape == (100, 257)
    assert power[80].argmax() == 64
    assert power[40].sum() < 1e-3 * power[80].sum()
    assert power[60].sum() > 0.5 * power[80].sum()


def test_embeddings_come_every_20_ms_and_one_window_does_not_change_another():
    windows = np.random.default_rng(0).standard_normal((2, 8000 * 4)).astype(np.float32)

    with spectral_encoder(device="cpu", config=AiConfig()) as encoder:
        both = encoder.encode(windows)
        alone = encoder.encode(windows[:1])

    assert both.shape == (2, 200, encoder.dimensions)
    np.testing.assert_allclose(both[:1], alone, atol=1e-4)


def test_a_gpu_that_onnxruntime_cannot_use_falls_back_to_the_cpu_and_says_so():
    with spectral_encoder(device="cuda:0", config=AiConfig()) as encoder:
        said = encoder.describe()

    assert (said["device"], said["gpu_used"]) in {("cpu", False), ("cuda:0", True)}
