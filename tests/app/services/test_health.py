import asyncio
import shutil

import pytest

from app.core.settings import Settings
from app.services.ai_environment import ai_config
from app.services.errors import StoreUnavailable
from app.services.file_lock import FileLock
from app.services.health import Health
from app.services.memory_store import MemoryJobStore
from app.services.runner import Runner


class BrokenStore(MemoryJobStore):
    def counts(self):
        raise StoreUnavailable(reason="disk I/O error")


@pytest.fixture
def settings(tmp_path):
    made = Settings(
        _env_file=None,
        data_dir=tmp_path / "data",
        upload_dir=tmp_path / "uploads",
        mount_path=tmp_path,
        log_file=tmp_path / "app.log",
        ai_model_cache_dir=tmp_path / "models",
    )
    made.data_dir.mkdir()
    made.upload_dir.mkdir()
    return made


def look(settings, store):
    runner = Runner(FileLock(settings.data_dir / "lock"), lambda: None)
    return asyncio.run(Health(settings, store, runner, ai_config(settings)).current())


def test_a_service_with_all_it_needs_is_healthy(settings):
    seen = look(settings, MemoryJobStore())

    assert (seen["status"], seen["problems"], seen["warnings"]) == ("healthy", [], [])
    assert seen["disk"]["uploads"]["total_bytes"] > 0


def test_a_folder_that_was_removed_is_a_problem_and_no_failure(settings):
    shutil.rmtree(settings.upload_dir)

    seen = look(settings, MemoryJobStore())

    assert (seen["status"], seen["ready"]) == ("degraded", True)
    assert seen["problems"] == ["the folder of uploads is gone"]


def test_without_its_journal_the_service_is_not_ready(settings):
    seen = look(settings, BrokenStore())

    assert (seen["status"], seen["ready"]) == ("unhealthy", False)
    assert seen["problems"] == ["the job journal cannot be read"]
