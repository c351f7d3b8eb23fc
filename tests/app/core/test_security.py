import pytest
from starlette.requests import Request

from app.core.security import (
    check_secret_key,
    client_of,
    is_accepted,
    key_hash,
    key_of,
    listening_host,
    new_api_key,
    secret_key,
)
from app.core.settings import PLACEHOLDER_SECRET_KEY, InvalidSettings, Settings


def settings(**fields):
    return Settings(_env_file=None, **fields)


def request(*, client=("10.0.0.1", 5000), **headers):
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "headers": raw, "client": client})


@pytest.mark.parametrize(
    ("argv", "environ", "host"),
    [
        (["uvicorn", "main:app", "--host", "1.2.3.4"], {}, "1.2.3.4"),
        (["uvicorn", "main:app", "--host=::1"], {}, "::1"),
        (["uvicorn", "main:app"], {"UVICORN_HOST": "5.6.7.8"}, "5.6.7.8"),
        (["uvicorn", "main:app"], {}, "0.0.0.0"),
    ],
)
def test_the_listening_address_is_the_server_options_or_the_setting(argv, environ, host):
    assert listening_host(settings(), argv=argv, environ=environ) == host


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.5", "::", "example.com"])
def test_the_published_key_is_refused_on_a_public_address(host):
    given = settings(secret_key=PLACEHOLDER_SECRET_KEY)

    with pytest.raises(InvalidSettings, match="SECRET_KEY"):
        check_secret_key(given, host=host)


@pytest.mark.parametrize(
    ("fields", "host"),
    [
        ({"secret_key": PLACEHOLDER_SECRET_KEY}, "127.0.0.1"),
        ({"secret_key": PLACEHOLDER_SECRET_KEY}, "localhost"),
        ({"secret_key": PLACEHOLDER_SECRET_KEY, "debug": True}, "0.0.0.0"),
        ({"secret_key": "a text of my own, long"}, "0.0.0.0"),
        ({}, "0.0.0.0"),
    ],
)
def test_other_keys_and_places_pass(fields, host):
    check_secret_key(settings(**fields), host=host)


def test_a_key_is_made_once_and_kept_from_others(tmp_path):
    given = settings(data_dir=tmp_path / "data")

    first = secret_key(given)

    assert len(first) >= 32
    assert secret_key(given) == first
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0
    assert secret_key(settings(secret_key="chosen by a person")) == b"chosen by a person"


def test_a_new_api_key_is_accepted_by_its_hash_alone():
    key, digest = new_api_key()

    assert is_accepted(key, [key_hash("other"), digest])
    assert not is_accepted(key, [key_hash("other")])
    assert not is_accepted(None, [digest])
    assert key not in digest


def test_a_key_comes_in_its_header_or_as_a_bearer_token():
    assert key_of(request(x_api_key="k")) == "k"
    assert key_of(request(authorization="Bearer k")) == "k"
    assert key_of(request(authorization="Basic k")) is None
    assert key_of(request()) is None


@pytest.mark.parametrize(
    ("client", "forwarded", "trusted", "expected"),
    [
        (("10.0.0.1", 5), "", [], "10.0.0.1"),
        (("10.0.0.1", 5), "9.9.9.9", [], "10.0.0.1"),
        (("10.0.0.1", 5), "9.9.9.9", ["10.0.0.0/8"], "9.9.9.9"),
        (("10.0.0.1", 5), "6.6.6.6, 9.9.9.9", ["10.0.0.0/8"], "9.9.9.9"),
        (("10.0.0.1", 5), "9.9.9.9, 10.0.0.2", ["10.0.0.0/8"], "9.9.9.9"),
        (("8.8.8.8", 5), "9.9.9.9", ["10.0.0.0/8"], "8.8.8.8"),
        (("9.9.9.9", 0), "9.9.9.9", [], "127.0.0.1"),
        (("9.9.9.9", 0), "9.9.9.9", ["127.0.0.1"], "9.9.9.9"),
        (None, "", [], "127.0.0.1"),
        (("10.0.0.1", 5), "nonsense", ["10.0.0.0/8"], "nonsense"),
    ],
)
def test_a_client_is_its_address_and_a_header_counts_only_from_a_proxy(
    client, forwarded, trusted, expected
):
    asked = request(client=client, x_forwarded_for=forwarded)

    assert client_of(asked, trusted_proxies=trusted) == expected
