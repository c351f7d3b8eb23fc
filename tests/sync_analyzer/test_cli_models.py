import pytest
from typer.testing import CliRunner

from sync_analyzer.cli_models import app


@pytest.fixture(name="run_command")
def _run_command(tmp_path, monkeypatch):
    monkeypatch.setenv("AI_MODEL_CACHE_DIR", str(tmp_path / "models"))
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture(name="copy_of_a_checkpoint")
def _copy_of_a_checkpoint(tmp_path):
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def test_list_names_every_model_and_how_to_provide_it(run_command):
    told = run_command("list")

    assert told.exit_code == 0
    assert "spectral: available" in told.output
    assert "to provide it: " in told.output


def test_fetch_from_a_folder_then_verify_then_damage(run_command, copy_of_a_checkpoint, tmp_path):
    pytest.importorskip("transformers")
    assert run_command("fetch", "wav2vec2", "--from", str(copy_of_a_checkpoint)).exit_code == 0
    assert "is whole" in run_command("verify", "wav2vec2").output

    weights = tmp_path / "models" / "wav2vec2-base" / "model.safetensors"
    weights.write_bytes(b"Weights")
    told = run_command("verify", "wav2vec2")

    assert told.exit_code == 3
    assert "model.safetensors" in told.output


def test_verify_of_a_folder_without_checksums_asks_to_record_them(
    run_command, copy_of_a_checkpoint, tmp_path
):
    pytest.importorskip("transformers")
    copy_of_a_checkpoint.rename(tmp_path / "wav2vec2-base")

    told = run_command("verify", "wav2vec2", "--dir", str(tmp_path))
    assert told.exit_code == 3
    assert "--record" in told.output

    assert run_command("verify", "wav2vec2", "--dir", str(tmp_path), "--record").exit_code == 0
    assert run_command("verify", "wav2vec2", "--dir", str(tmp_path)).exit_code == 0


def test_the_shipped_model_verifies(run_command):
    assert run_command("verify", "spectral").exit_code == 0


def test_an_unknown_model_is_one_sentence_and_no_trace(run_command):
    told = run_command("fetch", "whisper")

    assert told.exit_code == 3
    assert told.output.startswith("error: Unknown method 'whisper'")
