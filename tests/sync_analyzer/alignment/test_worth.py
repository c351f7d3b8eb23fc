"""Which proposed lines are still worth a look, once most of the programme is explained."""

from __future__ import annotations

import numpy as np
import pytest

from sync_analyzer.alignment.lines import Pair
from sync_analyzer.alignment.worth import may_add
from sync_analyzer.evidence import Line, Vote

RATE_HZ = 8000
SECONDS = 150.0


@pytest.fixture
def pair():
    sound = np.zeros(int(SECONDS * RATE_HZ), np.float16)
    return Pair(
        names=("mid",),
        master=(sound,),
        dub=(sound,),
        sample_rate_hz=RATE_HZ,
        master_seconds=SECONDS,
        dub_seconds=SECONDS,
    )


@pytest.fixture
def covered(pair):
    """All of the programme explained, but for what a test opens."""
    return np.ones(int(SECONDS / pair.hop_seconds) + 2, np.bool_)


LINE = Line(rate=1.0, offset_seconds=0.25, score=12.0)


def vote(at, seconds=6.0):
    return Vote(
        master_seconds=at,
        duration_seconds=seconds,
        offset_seconds=0.25,
        score=9.0,
        rival=1.0,
        line=0,
    )


def test_before_anything_is_explained_every_line_is_worth_a_look(pair, covered):
    assert may_add(pair, LINE, [], covered=~covered)


def test_nothing_is_left_to_add_where_all_is_explained(pair, covered):
    assert not may_add(pair, LINE, [], covered=covered)
    assert not may_add(pair, LINE, [vote(40.0)], covered=covered)


def test_a_line_without_votes_may_add_one_open_stretch(pair, covered):
    covered[20:34] = False

    assert may_add(pair, LINE, [], covered=covered)


def test_as_many_open_frames_here_and_there_are_only_the_edges_of_what_is_known(pair, covered):
    covered[20:244:16] = False
    assert (~covered).sum() == 14

    assert not may_add(pair, LINE, [], covered=covered)


def test_votes_count_where_their_windows_are_open(pair, covered):
    covered[20:34] = False

    assert may_add(pair, LINE, [vote(14.0)], covered=covered)
    assert not may_add(pair, LINE, [vote(90.0)], covered=covered)
