"""The page and its files as they are served: fresh, confined, under a strict policy."""

import re

import pytest


def test_the_page_comes_with_a_policy_and_is_asked_for_again(server):
    answer = server.get("/")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_every_file_the_page_names_is_there_and_nothing_comes_from_elsewhere(server):
    named = re.findall(r'(?:src|href)="([^"]+)"', server.get("/").text)

    assert [name for name in named if name.startswith(("http", "//"))] == []
    for name in named:
        if not name.startswith("#"):
            assert server.get(f"/{name}").status_code == 200, name


def test_an_unchanged_file_is_not_sent_twice(server):
    first = server.get("/static/js/main.js")

    again = server.client.get(
        "/static/js/main.js", headers={"If-None-Match": first.headers["etag"]}
    )

    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize(
    "path", ["/static/nothing.js", "/static/../factory.py", "/static/%2e%2e/factory.py"]
)
def test_nothing_else_is_served(server, path):
    answer = server.get(path)

    assert answer.status_code == 404
    assert answer.json()["error_code"] == "NOT_FOUND"
