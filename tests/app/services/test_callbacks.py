import pytest

from app.services.callbacks import addresses_of, check_callback, is_public
from app.services.errors import CallbackNotAllowed


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.0.9",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
    ],
)
def test_private_addresses_are_private_in_any_wrapping(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_public_addresses_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost/x",
        "http://LOCALHOST./x",
        "http://me.localhost/",
        "http://printer.local/",
        "http://metadata.google.internal/",
        "http://127.0.0.1:8000/",
        "http://[::1]/",
        "http://[::ffff:10.0.0.1]/",
        "http://169.254.169.254/latest/meta-data",
        "ftp://example.com/",
        "http:///nohost",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://user@example.com/",
        "http://user:pw@example.com/",
        "http://[broken/",
        "nothing",
        "http://exam ple.com/",
        "http://example.com/\r\nX-Header: y",
        "http://example.com/ü",
    ],
)
def test_places_that_must_not_be_called_are_refused(url):
    with pytest.raises(CallbackNotAllowed):
        check_callback(url, allow_private=False)


def test_private_places_may_be_allowed_and_other_faults_may_not():
    assert check_callback("http://127.0.0.1:8000/x", allow_private=True).port == 8000
    with pytest.raises(CallbackNotAllowed):
        check_callback("ftp://127.0.0.1/", allow_private=True)


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "017700000001"])
def test_odd_spellings_of_a_private_address_are_found_when_it_is_looked_up(host):
    parts = check_callback(f"http://{host}/", allow_private=False)

    with pytest.raises(CallbackNotAllowed):
        addresses_of(parts, allow_private=False)


def test_a_name_that_leads_here_is_refused_when_it_is_looked_up():
    parts = check_callback("http://localhost/", allow_private=True)

    with pytest.raises(CallbackNotAllowed, match="leads to"):
        addresses_of(parts, allow_private=False)
    assert addresses_of(parts, allow_private=True)


def test_a_name_that_leads_nowhere_is_refused():
    parts = check_callback("http://no-such-host.invalid/", allow_private=False)

    with pytest.raises(CallbackNotAllowed, match="cannot be found"):
        addresses_of(parts, allow_private=False)
