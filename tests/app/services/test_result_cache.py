import os
import time

import pytest

from app.services import result_cache
from app.services.cache_key import digest, file_state, options_key, program_state
from app.services.result_cache import ResultCache, write_whole
from sync_analyzer.media.hash import content_hash


@pytest.fixture
def pair(tmp_path):
    """A master and a dub that were written a while ago."""
    paths = []
    for name, content in (("m.wav", b"master" * 100), ("d.wav", b"dubbed" * 100)):
        path = tmp_path / name
        path.write_bytes(content)
        paths.append(str(path))
    return paths


@pytest.fixture
def settled(monkeypatch):
    """Take every file for one that has been left alone for long enough."""
    monkeypatch.setattr(result_cache, "SETTLED_SECONDS", -10.0)


def a_cache(tmp_path, ttl_seconds=3600.0):
    return ResultCache(tmp_path / "cache", ttl_seconds=ttl_seconds)


def keep(cache, pair, *, key="k", answer=1):
    master, dub = pair
    hashes = {"master": content_hash(master), "dub": content_hash(dub)}
    result = {"answer": answer, "provenance": {"content_hashes": hashes}}
    states = {"master": (master, file_state(master)), "dub": (dub, file_state(dub))}
    cache.keep(result, **states, options_key=key)


def test_a_result_is_found_by_contents_and_options(tmp_path, pair):
    cache = a_cache(tmp_path)
    assert cache.find(*pair, options_key="k") is None

    keep(cache, pair)

    assert cache.find(*pair, options_key="k")["answer"] == 1
    assert cache.find(*pair, options_key="other") is None
    assert cache.find(*reversed(pair), options_key="k") is None


def test_a_cache_that_cannot_be_written_keeps_nothing_and_fails_nothing(tmp_path, pair):
    (tmp_path / "cache").touch()
    cache = a_cache(tmp_path)

    keep(cache, pair)

    assert cache.find(*pair, options_key="k") is None


def test_copies_of_the_files_are_found_too(tmp_path, pair):
    cache = a_cache(tmp_path)
    keep(cache, pair)
    copies = []
    for path in pair:
        copies.append(path.replace(".wav", " copy.wav"))
        with open(path, "rb") as old, open(copies[-1], "wb") as new:
            new.write(old.read())

    assert cache.find(*copies, options_key="k")["answer"] == 1


def test_a_file_changed_in_place_with_its_old_date_and_size_is_not_found(tmp_path, pair, settled):
    cache = a_cache(tmp_path)
    before = os.stat(pair[1])
    keep(cache, pair)
    assert cache.find(*pair, options_key="k") is not None

    with open(pair[1], "r+b") as file:
        file.write(b"XXXX")
    os.utime(pair[1], ns=(before.st_atime_ns, before.st_mtime_ns))

    assert os.stat(pair[1]).st_size == before.st_size
    assert cache.find(*pair, options_key="k") is None


def test_a_file_that_changed_during_the_analysis_is_not_kept(tmp_path, pair):
    cache = a_cache(tmp_path)
    hashes = {"master": content_hash(pair[0]), "dub": content_hash(pair[1])}
    states = {
        "master": (pair[0], file_state(pair[0])),
        "dub": (pair[1], (0, 0, 600, 0, 0)),
    }

    cache.keep({"provenance": {"content_hashes": hashes}}, **states, options_key="k")

    assert cache.find(*pair, options_key="k") is None


def test_a_fresh_file_is_hashed_each_time_and_a_settled_one_once(tmp_path, pair, monkeypatch):
    cache = a_cache(tmp_path)
    keep(cache, pair)
    hashed = []
    monkeypatch.setattr(
        result_cache, "content_hash", lambda path: hashed.append(path) or content_hash(path)
    )

    cache.find(*pair, options_key="k")
    assert hashed == pair
    monkeypatch.setattr(result_cache, "SETTLED_SECONDS", -10.0)
    cache.find(*pair, options_key="k")
    cache.find(*pair, options_key="k")

    assert hashed == pair * 2


def test_nothing_is_hashed_where_nothing_can_be_found(tmp_path, pair, monkeypatch):
    monkeypatch.setattr(result_cache, "content_hash", lambda path: pytest.fail("read the file"))

    assert a_cache(tmp_path).find(*pair, options_key="k") is None


def test_an_old_result_is_stale_and_a_broken_one_is_none(tmp_path, pair):
    cache = a_cache(tmp_path, ttl_seconds=100.0)
    keep(cache, pair)
    [file] = (tmp_path / "cache" / "results").glob("*/*")
    os.utime(file, (time.time() - 101, time.time() - 101))
    assert cache.find(*pair, options_key="k") is None

    file.write_text("{broken")

    assert cache.find(*pair, options_key="k") is None


def test_a_file_is_known_to_have_been_seen(tmp_path, pair, settled):
    cache = a_cache(tmp_path)
    assert not cache.was_seen(pair[0])

    keep(cache, pair)

    assert cache.was_seen(pair[0])


def test_the_key_holds_all_that_an_answer_depends_on():
    options = {"methods": ["mfcc", "onset"], "enable_ai": False, "ai_model": "spectral"}
    key = options_key(options, {"MODEL": "a"})

    assert options_key({**options, "methods": ["onset", "mfcc"]}, {"MODEL": "b"}) == key
    assert options_key({**options, "ai_model": "x"}, {"MODEL": "a"}) != key
    with_ai = {**options, "enable_ai": True}
    assert options_key(with_ai, {"MODEL": "a"}) != options_key(with_ai, {"MODEL": "b"})
    assert len(program_state()) == 40
    assert digest("\udcff")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    write_whole(tmp_path / "a" / "b", b"one")
    write_whole(tmp_path / "a" / "b", b"two")

    assert (tmp_path / "a" / "b").read_bytes() == b"two"
    assert len(list((tmp_path / "a").iterdir())) == 1
