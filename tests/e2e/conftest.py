"""One running service for the tests that only ask it things."""

import pytest
from live_server import LiveServer


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("service")
    settings = {"ALLOW_PRIVATE_CALLBACKS": "true", "MAX_FILE_SIZE": 4_000_000}
    with LiveServer(folder, **settings) as running:
        yield running
