"""The settings of the C library, seen by what they change: page faults, and what is kept."""

import json
import subprocess
import sys

import pytest

from sync_analyzer import memory

_COUNTED = """
import json, resource, sys
import numpy as np
from sync_analyzer import memory
if "keep" in sys.argv:
    assert memory.keep_freed_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()
def work():
    arrays = [np.ones(500_000, np.float32) for _ in range(20)]
    del arrays
work()
before = faults()
for _ in range(5):
    work()
again = faults() - before
kept = resident()
memory.give_memory_back()
print(json.dumps({"again": again, "given_back": kept - resident()}))
"""

gnu_only = pytest.mark.skipif(memory._gnu_library() is None, reason="not the GNU C library")


def counted(*words):
    said = subprocess.run(
        [sys.executable, "-c", _COUNTED, *words], capture_output=True, text=True, check=True
    )
    return json.loads(said.stdout)


@gnu_only
def test_freed_arrays_are_used_again():
    pages_of_one_round = 20 * 500_000 * 4 // 4096
    assert counted("keep")["again"] < 0.5 * pages_of_one_round < counted()["again"]


@gnu_only
def test_what_was_kept_goes_back_between_pieces_of_work():
    assert counted("keep")["given_back"] > 10 * 500_000 * 4


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(memory, "_gnu_library", lambda: None)
    assert memory.keep_freed_memory() is False
    memory.give_memory_back()
