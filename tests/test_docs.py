"""The documents lead somewhere, their examples run, and nothing a user meets is missing."""

import doctest
import importlib
import re

import pytest
from repository import PACKAGES, ROOT, files, python_files, read

from app.core.errors import STATUS_BY_ERROR
from app.core.settings import Settings

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DOCUMENTS = [path for path in files() if path.suffix == ".md"]


@pytest.mark.parametrize("path", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(path):
    targets = [
        one for one in LINK.findall(read(path)) if not one.startswith(("http", "#", "mailto"))
    ]
    broken = [
        target
        for target in targets
        if not ((ROOT / path).parent / target.partition("#")[0]).resolve().exists()
    ]

    assert broken == []


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if ">>> " in read(path)], ids=str)
def test_examples_in_documents_run(path):
    failed, tried = doctest.testfile(str(ROOT / path), module_relative=False)

    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize(
    "path", [path for path in python_files(*PACKAGES) if ">>> " in read(path)], ids=str
)
def test_examples_in_docstrings_run(path):
    module = importlib.import_module(".".join(path.with_suffix("").parts))

    failed, tried = doctest.testmod(module)

    assert tried > 0
    assert failed == 0


def test_every_setting_is_explained():
    page = read("docs/settings.md")

    assert [name for name in Settings.model_fields if name.upper() not in page] == []


def test_every_error_code_is_listed():
    page = read("docs/errors.md")
    codes = {vars(error)["error_code"] for error in STATUS_BY_ERROR if "error_code" in vars(error)}

    assert sorted(code for code in codes if code not in page) == []


def test_every_document_is_reachable_from_the_readme():
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        if page.suffix != ".md":
            continue
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            if not target.startswith(("http", "#")):
                found = (page.parent / target.partition("#")[0]).resolve()
                waiting += sorted(found.glob("*.md")) if found.is_dir() else [found]
    lost = [path.as_posix() for path in DOCUMENTS if (ROOT / path).resolve() not in reached]

    assert lost == []
