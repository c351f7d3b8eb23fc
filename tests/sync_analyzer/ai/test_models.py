import threading
import time

import pytest

from sync_analyzer.ai.models import ModelStore


class Model:
    def __init__(self):
        self.closed = False

    def close(self):
        self.closed = True


def test_a_model_is_loaded_once_however_many_threads_ask():
    store, loaded, seen = ModelStore(), [], []

    def load():
        time.sleep(0.05)
        loaded.append(Model())
        return loaded[-1]

    def use():
        with store.use("key", load, idle_seconds=60.0) as model:
            seen.append(model)
            time.sleep(0.05)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    store.unload_idle()

    assert len(loaded) == 1
    assert seen == loaded * 8


def test_a_model_in_use_is_never_closed():
    store = ModelStore()

    with store.use("key", Model, idle_seconds=60.0) as model:
        assert store.unload_idle() == 0
        assert not model.closed

    assert store.unload_idle() == 1
    assert model.closed
    assert store.loaded() == ()


def test_a_model_nobody_uses_is_closed_after_the_idle_time():
    store = ModelStore()

    with store.use("key", Model, idle_seconds=0.05) as model:
        assert store.loaded() == ("key",)
    deadline = time.monotonic() + 5.0
    while not model.closed and time.monotonic() < deadline:
        time.sleep(0.01)

    assert model.closed


def test_using_a_model_again_keeps_it_loaded():
    store = ModelStore()

    with store.use("key", Model, idle_seconds=60.0) as first:
        pass
    with store.use("key", Model, idle_seconds=60.0) as second:
        pass

    assert first is second
    store.unload_idle()


def test_a_load_that_fails_is_tried_again_by_the_next_user():
    store = ModelStore()

    def fail():
        raise OSError("no weights")

    with pytest.raises(OSError, match="no weights"), store.use("key", fail, idle_seconds=60.0):
        pass
    with store.use("key", Model, idle_seconds=60.0) as model:
        assert not model.closed
    store.unload_idle()
