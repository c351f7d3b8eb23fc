"""What is left open between known stretches is searched again, at the dub's own speed."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import RATE_HZ, bed, mixed, played_at, track

from sync_analyzer.alignment import gaps
from sync_analyzer.alignment.lines import lock, measure, pair_of
from sync_analyzer.alignment.path import best_path, frame_evidence
from sync_analyzer.evidence import Line
from sync_analyzer.timebase import offset_at


@pytest.mark.parametrize("rate", [1.0, 24 / 25, 1001 / 960])
def test_a_head_before_a_cut_is_found(rate):
    """The dub lacks 12 s to 14 s of the master; only what comes after is known."""
    shared = bed(seconds=60, seed=21)
    cut = np.concatenate([shared[: 12 * RATE_HZ], shared[14 * RATE_HZ :]])
    pair = pair_of(
        track(mixed(shared, speech_db=3.0, seed=8)),
        track(played_at(mixed(cut, speech_db=3.0, seed=9), rate=rate)),
    )
    known = Line(rate=rate, offset_seconds=2.0 * rate, score=50.0)
    locked, polarity, score = lock(pair, known, frames=pair.frames_of(known))
    pair.confirmed.append(
        measure(pair, locked, polarity=polarity, score=score, frames=pair.frames_of(known))
    )
    evidence = [frame_evidence(pair.confirmed[0])]
    stretches = best_path(pair.confirmed, evidence, frame_count=len(pair.loud("master")) + 2)

    found = gaps.fill(pair, stretches)

    assert found
    head = pair.confirmed[-1].line
    assert offset_at(6.0, rate=head.rate, offset_seconds=head.offset_seconds) == pytest.approx(
        (1 - rate) * 6.0, abs=1e-4
    )
