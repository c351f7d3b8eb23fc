import logging
import threading
from collections import Counter
from contextlib import ExitStack

import pytest

from app.services.gpu_pool import CPU, GpuPool, gpu_pool

THREE = ("cuda:0", "cuda:1", "cuda:2")


def test_jobs_one_after_another_go_round_all_gpus():
    pool, given = GpuPool(THREE), []

    for _ in range(7):
        with pool.lease() as device:
            given.append(device)

    assert given == [*THREE, *THREE, "cuda:0"]


def test_jobs_at_the_same_time_are_spread_evenly():
    pool = GpuPool(THREE)

    with ExitStack() as running:
        given = [running.enter_context(pool.lease()) for _ in range(8)]
        assert sorted(pool.jobs().values()) == [2, 3, 3]

    assert Counter(given) == {"cuda:0": 3, "cuda:1": 3, "cuda:2": 2}
    assert set(pool.jobs().values()) == {0}


def test_a_busy_gpu_is_passed_over_in_its_turn():
    pool = GpuPool(THREE)

    with pool.lease() as long_job:
        assert long_job == "cuda:0"
        given = []
        for _ in range(4):
            with pool.lease() as device:
                given.append(device)

    assert "cuda:0" not in given


def test_a_crash_gives_the_gpu_back():
    pool = GpuPool(("cuda:0",))

    with pytest.raises(RuntimeError, match="worker died"), pool.lease():
        raise RuntimeError("worker died")

    assert pool.jobs() == {"cuda:0": 0}


def test_many_threads_never_lose_or_double_a_lease():
    pool = GpuPool(THREE)
    start = threading.Barrier(12)

    def work():
        start.wait(timeout=10)
        for _ in range(200):
            with pool.lease():
                assert max(pool.jobs().values()) <= 5

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert set(pool.jobs().values()) == {0}


def test_without_a_gpu_every_lease_is_the_cpu():
    pool = GpuPool(())

    with pool.lease() as device:
        assert device == CPU

    assert pool.devices == ()


def test_the_log_says_which_gpu_of_how_many(caplog):
    caplog.set_level(logging.INFO)

    with GpuPool(THREE).lease():
        pass

    assert "Using GPU 1 of 3 available GPUs" in caplog.messages


def test_use_gpu_false_leaves_the_gpus_alone():
    assert gpu_pool(use_gpu=False).devices == ()
