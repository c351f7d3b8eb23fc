"""Keys, limits and switches of the real service."""

import pytest
from live_server import LiveServer

from app.core.security import new_api_key

SYNC = "/api/v1/analysis/sync"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    key, digest = new_api_key()
    server = LiveServer(
        tmp_path_factory.mktemp("guarded"),
        API_KEYS=digest,
        ENABLE_RATE_LIMITING="true",
        RATE_LIMIT_PER_MINUTE=8,
        ALLOWED_HOSTS='["127.0.0.1", "localhost"]',
        ALLOWED_ORIGINS='["http://page.example"]',
        ENABLED_METHODS="correlation,onset",
        DEFAULT_SAMPLE_RATE=48000,
        MAX_CONCURRENT_JOBS=1,
        MAX_QUEUED_JOBS=1,
    )
    server.client.headers["X-API-Key"] = key
    with server:
        yield server


def without_key(server, method, path, **headers):
    return server.client.request(method, path, headers={"X-API-Key": "", **headers})


def test_without_a_key_only_health_and_documentation_answer(guarded):
    refused = without_key(guarded, "GET", "/api/v1/analysis/")
    wrong = without_key(guarded, "GET", "/api/v1/analysis/x", Authorization="Bearer wrong")
    right = without_key(
        guarded,
        "GET",
        "/api/v1/analysis/x",
        Authorization=f"Bearer {guarded.client.headers['X-API-Key']}",
    )

    assert (refused.status_code, refused.json()["error_code"]) == (401, "NOT_AUTHENTICATED")
    assert wrong.status_code == 401
    assert right.json()["error_code"] == "ANALYSIS_NOT_FOUND"
    for path in ("/health", "/docs", "/openapi.json", "/api/help", "/metrics"):
        assert without_key(guarded, "GET", path).status_code == 200


def test_another_host_is_refused(guarded):
    answer = guarded.client.get("/health", headers={"Host": "evil.example"})

    assert (answer.status_code, answer.json()["error_code"]) == (400, "HOST_NOT_ALLOWED")


def test_only_the_pages_that_are_allowed_may_call(guarded):
    asking = {"Access-Control-Request-Method": "POST"}
    allowed = guarded.client.options(SYNC, headers={"Origin": "http://page.example", **asking})
    other = guarded.client.options(SYNC, headers={"Origin": "http://evil.example", **asking})

    assert allowed.headers["access-control-allow-origin"] == "http://page.example"
    assert "access-control-allow-origin" not in other.headers


def test_the_settings_fill_what_a_request_leaves_out_and_the_queue_is_bounded(guarded):
    master, dub = guarded.pair("long", seconds=600.0, delay_seconds=0.5, seed=95)
    body = {"master_file": master, "dub_file": dub}
    running = guarded.submit(**body)
    guarded.wait_for(running, until=lambda view: view["status"] != "pending")
    waiting = guarded.submit(**body)

    full = guarded.post(SYNC, body)

    assert (full.status_code, full.json()["error_code"]) == (503, "QUEUE_FULL")
    assert int(full.headers["retry-after"]) > 0
    guarded.client.delete(f"/api/v1/analysis/{running}")
    done = guarded.wait_for(waiting)
    assert done["result"]["sample_rate"] == 48000
    assert {entry["method"] for entry in done["result"]["method_results"]} == {
        "correlation",
        "onset",
    }


def test_what_is_switched_off_is_refused_by_name(guarded):
    master, dub = guarded.pair("short", seconds=5.0, seed=96)

    method = guarded.post(SYNC, {"master_file": master, "dub_file": dub, "methods": ["mfcc"]})
    ai = guarded.post(SYNC, {"master_file": master, "dub_file": dub, "enable_ai": True})

    for answer in (method, ai):
        assert (answer.status_code, answer.json()["error_code"]) == (403, "METHOD_DISABLED")
        assert answer.json()["details"]["enabled"] == ["correlation", "onset"]


def test_who_hurries_waits_and_polls_are_free(guarded):
    answers = []
    while not answers or answers[-1].status_code != 429:
        answers.append(guarded.get("/api/v1/analysis/"))
        assert len(answers) <= 2 * 8 + 1  # a window of the limit may have ended on the way
    polls = [guarded.get("/api/v1/analysis/x") for _ in range(30)]
    health = [guarded.get("/health") for _ in range(30)]

    assert answers[-1].json()["error_code"] == "RATE_LIMITED"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 60
    assert answers[-1].headers["x-ratelimit-limit"] == "8"
    assert {poll.status_code for poll in polls} == {404}
    assert {one.status_code for one in health} == {200}


def test_the_metrics_count_requests_and_jobs(guarded):
    text = guarded.get("/metrics").text

    assert 'sync_jobs{status="completed"} 1.0' in text
    assert 'route="/api/v1/analysis/{analysis_id}"' in text
    assert 'sync_job_seconds_count{cached="false",kind="analysis",status="completed"}' in text
    assert 'status="429"' in text
