import importlib

import pytest

from app.core.errors import CODE_BY_STATUS, STATUS_BY_ERROR, status_of
from app.services import errors as service
from sync_analyzer import errors as library


def subclasses(cls):
    for child in cls.__subclasses__():
        yield child
        yield from subclasses(child)


def everything():
    importlib.import_module("app.factory")
    found = {*subclasses(service.ServiceError), *subclasses(library.SyncAnalyzerError)}
    return sorted(
        (one for one in found if one.__module__.startswith(("app.", "sync_analyzer."))),
        key=lambda one: one.__name__,
    )


@pytest.mark.parametrize("error", everything(), ids=lambda cls: cls.__name__)
def test_every_error_has_a_status_of_its_own_and_a_page(error):
    from repository import ROOT

    assert error in STATUS_BY_ERROR
    assert f"`{error.error_code}`" in (ROOT / "docs" / "errors.md").read_text()


def test_every_error_of_the_service_is_in_the_tree():
    tree = service.__doc__

    for error in subclasses(service.ServiceError):
        if error.__module__ == service.__name__:
            assert f"── {error.__name__}" in tree


def test_codes_without_a_class_are_documented_too():
    from repository import ROOT

    page = (ROOT / "docs" / "errors.md").read_text()
    assert [code for code in CODE_BY_STATUS.values() if f"`{code}`" not in page] == []


def test_an_error_without_an_entry_answers_like_its_parent():
    class Newer(service.JobNotFound):
        pass

    assert status_of(Newer("x")) == 404
