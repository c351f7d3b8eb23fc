"""The service as it is put together, not started."""

import importlib
import json
import subprocess
import sys

import pytest
from pydantic import BaseModel
from repository import ROOT

from app.api.help import help_of
from app.core.errors import CODE_BY_STATUS, STATUS_BY_ERROR, codes_by_status
from app.core.security import key_hash
from app.core.settings import InvalidSettings, Settings
from app.factory import create_app

REQUIRED = {
    ("POST", "/api/v1/analysis/sync"),
    ("GET", "/api/v1/analysis/{analysis_id}"),
    ("DELETE", "/api/v1/analysis/{analysis_id}"),
    ("POST", "/api/v1/analysis/batch"),
    ("GET", "/api/v1/analysis/"),
    ("GET", "/api/v1/files"),
    ("POST", "/api/v1/files/upload"),
    ("GET", "/api/v1/ai/models"),
    ("POST", "/api/v1/ai/sync"),
    ("GET", "/health"),
    ("GET", "/api/help"),
    ("GET", "/metrics"),
    ("GET", "/api/v1/analysis/{analysis_id}/events"),
}


def models_with_examples():
    for name in ("ai", "analysis", "batch", "common", "files", "health", "reports", "system"):
        for model in vars(importlib.import_module(f"app.models.{name}")).values():
            if isinstance(model, type) and issubclass(model, BaseModel):
                extra = model.model_config.get("json_schema_extra")
                if extra and model.__module__ == f"app.models.{name}":
                    yield model


def settings(folder, **fields):
    return Settings(
        _env_file=None,
        data_dir=folder / "data",
        upload_dir=folder / "uploads",
        mount_path=folder,
        log_file=folder / "logs" / "app.log",
        **fields,
    )


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    return create_app(settings(tmp_path_factory.mktemp("app"))).openapi()


def operations(document):
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def test_every_endpoint_of_the_requirement_is_there(document):
    assert set(operations(document)) >= REQUIRED


def test_no_cancellation_or_removal_counts_against_the_rate_limit(document):
    removals = [one for (method, _), one in operations(document).items() if method == "DELETE"]

    assert removals
    assert not [one["operationId"] for one in removals if "429" in one["responses"]]


@pytest.mark.parametrize("name", ["enabled_methods", "enabled_ai_models"])
def test_a_misspelt_method_or_model_stops_the_start(tmp_path, name):
    with pytest.raises(InvalidSettings, match=f"{name.upper()} names spectrall; choose from:"):
        create_app(settings(tmp_path, **{name: ("spectral", "spectrall")}))


def test_every_operation_says_what_it_does_and_how_it_fails(document):
    for key, operation in operations(document).items():
        assert operation.get("summary"), key
        assert operation.get("description"), key
        assert {"400", "500"} <= set(operation["responses"]), key
        for status, response in operation["responses"].items():
            if status.startswith("4"):
                schema = response["content"]["application/json"]["schema"]
                assert schema["$ref"].endswith("/ErrorResponse"), (key, status)


def test_every_json_body_has_an_example(document):
    for key, operation in operations(document).items():
        body = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if body is not None:
            [reference] = [
                one["$ref"]
                for one in body["schema"].get("anyOf", [body["schema"]])
                if "$ref" in one
            ]
            schema = document["components"]["schemas"][reference.rpartition("/")[2]]
            assert schema.get("examples"), key


def test_every_json_answer_has_an_example(document):
    for key, operation in operations(document).items():
        for status, response in operation["responses"].items():
            schema = response.get("content", {}).get("application/json", {}).get("schema", {})
            if "$ref" in schema:
                found = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
                assert found.get("examples"), (key, status)


@pytest.mark.parametrize("model", [*models_with_examples()], ids=lambda model: model.__name__)
def test_an_example_is_what_it_is_an_example_of(model):
    for example in model.model_config["json_schema_extra"]["examples"]:
        model.model_validate_json(json.dumps(example))


def test_the_document_lists_the_error_codes_by_status(document):
    listed = document["components"]["schemas"]["ErrorResponse"]["properties"]["error_code"]["enum"]
    raised = {vars(error)["error_code"] for error in STATUS_BY_ERROR}

    assert raised | set(CODE_BY_STATUS.values()) == set(listed)
    for key, operation in operations(document).items():
        for status, response in operation["responses"].items():
            if "ErrorResponse" in str(response):
                for code in codes_by_status()[int(status)]:
                    assert f"`{code}`" in response["description"], (key, status)


def test_the_document_names_the_methods_and_models_there_are(document):
    schema = document["components"]["schemas"]["SyncRequest"]["properties"]

    methods = schema["methods"]["anyOf"][0]["items"]["enum"]
    assert {"mfcc", "onset", "spectral", "correlation", "ai"} <= set(methods)
    assert {"wav2vec2", "yamnet", "spectral"} <= set(schema["ai_model"]["anyOf"][0]["enum"])


def test_the_help_has_a_curl_for_each_operation(document):
    entries = help_of(document, address="http://here:1")

    assert {(entry["method"], entry["path"]) for entry in entries} == set(operations(document))
    for entry in entries:
        assert entry["curl"].startswith("curl "), entry
        assert "http://here:1/" in entry["curl"]
        assert " -X HEAD" not in entry["curl"], "curl would wait for a body"
        assert "{" not in entry["curl"].partition(" -d ")[0].partition("-F")[0], entry


def test_with_keys_every_operation_but_health_asks_for_one(tmp_path):
    app = create_app(settings(tmp_path, api_keys=(key_hash("k"),)))

    for (method, path), operation in operations(app.openapi()).items():
        if path.startswith("/api/v1/"):
            assert operation["security"], (method, path)
            assert "401" in operation["responses"]
        else:
            assert "security" not in operation


def test_a_published_secret_on_a_public_address_is_refused(tmp_path):
    from app.core.settings import PLACEHOLDER_SECRET_KEY

    with pytest.raises(InvalidSettings, match="SECRET_KEY"):
        create_app(settings(tmp_path, host="0.0.0.0", secret_key=PLACEHOLDER_SECRET_KEY))


def test_a_folder_that_cannot_be_written_is_refused(tmp_path):
    (tmp_path / "data").write_text("a file")

    with pytest.raises(InvalidSettings, match="DATA_DIR"):
        create_app(settings(tmp_path))


def start(tmp_path, **variables):
    """Import main in a fresh process; return what it wrote and its exit code."""
    names = {"DATA_DIR": "data", "UPLOAD_DIR": "uploads", "LOG_FILE": "logs/app.log"}
    environment = {name: str(tmp_path / path) for name, path in names.items()} | variables
    program = (
        "import time, sys; import main; "
        "print(time.process_time(), [n for n in sys.modules if n in "
        "('torch', 'transformers', 'tensorflow', 'tensorflow_hub', 'librosa', 'matplotlib')])"
    )
    return subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PATH": "", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_service_is_ready_in_under_two_seconds_of_processor_without_heavy_libraries(tmp_path):
    done = start(tmp_path)

    seconds, _, heavy = done.stdout.strip().partition(" ")
    assert done.returncode == 0, done.stderr
    assert float(seconds) < 2.0
    assert heavy == "[]"


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"CACHE_TTL": "-1"}, "CACHE_TTL"),
        ({"DATA_DIR": "/proc/nowhere"}, "DATA_DIR"),
    ],
)
def test_what_keeps_it_from_starting_is_one_sentence(tmp_path, variables, sentence):
    done = start(tmp_path, **variables)

    assert done.returncode == 3
    assert done.stderr.startswith("The service cannot start. ")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_journal_is_said_in_one_sentence(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "jobs.sqlite3").write_bytes(b"broken" * 1000)

    done = start(tmp_path)

    assert done.returncode == 3
    assert "Move it away" in done.stderr
    assert "Traceback" not in done.stderr
