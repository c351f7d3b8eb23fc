"""Which frames kinship is judged in."""

from __future__ import annotations

import numpy as np
from sounds import bed, track

from sync_analyzer.alignment.align import Piece
from sync_analyzer.alignment.kinship import LOOKS, _seen, kinship
from sync_analyzer.alignment.lines import Locked, pair_of
from sync_analyzer.evidence import Line

LINE = Line(rate=1.0, offset_seconds=0.0, score=50.0)
LOCKED = Locked(
    line=LINE,
    polarity=(1, 1),
    score=50.0,
    frames=np.arange(1),
    rows=np.zeros((1, 257), np.float32),
    view_z=np.zeros((2, 1), np.float32),
)
LONG, SHORT = LOOKS


def pieces(*spans):
    return [
        Piece(
            line=LINE,
            first_seconds=first,
            last_seconds=last,
            evidence=50.0,
            anchors=(),
            delay_error_seconds=0.0,
            locked=LOCKED,
        )
        for first, last in spans
    ]


def test_a_sound_is_kin_to_itself():
    sound = bed(seconds=40, seed=3)
    found = kinship(pair_of(track(sound), track(sound)), pieces((0.0, 40.0)))

    assert found is not None
    assert found.coherent > 0.95
    assert found.present > 0.95


def test_long_frames_do_not_speak_for_pieces_that_are_mostly_too_short_for_them():
    sound = bed(seconds=40, seed=3)
    pair = pair_of(track(sound), track(sound))
    mostly_short = pieces((0.0, 12.0), *((at, at + 3.0) for at in np.arange(14.0, 37.0, 3.5)))

    assert _seen(pair, mostly_short, side=1, look=LONG) is None
    assert _seen(pair, mostly_short, side=1, look=SHORT) is not None
    assert _seen(pair, pieces((0.0, 40.0)), side=1, look=LONG) is not None
