import io
import time

import numpy as np
import pytest
import soundfile
from fastapi.testclient import TestClient

from app.core.settings import Settings
from app.factory import create_app


@pytest.fixture(name="folder", scope="module")
def _folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    media = folder / "media"
    media.mkdir()
    rng = np.random.default_rng(0)
    bed = np.zeros(8000 * 30)
    for at in rng.integers(0, len(bed) - 4000, 90):
        bed[at : at + 4000] += rng.standard_normal(4000) * np.exp(-np.arange(4000) / 300)
    soundfile.write(media / "master.wav", 0.1 * bed, 8000)
    soundfile.write(media / "dub.wav", 0.1 * np.pad(bed, (12000, 0)), 8000)
    return folder


@pytest.fixture(name="client", scope="module")
def _client(folder):
    settings = Settings(
        _env_file=None,
        mount_path=folder / "media",
        upload_dir=folder / "uploads",
        data_dir=folder / "data",
        log_file=folder / "logs" / "app.log",
        ai_model_cache_dir=folder / "models",
        enabled_ai_models=("spectral", "wav2vec2"),
        enable_rate_limiting=False,
        secret_key="a key for tests only",
        use_gpu=False,
    )
    with TestClient(create_app(settings)) as client:
        yield client


def finished(client, url):
    deadline = time.monotonic() + 120
    while (said := client.get(url).json())["status"] in ("pending", "processing"):
        assert time.monotonic() < deadline, said
        time.sleep(0.1)
    return said


def test_the_models_are_listed_with_what_is_missing_and_how_to_get_it(client):
    said = client.get("/api/v1/ai/models")

    models = {model["name"]: model for model in said.json()["models"]}
    assert said.status_code == 200
    assert models["spectral"]["available"]
    assert models["spectral"]["device"] == "cpu"
    assert models["wav2vec2"]["command"]
    assert "yamnet" not in models  # switched off


def test_embeddings_of_one_file_can_be_fetched_where_the_result_says(client):
    started = client.post(
        "/api/v1/ai/sync",
        json={
            "audio_file": "master.wav",
            "model": "spectral",
            "extract_embeddings": True,
            "analyze_sync": False,
        },
    )
    assert started.status_code == 202, started.text
    said = finished(client, started.json()["status_url"])

    assert said["status"] == "completed", said
    assert said["progress"] == 100.0
    embeddings = said["result"]["embeddings"]["audio"]
    archive = client.get(embeddings["url"])
    assert archive.status_code == 200
    with np.load(io.BytesIO(archive.content), allow_pickle=False) as saved:
        assert saved["embeddings"].shape == (embeddings["frames"], embeddings["dimensions"])
        assert str(saved["model"]) == "spectral"
    missing = client.get(embeddings["url"].replace("/audio", "/dub"))
    assert missing.status_code == 409
    assert "it has: audio" in missing.json()["error"]


def test_master_and_dub_are_compared_by_one_model(client):
    started = client.post(
        "/api/v1/ai/sync",
        json={
            "master_file": "master.wav",
            "dub_file": "dub.wav",
            "model": "spectral",
            "analyze_sync": True,
        },
    )
    assert started.status_code == 202, started.text
    said = finished(client, started.json()["status_url"])

    assert said["status"] == "completed", said
    assert said["result"]["sync"]["ai_result"]["model"] == "spectral"
    offset = said["result"]["sync"]["consensus_offset"]["offset_seconds"]
    assert offset == pytest.approx(-1.5, abs=0.02)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"extract_embeddings": True}, 422, "VALIDATION_ERROR"),
        ({"audio_file": "master.wav"}, 422, "VALIDATION_ERROR"),
        ({"audio_file": "master.wav", "analyze_sync": True}, 422, "VALIDATION_ERROR"),
        ({"master_file": "master.wav", "analyze_sync": True}, 422, "VALIDATION_ERROR"),
        (
            {"audio_file": "master.wav", "dub_file": "dub.wav", "extract_embeddings": True},
            422,
            "VALIDATION_ERROR",
        ),
        (
            {"audio_file": "master.wav", "extract_embeddings": True, "model": "whisper"},
            422,
            "UNKNOWN_METHOD",
        ),
        (
            {"audio_file": "master.wav", "extract_embeddings": True, "model": "yamnet"},
            403,
            "METHOD_DISABLED",
        ),
        (
            {"audio_file": "master.wav", "extract_embeddings": True, "model": "wav2vec2"},
            409,
            "METHOD_UNAVAILABLE",
        ),
        ({"audio_file": "none.wav", "extract_embeddings": True}, 404, "FILE_NOT_FOUND"),
        ({"audio_file": "../../etc/passwd", "extract_embeddings": True}, 403, "PATH_NOT_ALLOWED"),
        (
            {"master_file": "dub.wav", "dub_file": "dub.wav", "analyze_sync": True},
            422,
            "SAME_FILE",
        ),
    ],
)
def test_what_cannot_work_is_refused_with_its_code(client, body, status, code):
    said = client.post("/api/v1/ai/sync", json=body)

    assert (said.status_code, said.json()["error_code"]) == (status, code)
    assert said.json()["error"]


def test_a_missing_model_says_the_command_that_provides_it(client):
    said = client.post(
        "/api/v1/ai/sync",
        json={"audio_file": "master.wav", "extract_embeddings": True, "model": "wav2vec2"},
    )

    assert said.json()["details"]["command"] in (
        "pip install -r requirements-ai.txt",
        "sync-analyzer models fetch wav2vec2",
    )


def test_an_unknown_id_is_not_found_by_any_verb(client):
    url = "/api/v1/ai/sync/ai_20250101_000000_00000000"

    assert client.get(url).status_code == 404
    assert client.delete(url).status_code == 404
    assert client.get(f"{url}/embeddings/audio").status_code == 404


def test_finished_work_cannot_be_cancelled(client):
    body = {"audio_file": "dub.wav", "extract_embeddings": True}
    started = client.post("/api/v1/ai/sync", json=body).json()
    finished(client, started["status_url"])

    assert client.delete(started["status_url"]).status_code == 409
