import subprocess
import sys
from pathlib import Path

import numpy as np
import psutil
import pytest

from sync_analyzer.ai.catalogue import missing_packages
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.measures import best_line
from sync_analyzer.ai.yamnet import Yamnet
from sync_analyzer.ai.yamnet_client import YamnetEncoder
from sync_analyzer.errors import DetectorUnavailable, InvalidOption
from sync_analyzer.run import Run


@pytest.mark.slow
def test_yamnet_in_its_own_process_finds_a_delay_finer_than_its_own_hop(
    tmp_path, track, shared_sound
):
    if missing_packages("yamnet"):
        pytest.skip("TensorFlow is not installed")
    maker = Path(__file__).with_name("make_yamnet.py")
    made = subprocess.run(
        [sys.executable, str(maker), str(tmp_path / "yamnet")], capture_output=True
    )
    assert made.returncode == 0, made.stderr.decode()
    bed = shared_sound(1, seconds=40)
    late = np.pad(bed, (int(1.2 * 8000), 0))
    config = AiConfig(cache_dir=tmp_path)

    evidence = Yamnet(config=config).detect(track(bed), track(late), Run())

    assert evidence.lines[best_line(evidence)].offset_seconds == pytest.approx(-1.2, abs=0.04)
    assert evidence.resolution_seconds == pytest.approx(0.04)
    assert evidence.metadata["peak_memory_mib"] > 50
    assert "tensorflow" not in sys.modules
    with Yamnet(config=config).encoder(device="cpu") as encoder:
        window = 0.1 * np.random.default_rng(0).standard_normal((1, 16000 * 4))
        assert encoder.encode(window.astype(np.float32)).shape == (1, 96, 1024)
        process = encoder._process
        encoder.close()
    assert not psutil.pid_exists(process.pid)


def test_a_model_process_that_cannot_start_says_why(tmp_path, monkeypatch):
    (tmp_path / "tensorflow.py").write_text("raise ImportError('no TensorFlow for this test')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(
        DetectorUnavailable, match=r"its process ended .*no TensorFlow for this test"
    ):
        YamnetEncoder(tmp_path, step_samples=640, device="cpu")


def test_missing_weights_name_the_command_that_fetches_them(tmp_path):
    if missing_packages("yamnet"):
        pytest.skip("TensorFlow is not installed")
    with (
        pytest.raises(DetectorUnavailable, match="sync-analyzer models fetch yamnet"),
        Yamnet(config=AiConfig(cache_dir=tmp_path)).encoder(device="cpu"),
    ):
        pass


@pytest.mark.parametrize("step_seconds", [0.48 / 7, 0.001, 0.0])
def test_a_step_that_does_not_divide_the_patch_hop_is_refused(step_seconds):
    with (
        pytest.raises(InvalidOption, match="step_seconds"),
        Yamnet(step_seconds=step_seconds).encoder(device="cpu"),
    ):
        pass
