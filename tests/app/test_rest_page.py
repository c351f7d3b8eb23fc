"""docs/rest.md describes what there is."""

import re

import pytest
from repository import ROOT

from app.core.settings import Settings
from app.factory import create_app

PAGE = (ROOT / "docs" / "rest.md").read_text()


@pytest.fixture(scope="module")
def operations(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rest")
    settings = Settings(
        _env_file=None,
        data_dir=folder / "data",
        upload_dir=folder / "uploads",
        log_file=folder / "app.log",
    )
    app = create_app(settings)
    paths = app.openapi()["paths"] | app.state.protocols
    return {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods}


def test_every_endpoint_is_on_the_page(operations):
    described = set(re.findall(r"^(?:## |- )([A-Z]+ /\S*[^\s:])", PAGE, re.MULTILINE))

    assert described == operations


def test_every_command_asks_for_something_that_exists(operations):
    patterns = {re.sub(r"\{\w+\}", "[^/ ?]+", one.partition(" ")[2]) for one in operations}
    asked = re.findall(r"http://localhost:8000(/[^\"'?\s$]*)", PAGE)

    assert asked
    for path in asked:
        assert any(re.fullmatch(pattern, path) for pattern in patterns), path


def test_the_python_on_the_page_runs():
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(block, "docs/rest.md", "exec"), {})


def test_every_setting_the_pages_name_exists():
    jobs = (ROOT / "docs" / "jobs.md").read_text()
    named = set(re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", PAGE + jobs))
    settings = {name.upper() for name in Settings.model_fields}
    errors = (ROOT / "docs" / "errors.md").read_text()

    assert {name for name in named - settings if f"`{name}`" not in errors} == set()
