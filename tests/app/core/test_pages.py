import pytest
from repository import ROOT

from app.__main__ import main
from app.core.pages import errors_page, settings_page


@pytest.mark.parametrize(
    ("name", "page", "command"),
    [
        ("errors.md", errors_page, "errors-page"),
        ("settings.md", settings_page, "settings-page"),
    ],
)
def test_the_page_is_the_one_the_code_writes(name, page, command, capsys):
    assert main([command]) == 0

    assert capsys.readouterr().out == page()
    assert (ROOT / "docs" / name).read_text() == page(), f"python -m app {command} > docs/{name}"
