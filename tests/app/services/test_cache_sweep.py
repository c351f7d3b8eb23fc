import os
import time

from app.services.cache_sweep import DRAFT_SECONDS, sweep


def put(path, *, size_bytes=100, age_seconds=0.0):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x" * size_bytes)
    at = time.time() - age_seconds
    os.utime(path, (at, at))
    return path


def test_results_that_are_too_old_go(tmp_path):
    old = put(tmp_path / "results" / "a" / "1.json", age_seconds=11)
    new = put(tmp_path / "results" / "b" / "2.json", age_seconds=9)
    content = put(tmp_path / "contents" / "c", age_seconds=1000)

    sweep(tmp_path, ttl_seconds=10, max_bytes=10_000)

    assert not old.exists()
    assert not old.parent.exists()
    assert new.exists()
    assert content.exists()


def test_the_longest_unused_go_until_it_fits(tmp_path):
    for number in range(5):
        put(tmp_path / "contents" / str(number), age_seconds=100 - number)
    track = put(tmp_path / "tracks" / "t" / "mid.npy", size_bytes=300)
    os.utime(track.parent, (0, 0))

    sweep(tmp_path, ttl_seconds=1e9, max_bytes=300)

    assert not track.parent.exists()
    assert sorted(path.name for path in (tmp_path / "contents").iterdir()) == ["2", "3", "4"]


def test_leftovers_of_killed_processes_go_after_a_day(tmp_path):
    old = put(tmp_path / "tracks" / "t.lock", age_seconds=DRAFT_SECONDS + 1)
    new = put(tmp_path / "contents" / ".c.123", age_seconds=10)

    sweep(tmp_path, ttl_seconds=1e9, max_bytes=0)

    assert (old.exists(), new.exists()) == (False, True)


def test_a_cache_that_is_not_there_is_fine(tmp_path):
    sweep(tmp_path / "none", ttl_seconds=1, max_bytes=0)
