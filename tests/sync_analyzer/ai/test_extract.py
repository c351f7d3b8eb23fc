import numpy as np
import pytest
import soundfile

from sync_analyzer.ai.extract import extract
from sync_analyzer.errors import AnalysisCancelled, MediaNotFound, UnknownDetector
from sync_analyzer.run import Run


@pytest.fixture(name="audio_file")
def _audio_file(tmp_path, shared_sound):
    path = tmp_path / "sound.wav"
    soundfile.write(path, shared_sound(1, seconds=35), 8000)
    return path


def test_the_archive_holds_embeddings_times_model_and_layer(audio_file, tmp_path):
    target = tmp_path / "out" / "e.npz"
    heard = []

    said = extract(
        str(audio_file),
        target,
        model="spectral",
        run=Run(progress=lambda _, words: heard.append(words)),
    )

    with np.load(target, allow_pickle=False) as saved:
        assert saved["embeddings"].shape == (said["frames"], said["dimensions"]) == (1750, 24)
        assert saved["times_seconds"][0] == pytest.approx(0.01)
        assert np.diff(saved["times_seconds"]) == pytest.approx(0.02)
        assert saved["heard"].mean() > 0.5
        assert str(saved["model"]) == "spectral"
        assert str(saved["layer"]) == said["layer"]
    assert said["size_bytes"] == target.stat().st_size
    assert said["model_metadata"]["total_windows_processed"] >= 2
    assert any("Embeddings - Processing window 1/" in words for words in heard)
    assert heard[-1] == "AI Analysis: Complete! (100%)"


def test_a_cancelled_extraction_leaves_no_file(audio_file, tmp_path):
    heard = []
    run = Run(
        progress=lambda _, words: heard.append(words),
        cancelled=lambda: any("window" in words for words in heard),
    )

    with pytest.raises(AnalysisCancelled):
        extract(str(audio_file), tmp_path / "e.npz", model="spectral", run=run)

    assert sorted(p.name for p in tmp_path.iterdir()) == ["sound.wav"]


def test_a_missing_file_and_an_unknown_model_are_clear_errors(tmp_path, audio_file):
    with pytest.raises(MediaNotFound):
        extract(str(tmp_path / "no.wav"), tmp_path / "e.npz", model="spectral", run=Run())
    with pytest.raises(UnknownDetector):
        extract(str(audio_file), tmp_path / "e.npz", model="whisper", run=Run())
