"""What is computed once: under several threads, and after a failure."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from sync_analyzer.derived import Derived


def test_threads_that_ask_together_get_one_value_made_once():
    derived, made = Derived(), []
    met = threading.Barrier(8, timeout=10.0)

    def make():
        time.sleep(0.02)
        made.append(object())
        return made[-1]

    def ask(_number):
        met.wait()
        return derived.get("key", make)

    with ThreadPoolExecutor(8) as pool:
        values = list(pool.map(ask, range(8)))
    assert len(made) == 1
    assert all(value is made[0] for value in values)


def test_keys_are_apart_and_may_be_made_of_one_another():
    derived = Derived()
    assert derived.get("sum", lambda: derived.get("part", lambda: 2) + 1) == 3
    assert derived.get("part", lambda: 5) == 2


def test_who_waits_for_one_that_fails_tries_itself():
    derived, begun = Derived(), threading.Event()

    def failing():
        begun.set()
        time.sleep(0.05)
        raise ValueError("no")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(derived.get, "key", failing)
        assert begun.wait(10.0)
        second = pool.submit(derived.get, "key", lambda: "made")
        with pytest.raises(ValueError, match="no"):
            first.result()
        assert second.result() == "made"
