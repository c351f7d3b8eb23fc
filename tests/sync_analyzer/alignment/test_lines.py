"""A line is locked between the samples, so that lines compare by what they fit alone."""

from __future__ import annotations

import numpy as np
import pytest
from sounds import RATE_HZ, bed, delayed, mixed, track

from sync_analyzer.alignment.lines import lock, measure, pair_of
from sync_analyzer.evidence import Line


@pytest.mark.parametrize("fraction", [0.0, 0.25, 0.5, 0.75])
def test_a_lock_stands_as_high_wherever_the_peak_falls(fraction):
    shared = bed(seconds=40, seed=21)
    dub = delayed(mixed(shared, speech_db=3.0, seed=9), 800 + fraction)
    pair = pair_of(track(mixed(shared, speech_db=3.0, seed=8)), track(dub))
    near = Line(rate=1.0, offset_seconds=-0.1, score=10.0)

    line, polarity, score = lock(pair, near, frames=pair.frames_of(near))

    # A tenth of a sample costs a clipped peak no height; the fit that follows is far finer.
    assert line.offset_seconds == pytest.approx(-(800 + fraction) / RATE_HZ, abs=0.1 / RATE_HZ)
    locked = measure(pair, line, polarity=polarity, score=score, frames=pair.frames_of(line))
    middle = locked.rows.shape[1] // 2
    assert np.median(locked.rows[:, middle]) >= 0.97 * np.median(locked.rows.max(axis=1))
