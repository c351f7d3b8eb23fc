import numpy as np
import pytest
import soundfile
from service_parts import worker_config

from app.services.ai_task import embeddings_path, run
from sync_analyzer.errors import AudioTooShort, SyncAnalyzerError
from sync_analyzer.run import Run


@pytest.fixture(name="files")
def _files(tmp_path):
    rng = np.random.default_rng(0)
    bed = np.zeros(8000 * 30)
    for at in rng.integers(0, len(bed) - 4000, 90):
        bed[at : at + 4000] += rng.standard_normal(4000) * np.exp(-np.arange(4000) / 300)
    for name, samples in (("master", bed), ("dub", np.pad(bed, (12000, 0)))):
        soundfile.write(tmp_path / f"{name}.wav", 0.1 * samples, 8000)
    return {name: str(tmp_path / f"{name}.wav") for name in ("master", "dub")}


def task_for(files, **changes):
    task = {"model": "spectral", "name": "ai_1", "url": "/x", "files": files, "pair": None}
    return {**task, **changes}


def test_embeddings_of_every_file_are_saved_and_described(files, tmp_path):
    config = worker_config(tmp_path)

    done = run(task_for(files), Run(), config)

    for role in ("master", "dub"):
        said = done.result["embeddings"][role]
        path = embeddings_path(config.data_dir, f"ai_1.{role}")
        assert said["url"] == f"/x/{role}"
        with np.load(path) as saved:
            assert len(saved["embeddings"]) == said["frames"]


def test_a_comparison_by_one_model_holds_the_fields_of_an_ai_result(files, tmp_path):
    pair = [files["master"], files["dub"]]

    done = run(task_for({}, pair=pair), Run(), worker_config(tmp_path))

    found = done.result["sync"]["ai_result"]
    assert found["model"] == "spectral"
    assert {"embedding_similarity", "temporal_consistency", "model_confidence"} <= set(found)
    assert found["model_metadata"]["offset_seconds"] == pytest.approx(-1.5, abs=0.02)


def test_an_unknown_model_ends_as_a_library_error(files, tmp_path):
    with pytest.raises(SyncAnalyzerError, match="Unknown method 'whisper'"):
        run(task_for(files, model="whisper"), Run(), worker_config(tmp_path))


def test_a_file_too_short_to_compare_is_a_clear_error(files, tmp_path):
    short = tmp_path / "short.wav"
    soundfile.write(short, np.zeros(800), 8000)

    with pytest.raises(AudioTooShort):
        run(task_for({}, pair=[files["master"], str(short)]), Run(), worker_config(tmp_path))
