from fastapi.testclient import TestClient

from app.core.settings import Settings
from app.factory import create_app
from app.services.gpus import gpus


def test_the_gpus_are_listed_and_without_one_the_list_is_empty(tmp_path):
    settings = Settings(
        _env_file=None,
        mount_path=tmp_path,
        upload_dir=tmp_path / "uploads",
        data_dir=tmp_path / "data",
        log_file=tmp_path / "app.log",
        secret_key="a key for tests only",
        use_gpu=True,
    )

    with TestClient(create_app(settings)) as client:
        said = client.get("/api/v1/system/gpus")

    assert said.status_code == 200
    assert len(said.json()["gpus"]) == len(gpus())
    assert said.json()["use_gpu"] is True
