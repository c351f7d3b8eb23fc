"""Whether the rest of the sound belongs together too, or only a bed is shared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment.align import Piece
from sync_analyzer.alignment.lines import Pair
from sync_analyzer.dsp.coherence import containment
from sync_analyzer.dsp.lagmap import Geometry, aligned_frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    Frames of one length: how many follow each other in a run, and how many runs there are.

    Pieces too short for a run are left out; what is left must be ``least_share`` of all.
    """

    frame_seconds: float
    run_frames: int
    most_runs: int
    least_share: float


LOOKS = (
    Look(frame_seconds=1.024, run_frames=12, most_runs=16, least_share=0.5),
    Look(frame_seconds=0.256, run_frames=24, most_runs=32, least_share=0.0),
)
"""Long frames hold a room's echoes, and tell two programmes over one bed apart best; short
ones are for what is too short or too much the same all along for anything to stand out."""
MIN_FRAMES = 8
MIN_CELLS = 400
MIN_LEVEL = 10.0 ** (-30 / 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kinship:
    """Shares of what stands out beside the voices that both have: coherent, or just there."""

    coherent: float
    present: float


def kinship(pair: Pair, pieces: Sequence[Piece]) -> Kinship | None:
    """
    Return how much of what stands out beside the voices both files share.

    Voices sit in the middle of a mix; the side view is music and effects. In a dub the
    side's events are the master's. Two programmes that share a library track, a loop or an
    ambience each have events of their own there. The greater of both directions counts: a
    dub may have noise or a room on top.

    Returns:
        None where a file has no side signal worth the name, or the line keeps the pitch.
    """
    if "side" not in pair.names or any(piece.line.pitch_kept for piece in pieces):
        return None
    side = pair.names.index("side")
    if not all(_wide(views[0], views[side]) for views in (pair.master, pair.dub)):
        return None
    found = (_seen(pair, pieces, side=side, look=look) for look in LOOKS)
    return next((one for one in found if one is not None), None)


def _seen(pair: Pair, pieces: Sequence[Piece], *, side: int, look: Look) -> Kinship | None:
    """Return the kinship in frames of one length, None where too little stands out in them."""
    rate_hz = pair.sample_rate_hz
    frame = int(2 ** round(np.log2(look.frame_seconds * rate_hz)))
    geometry = Geometry(
        sample_rate_hz=rate_hz, frame_samples=frame, hop_samples=frame // 2, max_lag_samples=1
    )
    hop_seconds = geometry.hop_samples / rate_hz
    long = [one for one in pieces if _length(one) >= MIN_FRAMES * hop_seconds]
    if sum(map(_length, long)) < look.least_share * sum(map(_length, pieces)):
        return None
    first, second = [], []
    for piece, frames in _runs(long, look=look, hop_seconds=hop_seconds):
        left, right = aligned_frames(
            pair.master[side],
            pair.dub[side],
            geometry,
            frames,
            rate=piece.line.rate,
            offset_seconds=piece.line.offset_seconds,
        )
        first.append(left)
        second.append(right)
    if not first:
        return None
    both = containment(np.concatenate(first), np.concatenate(second))
    known = [one for one in both if one.cells >= MIN_CELLS]
    if not known:
        return None
    return Kinship(
        coherent=max(one.coherent for one in known), present=max(one.present for one in known)
    )


def _runs(
    pieces: Sequence[Piece], *, look: Look, hop_seconds: float
) -> Iterator[tuple[Piece, NDArray[np.int64]]]:
    """Yield runs of frames spread over the pieces, each with its piece."""
    length = sum(map(_length, pieces))
    for piece in pieces:
        share = _length(piece) / max(length, 1e-9)
        low, high = (int(t / hop_seconds) for t in (piece.first_seconds, piece.last_seconds))
        if high - low < MIN_FRAMES:
            continue
        count = max(1, round(look.most_runs * share))
        starts = np.linspace(low, max(low, high - look.run_frames), count).astype(np.int64)
        for start in np.unique(starts):
            yield piece, np.arange(start, min(high, start + look.run_frames))


def _length(piece: Piece) -> float:
    return piece.last_seconds - piece.first_seconds


def _wide(mid: np.ndarray, side: np.ndarray) -> bool:
    """Tell whether the side is loud enough against the middle to carry music and effects."""
    thin = slice(None, None, 16)
    middle, edge = (np.sqrt(np.mean(x[thin].astype(np.float32) ** 2)) for x in (mid, side))
    return bool(edge > MIN_LEVEL * middle and edge > 1e-6)
