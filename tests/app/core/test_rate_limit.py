import time

import httpx2
import pytest
from fastapi import FastAPI

from app.api.deps import RateLimited
from app.core.rate_limit import SqliteCounters, make_rate_limit, on_rate_limit
from app.core.security import key_hash
from app.core.settings import Settings
from app.middleware.request_id import RequestIdMiddleware


def an_app(tmp_path, **fields):
    from slowapi.errors import RateLimitExceeded

    settings = Settings(_env_file=None, data_dir=tmp_path, **{"rate_limit_per_minute": 3, **fields})
    app = FastAPI()
    app.state.limiter, app.state.rate_limit = make_rate_limit(settings)
    app.add_exception_handler(RateLimitExceeded, on_rate_limit)
    app.add_middleware(RequestIdMiddleware)

    @app.get("/limited", dependencies=[RateLimited])
    async def limited() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/other", dependencies=[RateLimited])
    async def other() -> dict[str, bool]:
        return {"ok": True}

    @app.get("/free")
    async def free() -> dict[str, bool]:
        return {"ok": True}

    return app


async def ask(app, *paths, client=("10.0.0.1", 5), **headers):
    transport = httpx2.ASGITransport(app=app, client=client)
    async with httpx2.AsyncClient(transport=transport, base_url="http://x") as asking:
        return [await asking.get(path, headers=headers) for path in paths]


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.anyio
async def test_beyond_the_limit_the_answer_is_429_with_when_to_come_back(tmp_path):
    answers = await ask(an_app(tmp_path), "/limited", "/other", "/limited", "/limited")

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[0].headers["x-ratelimit-limit"] == "3"
    assert [answer.headers["x-ratelimit-remaining"] for answer in answers[:3]] == ["2", "1", "0"]
    refused = answers[3]
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.json()["error_code"] == "RATE_LIMITED"
    assert refused.json()["success"] is False


@pytest.mark.anyio
async def test_what_is_free_is_never_counted(tmp_path):
    answers = await ask(an_app(tmp_path), *["/free"] * 20, "/limited")

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.anyio
async def test_where_counting_fails_requests_pass(tmp_path):
    app = an_app(tmp_path)
    await ask(app, "/limited")
    app.state.limiter._storage._connection.execute("PRAGMA query_only = 1")

    answers = await ask(app, *["/limited"] * 5)

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.anyio
async def test_every_client_has_a_count_of_its_own(tmp_path):
    app = an_app(tmp_path)
    first = await ask(app, *["/limited"] * 4)
    second = await ask(app, "/limited", client=("10.0.0.2", 5))

    assert (first[-1].status_code, second[0].status_code) == (429, 200)


@pytest.mark.anyio
async def test_a_client_cannot_pretend_to_be_many(tmp_path):
    app = an_app(tmp_path)
    answers = []
    for number in range(4):
        answers += await ask(app, "/limited", **{"X-Forwarded-For": f"9.9.9.{number}"})

    assert answers[-1].status_code == 429


@pytest.mark.anyio
async def test_clients_behind_a_trusted_proxy_are_told_apart(tmp_path):
    app = an_app(tmp_path, trusted_proxies=("10.0.0.1",))
    answers = []
    for number in range(5):
        answers += await ask(app, "/limited", **{"X-Forwarded-For": f"9.9.9.{number}"})

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.anyio
async def test_an_accepted_key_is_a_client_of_its_own(tmp_path):
    app = an_app(tmp_path, api_keys=(key_hash("mine"),))
    await ask(app, *["/limited"] * 4)

    with_key = await ask(app, "/limited", **{"X-API-Key": "mine"})
    with_guess = await ask(app, "/limited", **{"X-API-Key": "guess"})

    assert (with_key[0].status_code, with_guess[0].status_code) == (200, 429)


@pytest.mark.anyio
async def test_all_server_processes_count_together(tmp_path):
    for number in range(4):
        answers = await ask(an_app(tmp_path), "/limited")
        assert answers[0].status_code == (200 if number < 3 else 429)


@pytest.mark.anyio
async def test_switched_off_nobody_is_counted(tmp_path):
    app = an_app(tmp_path, enable_rate_limiting=False)

    answers = await ask(app, *["/limited"] * 10)

    assert {answer.status_code for answer in answers} == {200}


def test_a_window_that_has_ended_begins_anew(tmp_path):
    counters = SqliteCounters(f"sqlite-counters://{tmp_path / 'rates.db'}")

    assert [counters.incr("a", 1), counters.incr("a", 1), counters.incr("b", 1)] == [1, 2, 1]
    assert counters.get_expiry("a") <= time.time() + 1
    time.sleep(1.05)

    assert counters.get("a") == 0
    assert counters.incr("a", 1) == 1
    counters.clear("a")
    assert counters.get("a") == 0
    assert counters.check()
    counters.reset()
