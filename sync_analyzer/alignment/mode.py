"""Resampled or pitch-preserved: how the speed of a dub was changed."""

from __future__ import annotations

import numpy as np

from sync_analyzer.alignment.lines import Pair
from sync_analyzer.alignment.segments import Segment
from sync_analyzer.dsp.lagmap import lag_map

PROBES = 24
CLEARLY = 1.1


def speed_mode(pair: Pair, segment: Segment) -> str:
    """
    Return ``same``, ``resampled``, ``pitch_preserved`` or ``undetermined``.

    Near speed 1 the clearest frames are compared both resampled and only placed: a
    difference of pitch blurs the second. Where it does not, nobody can tell.
    """
    line = segment.line
    if line.rate == 1.0:
        return "same"
    if abs(line.rate - 1.0) > 2e-3:
        return "pitch_preserved" if line.pitch_kept else "resampled"
    frames, heights = [], []
    for piece in segment.pieces:
        middle = piece.locked.rows.shape[1] // 2
        low = piece.first_seconds / pair.hop_seconds - 0.5
        high = piece.last_seconds / pair.hop_seconds - 1.5
        inside = (piece.locked.frames >= low) & (piece.locked.frames <= high)
        frames.append(piece.locked.frames[inside])
        heights.append(piece.locked.rows[inside, middle])
    numbers, height = np.concatenate(frames), np.concatenate(heights)
    if len(numbers) == 0:
        return "undetermined"
    chosen = np.sort(numbers[np.argsort(-height)[:PROBES]])
    geometry = pair.geometry(max_lag_seconds=0.05)
    peaks = []
    for placed in (False, True):
        rows = lag_map(
            pair.master,
            pair.dub,
            geometry=geometry,
            frames=chosen,
            rate=line.rate,
            offset_seconds=line.offset_seconds,
            pitch_kept=placed,
        )
        peaks.append(float(np.median(np.abs(rows).max(axis=2).max(axis=0))))
    resampled, stretched = peaks
    if resampled > CLEARLY * stretched:
        return "resampled"
    if stretched > CLEARLY * resampled:
        return "pitch_preserved"
    return "undetermined"
