import sys
from pathlib import Path

import pytest

from benchmarks.accuracy.manifest import Pair
from benchmarks.accuracy.scoring import judge
from benchmarks.peers.__main__ import Peer, comparison

PAIR = Pair(
    set_name="s",
    directory=Path(),
    truth={
        "id": "x",
        "category": "c",
        "master": "m",
        "dub": "d",
        "match": True,
        "offset_seconds": 1.0,
        "rate": 1.0,
        "segments": [{"master_start": 0.0, "master_end": 9.0, "offset_seconds": 1.0}],
    },
)


@pytest.fixture
def peer(request):
    peer = Peer(Path(sys.executable), "any", timeout_seconds=request.param[1])
    peer.command = [sys.executable, "-c", request.param[0]]
    yield peer
    peer.close()


SAYS = 'input(); print(\'{"offset_seconds": 1.5, "score": 3.0, "match": true}\', flush=True)'


@pytest.mark.parametrize("peer", [(SAYS, 20.0)], indirect=True)
def test_a_peer_answers(peer):
    record = peer.ask(PAIR)

    assert record["offset_seconds"] == 1.5
    assert judge(PAIR, record).error_seconds == pytest.approx(0.5)


@pytest.mark.parametrize("peer", [("input(); import time; time.sleep(60)", 0.5)], indirect=True)
def test_a_peer_that_hangs_is_a_timeout(peer):
    assert peer.ask(PAIR)["failure"]["kind"] == "timeout"


@pytest.mark.parametrize("peer", [("input()", 20.0)], indirect=True)
def test_a_peer_that_dies_is_a_crash(peer):
    assert peer.ask(PAIR)["failure"]["kind"] == "crash"


def test_the_comparison_counts_right_pairs_and_wrong_answers():
    good = judge(PAIR, {"offset_seconds": 1.0005, "match": True})
    bad = judge(PAIR, {"offset_seconds": 7.0, "match": True})

    text = comparison({"one": [good], "other": [bad]})

    assert "| c dubs | 1 / 1 of 1 | 0 / 0 of 1 |" in text
    assert text.endswith("| 0 | 1 |")
