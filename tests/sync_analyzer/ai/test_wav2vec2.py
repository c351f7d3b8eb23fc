import json
import os
import shutil

import numpy as np
import pytest

from sync_analyzer.ai import checksums
from sync_analyzer.ai.batching import Batcher
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.measures import best_line
from sync_analyzer.ai.wav2vec2 import Wav2Vec2
from sync_analyzer.errors import DetectorUnavailable, InvalidOption
from sync_analyzer.run import Run

pytest.importorskip("torch")
pytest.importorskip("transformers")


@pytest.fixture(name="config")
def _config(wav2vec2_folder):
    return AiConfig(cache_dir=wav2vec2_folder.parent)


def test_finds_a_delay_of_whole_frames_with_the_right_sign(config, track, shared_sound):
    bed = shared_sound(1, seconds=45)
    late = np.pad(bed, (16000, 0))

    evidence = Wav2Vec2(config=config).detect(track(bed), track(late), Run())

    best = evidence.lines[best_line(evidence)]
    assert best.offset_seconds == pytest.approx(-2.0, abs=0.02)
    assert evidence.resolution_seconds == pytest.approx(0.02)
    said = evidence.metadata
    assert (said["model"], said["layer"], said["device"]) == ("wav2vec2", 2, "cpu")
    assert said["total_windows_processed"] >= 4
    assert said["peak_memory_mib"] > 0


def test_two_silent_files_do_not_match_at_lag_zero(config, track):
    silence = np.zeros(8000 * 45)

    evidence = Wav2Vec2(config=config).detect(track(silence), track(silence.copy()), Run())

    assert evidence.lines == ()


def test_two_noises_do_not_match_at_lag_zero(config, track):
    rng = np.random.default_rng(0)

    evidence = Wav2Vec2(config=config).detect(
        track(0.1 * rng.standard_normal(8000 * 60)),
        track(0.1 * rng.standard_normal(8000 * 60)),
        Run(),
    )

    assert not any(abs(line.offset_seconds) < 1.0 for line in evidence.lines)


def test_the_chosen_layer_is_the_same_as_that_of_the_whole_network(config, wav2vec2_folder):
    import torch
    from transformers import Wav2Vec2Model

    whole = Wav2Vec2Model.from_pretrained(wav2vec2_folder, local_files_only=True).eval()
    window = np.random.default_rng(0).standard_normal((1, 32000)).astype(np.float32)
    padded = np.pad(window, ((0, 0), (40, 40)))
    with torch.inference_mode():
        truth = whole(torch.from_numpy(padded), output_hidden_states=True).hidden_states[2]

    with Wav2Vec2(config=config).encoder(device="cpu") as encoder:
        found = encoder.encode(window)

    assert found.shape == (1, 100, 32)
    np.testing.assert_allclose(found, truth.numpy(), atol=1e-4)


def test_shifted_passes_interleave_to_a_finer_step(config):
    window = np.random.default_rng(0).standard_normal((1, 32000)).astype(np.float32)
    later = np.pad(window, ((0, 0), (0, 160)))[:, 160:]

    with Wav2Vec2(config=config, shifts=2).encoder(device="cpu") as encoder:
        assert encoder.step_samples == 160
        fine, moved = encoder.encode(window), encoder.encode(later)

    assert fine.shape == (1, 200, 32)
    middle = slice(60, 130)
    np.testing.assert_allclose(fine[0, 1:][middle], moved[0][middle], atol=0.2)


@pytest.mark.parametrize("where", ["in the network", "after it"])
def test_a_gpu_that_runs_out_of_memory_gets_half_as_many_windows(config, monkeypatch, where):
    import torch

    sizes = []

    def full(number):
        if number > 2:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        sizes.append(number)

    with Wav2Vec2(config=config, shifts=2).encoder(device="cpu") as encoder:
        whole, stack = encoder._model.forward, torch.stack

        def forward(values, **options):
            if where == "in the network":
                full(len(values))
            return whole(values, **options)

        def stacked(passes, dim):
            if where == "after it":
                full(len(passes[0]))
            return stack(passes, dim=dim)

        monkeypatch.setattr(encoder._model, "forward", forward)
        monkeypatch.setattr(torch, "stack", stacked)
        batcher = Batcher(encoder.encode, batch_size=8, model="wav2vec2")
        found = batcher.run([np.full(6400, k, np.float32) for k in range(8)])

    assert len(found) == 8
    assert batcher.batch_size == 2
    assert set(sizes) == {2}


@pytest.mark.parametrize(("given", "kept"), [(None, "1"), ("0", "0")])
def test_large_pages_are_asked_for_unless_the_operator_says_otherwise(
    config, monkeypatch, given, kept
):
    monkeypatch.setenv("THP_MEM_ALLOC_ENABLE", given or "")
    if given is None:
        monkeypatch.delenv("THP_MEM_ALLOC_ENABLE")

    with Wav2Vec2(config=config).encoder(device="cpu"):
        assert os.environ["THP_MEM_ALLOC_ENABLE"] == kept


def test_a_layer_the_checkpoint_lacks_is_refused(config):
    asked = AiConfig(cache_dir=config.cache_dir, wav2vec2_layer=9)

    with (
        pytest.raises(InvalidOption, match="AI_WAV2VEC2_LAYER"),
        Wav2Vec2(config=asked).encoder(device="cpu"),
    ):
        pass


def test_missing_weights_name_the_command_that_fetches_them(tmp_path):
    with (
        pytest.raises(DetectorUnavailable, match="sync-analyzer models fetch wav2vec2"),
        Wav2Vec2(config=AiConfig(cache_dir=tmp_path)).encoder(device="cpu"),
    ):
        pass


def test_a_damaged_checkpoint_is_refused_before_it_is_loaded(tmp_path, wav2vec2_folder):
    folder = tmp_path / "wav2vec2-base"
    shutil.copytree(wav2vec2_folder, folder)
    checksums.record(folder)
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)

    with (
        pytest.raises(DetectorUnavailable, match=r"model\.safetensors"),
        Wav2Vec2(config=AiConfig(cache_dir=tmp_path)).encoder(device="cpu"),
    ):
        pass


def test_a_checkpoint_that_does_not_load_says_which(tmp_path, wav2vec2_folder):
    folder = tmp_path / "wav2vec2-base"
    shutil.copytree(wav2vec2_folder, folder)
    (folder / "config.json").write_text("not json")

    with (
        pytest.raises(DetectorUnavailable, match="does not load"),
        Wav2Vec2(config=AiConfig(cache_dir=tmp_path)).encoder(device="cpu"),
    ):
        pass


def test_a_checkpoint_with_another_frame_is_refused(tmp_path, wav2vec2_folder):
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    options = json.loads((wav2vec2_folder / "config.json").read_text())
    options["conv_stride"] = [5, 2, 2, 2, 2, 2, 1]
    Wav2Vec2Model(Wav2Vec2Config(**options)).save_pretrained(tmp_path / "wav2vec2-base")

    with (
        pytest.raises(DetectorUnavailable, match="160 samples"),
        Wav2Vec2(config=AiConfig(cache_dir=tmp_path)).encoder(device="cpu"),
    ):
        pass


def test_a_gpu_that_is_not_there_is_a_clear_error(config):
    import torch

    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    with (
        pytest.raises(DetectorUnavailable, match="USE_GPU=false"),
        Wav2Vec2(config=config).encoder(device="cuda:0"),
    ):
        pass


@pytest.mark.gpu
def test_on_a_gpu_the_model_runs_in_half_precision_and_reports_its_memory(
    config, track, shared_sound
):
    import torch

    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    bed = shared_sound(1, seconds=45)

    evidence = Wav2Vec2(config=config).detect(
        track(bed), track(np.pad(bed, (16000, 0))), Run(device="cuda:0")
    )

    assert evidence.lines[best_line(evidence)].offset_seconds == pytest.approx(-2.0, abs=0.02)
    assert evidence.metadata["precision"] == "float16"
    assert evidence.metadata["gpu_memory_used"].endswith("MiB")
