import asyncio
import time

import pytest

from app.services.errors import JobNotFound
from app.services.feed import Feed
from app.services.job import Job
from app.services.memory_store import MemoryJobStore

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def store():
    return MemoryJobStore()


@pytest.fixture
async def feed(store):
    made = Feed(store)
    made.start()
    yield made
    await made.stop()


def a_look(seen, result=None):
    def look():
        seen.append(result)
        time.sleep(0.01)
        return result

    return look


async def test_who_waits_hears_of_a_change(store, feed):
    waiting = asyncio.create_task(feed.changed(timeout_seconds=5.0))
    await asyncio.sleep(0.05)
    store.add([Job(id="one", kind="analysis")])

    await asyncio.wait_for(waiting, 1.0)


async def test_many_who_ask_together_share_one_look(feed):
    seen = []

    answers = await asyncio.gather(*(feed.shared("batch", a_look(seen, 7)) for _ in range(50)))
    other = await feed.shared("another", a_look(seen, 8))

    assert answers == [7] * 50
    assert other == 8
    assert seen == [7, 8]


async def test_after_a_change_there_is_a_new_look(store, feed):
    seen = []
    await feed.shared("batch", a_look(seen, "before"))
    waiting = asyncio.create_task(feed.changed(timeout_seconds=5.0))
    await asyncio.sleep(0)
    store.add([Job(id="one", kind="analysis")])
    await waiting

    assert await feed.shared("batch", a_look(seen, "after")) == "after"


async def test_who_goes_away_spoils_no_look_and_a_failed_one_fails_for_all(feed):
    seen = []
    one, other = (asyncio.create_task(feed.shared("b", a_look(seen, 7))) for _ in range(2))
    await asyncio.sleep(0)
    one.cancel()

    def fail():
        raise JobNotFound("gone")

    assert await other == 7
    for answer in await asyncio.gather(
        *(feed.shared("gone", fail) for _ in range(3)), return_exceptions=True
    ):
        assert isinstance(answer, JobNotFound)
