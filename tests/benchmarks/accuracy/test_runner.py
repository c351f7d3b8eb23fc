import os
import time

import pytest

from benchmarks.accuracy.manifest import Pair, read_jsonl
from benchmarks.accuracy.runner import RunOptions, analyse_pair, run_to_file


def engine(pair: Pair, methods: tuple[str, ...]) -> dict:
    """Do what the pair's id says."""
    if pair.truth["id"] == "dies":
        os._exit(3)
    if pair.truth["id"] == "raises":
        raise ZeroDivisionError("by nothing")
    if pair.truth["id"] == "hangs":
        time.sleep(60)
    return {"offset_seconds": 1.0, "match": True}


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run")
    pairs = [
        Pair(set_name="s", directory=folder, truth={"id": name})
        for name in ("dies", "raises", "hangs", "works")
    ]
    options = RunOptions(jobs=2, timeout_seconds=3.0)
    returned = run_to_file(pairs, options=options, out=folder / "out.jsonl", analyse=engine)

    assert read_jsonl(folder / "out.jsonl") == returned
    return {record["id"]: record for record in returned}


def test_a_pair_that_works_gets_its_times(records):
    assert records["works"]["offset_seconds"] == 1.0
    assert records["works"]["wall_s"] >= 0


@pytest.mark.parametrize(
    ("name", "kind", "code"),
    [
        ("dies", "crash", "ProcessExpired"),
        ("raises", "crash", "ZeroDivisionError"),
        ("hangs", "timeout", "TIMEOUT"),
    ],
)
def test_a_pair_that_fails_is_a_record_and_the_run_goes_on(records, name, kind, code):
    failure = records[name]["failure"]

    assert (failure["kind"], failure["code"]) == (kind, code)


def test_an_error_of_the_library_is_a_refusal(tmp_path):
    truth = {"id": "x", "master": "none.wav", "dub": "none.wav"}

    record = analyse_pair(Pair(set_name="s", directory=tmp_path, truth=truth), ())

    assert record["failure"]["kind"] == "refused"
    assert record["failure"]["code"] == "FILE_NOT_FOUND"
    assert record["match"] is False
