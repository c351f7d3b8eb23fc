"""What is told already need not be looked at again; what may be an accident tells nothing."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import bed, track

from sync_analyzer.alignment.candidates import TELLING_SCORE, already_told, confirm
from sync_analyzer.alignment.lines import Locked, pair_of
from sync_analyzer.evidence import Line, Vote

LINE = Line(rate=1.0, offset_seconds=0.0, score=50.0)
VOTES = [
    Vote(
        master_seconds=at,
        duration_seconds=6.0,
        offset_seconds=0.001,
        score=12.0,
        rival=4.0,
        line=0,
    )
    for at in (5.0, 10.0, 15.0)
]


@pytest.mark.parametrize("votes", [VOTES, []], ids=["votes", "no votes"])
@pytest.mark.parametrize(
    ("offset_seconds", "score", "told"),
    [(0.015, 3 * TELLING_SCORE, True), (0.015, 9.0, False), (1.0, 3 * TELLING_SCORE, False)],
    ids=["near and clear", "near and hardly locked", "elsewhere"],
)
def test_only_a_clear_line_near_by_tells(votes, offset_seconds, score, told):
    sound = bed(seconds=20, seed=1)
    pair = pair_of(track(sound), track(sound))
    frames = np.arange(35)
    known = Locked(
        line=Line(rate=1.0, offset_seconds=offset_seconds, score=score),
        polarity=(1, 1),
        score=score,
        frames=frames,
        rows=np.zeros((len(frames), 257), np.float32),
        view_z=np.zeros((2, len(frames)), np.float32),
    )
    pair.confirmed.append(known)

    assert already_told(pair, LINE, votes) is told


@pytest.mark.parametrize(("score", "confirmed"), [(9.0, True), (500.0, False)])
def test_an_accident_that_crosses_the_truth_does_not_hide_it(score, confirmed):
    sound = bed(seconds=20, seed=2)
    pair = pair_of(track(sound), track(sound))
    frames = np.arange(35)
    middle_seconds = (frames[17] + 1) * pair.hop_seconds
    steep = Line(rate=1.0003, offset_seconds=0.0003 * middle_seconds, score=score)
    pair.confirmed.append(
        Locked(
            line=steep,
            polarity=(1, 1),
            score=score,
            frames=frames,
            rows=np.zeros((len(frames), 257), np.float32),
            view_z=np.zeros((2, len(frames)), np.float32),
        )
    )

    found = confirm(pair, LINE, VOTES)

    assert (found is not None) is confirmed
