import asyncio
import dataclasses

import pytest
from service_parts import worker_config

from app.services.pebble_executor import PebbleExecutor
from app.services.probing import Prober
from sync_analyzer.errors import AudioStreamNotFound, MediaNotFound, UndecodableMedia

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture(scope="module")
def executor(tmp_path_factory):
    config = worker_config(tmp_path_factory.mktemp("probes"))
    made = PebbleExecutor(
        dataclasses.replace(config, module_by_kind={"probe": "standin_probe"}),
        workers=2,
        time_limit_seconds=1.0,
        memory_limit_bytes=1 << 30,
    )
    yield made
    made.close()


@pytest.fixture
def prober(executor):
    return Prober(executor, concurrency=2)


def a_file(folder, name):
    path = folder / name
    path.write_bytes(b"x")
    return path


@pytest.mark.parametrize(
    ("name", "reason"),
    [("crash", "crashes the decoder"), ("hang", "took longer"), ("fault", "nobody foresaw")],
)
async def test_a_file_that_brings_its_probe_down_counts_as_undecodable(
    prober, tmp_path, name, reason
):
    with pytest.raises(UndecodableMedia, match=reason):
        await prober.probe(a_file(tmp_path, name))

    assert (await prober.probe(a_file(tmp_path, "good")))["duration_seconds"] == 1.0


async def test_an_error_of_the_library_comes_back_as_it_was_raised(prober, tmp_path):
    with pytest.raises(AudioStreamNotFound) as caught:
        await prober.probe(a_file(tmp_path, "stream"), stream=3)

    assert caught.value.details["stream_count"] == 1
    assert "numbered from 0" in caught.value.message


async def test_a_file_is_looked_into_once_until_it_changes(prober, tmp_path):
    path = a_file(tmp_path, "good")
    assert prober.known(path) is None

    first = await prober.probe(path)
    again = await prober.probe(path)
    assert prober.known(path) == first == again
    path.write_bytes(b"other")

    assert prober.known(path) is None
    assert (await prober.probe(path))["count"] != first["count"]


async def test_many_probes_at_once_wait_for_their_turn(prober, tmp_path):
    paths = [a_file(tmp_path, f"good{number}") for number in range(8)]

    found = await asyncio.gather(*(prober.probe(path) for path in paths))

    assert len({one["count"] for one in found}) == 8


async def test_a_file_that_vanished_is_not_found(prober, tmp_path):
    assert prober.known(tmp_path / "gone") is None
    with pytest.raises(MediaNotFound):
        await prober.probe(tmp_path / "gone")


async def test_who_stops_waiting_frees_the_probe(prober, tmp_path):
    for _ in range(2):
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(prober.probe(a_file(tmp_path, "hang")), 0.2)

    assert (await prober.probe(a_file(tmp_path, "good")))["duration_seconds"] == 1.0
