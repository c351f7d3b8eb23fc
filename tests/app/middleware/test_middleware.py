"""Each wrapping of the service around a small application."""

import logging

import httpx2
import pytest
from fastapi import FastAPI, Request
from starlette.responses import PlainTextResponse

from app.core.context import request_id_var
from app.core.envelope import install_error_handlers
from app.core.settings import Settings
from app.middleware.access_log import AccessLogMiddleware
from app.middleware.body_limit import BodyLimitMiddleware
from app.middleware.hosts import HostsMiddleware
from app.middleware.plain_errors import PlainErrorsMiddleware
from app.middleware.request_id import RequestIdMiddleware
from app.middleware.security_headers import SecurityHeadersMiddleware

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def app():
    made = FastAPI()
    made.state.settings = Settings(_env_file=None)
    install_error_handlers(made)

    @made.post("/echo")
    async def echo(request: Request) -> dict[str, object]:
        return {"bytes": len(await request.body()), "request_id": request_id_var.get()}

    @made.get("/items/{item_id}")
    async def item(item_id: str) -> dict[str, str]:
        return {"item": item_id}

    @made.get("/broken")
    async def broken() -> None:
        raise RuntimeError("a secret inside")

    return made


async def ask(app, method, path, **options):
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://here") as client:
        return await client.request(method, path, **options)


@pytest.mark.parametrize(
    ("given", "kept"),
    [("abc-1.2_3", True), ("", False), ("x" * 65, False), ("a b", False), ("a\tb", False)],
)
async def test_a_sane_request_id_is_kept_and_another_is_replaced(app, given, kept):
    app.add_middleware(RequestIdMiddleware)

    answer = await ask(app, "POST", "/echo", headers={"X-Request-ID": given})

    echoed = answer.headers["x-request-id"]
    assert (echoed == given) is kept
    assert answer.json()["request_id"] == echoed


async def test_an_unexpected_error_is_an_envelope_that_tells_nothing_and_can_be_found(app, caplog):
    app.add_middleware(RequestIdMiddleware)

    answer = await ask(app, "GET", "/broken", headers={"X-Request-ID": "find-me"})

    assert (answer.status_code, answer.json()["error_code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in answer.text
    assert answer.json()["request_id"] == answer.headers["x-request-id"] == "find-me"
    assert "a secret inside" in caplog.text


async def test_with_debug_the_cause_is_in_the_answer(app):
    app.state.settings = Settings(_env_file=None, debug=True)

    answer = await ask(app, "GET", "/broken")

    assert "a secret inside" in answer.json()["details"]["exception"]


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        (("*",), "anything", 200),
        (("api.example.com",), "api.example.com", 200),
        (("api.example.com",), "API.example.com:8000", 200),
        (("api.example.com",), "evil.com", 400),
        (("api.example.com",), "api.example.com.evil.com", 400),
        (("*.example.com",), "a.b.example.com", 200),
        (("*.example.com",), "example.com", 400),
        (("[::1]",), "[::1]:80", 200),
    ],
)
async def test_only_the_hosts_that_are_allowed_are_answered(app, allowed, host, status):
    app.add_middleware(HostsMiddleware, allowed=allowed)

    answer = await ask(app, "GET", "/items/1", headers={"Host": host})

    assert answer.status_code == status
    if status == 400:
        assert answer.json()["error_code"] == "HOST_NOT_ALLOWED"


async def test_bodies_up_to_the_limit_pass_and_larger_ones_do_not(app):
    app.add_middleware(BodyLimitMiddleware, max_bytes=100, unlimited_below=("/free",))

    async def pieces(count):
        for _ in range(count):
            yield b"x" * 10

    assert (await ask(app, "POST", "/echo", content=b"x" * 100)).json()["bytes"] == 100
    assert (await ask(app, "POST", "/echo", content=b"x" * 101)).status_code == 413
    assert (await ask(app, "POST", "/echo", content=pieces(10))).json()["bytes"] == 100
    assert (await ask(app, "POST", "/echo", content=pieces(11))).status_code == 413
    assert (await ask(app, "POST", "/free", content=b"x" * 101)).status_code == 404


async def test_answers_carry_what_browsers_need_to_be_careful(app):
    app.add_middleware(SecurityHeadersMiddleware)

    answer = await ask(app, "GET", "/items/1")
    page = await ask(app, "GET", "/docs")

    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert page.headers["content-security-policy"].startswith("default-src 'self'")


async def test_requests_are_counted_by_their_route_and_logged(app, caplog):
    counted = []
    app.add_middleware(
        AccessLogMiddleware, count=lambda *facts: counted.append(facts[:3]), quiet_below=("/items",)
    )
    caplog.set_level(logging.INFO)

    for path in ("/items/1", "/items/2", "/nowhere", "/broken"):
        await ask(app, "GET", path)

    assert counted == [
        ("GET", "/items/{item_id}", 200),
        ("GET", "/items/{item_id}", 200),
        ("GET", "(none)", 404),
        ("GET", "/broken", 500),
    ]
    logged = [one.getMessage() for one in caplog.records if one.name.endswith("access_log")]
    assert logged == ["GET /nowhere 404", "GET /broken 500"]


async def test_errors_in_plain_text_become_envelopes_and_keep_their_headers(app):
    @app.get("/plain/{status}")
    async def plain(status: int) -> PlainTextResponse:
        text = "Not like that" if status == 400 else ""
        return PlainTextResponse(text, status_code=status, headers={"Content-Range": "bytes */9"})

    app.add_middleware(PlainErrorsMiddleware)

    good, refused, empty = [await ask(app, "GET", f"/plain/{status}") for status in (200, 400, 416)]

    assert good.headers["content-type"].startswith("text/plain")
    assert (refused.status_code, refused.headers["content-range"]) == (400, "bytes */9")
    assert refused.json()["error"] == "Not like that."
    assert refused.json()["error_code"] == "BAD_REQUEST"
    assert empty.json()["error_code"] == "RANGE_NOT_SATISFIABLE"
    assert "range" in empty.json()["error"]
