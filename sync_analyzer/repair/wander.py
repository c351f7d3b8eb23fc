"""
Measures how a pitch-preserved dub wanders about its constant speed, copy by copy.

Stretchers that work on samples copy the programme unchanged and splice every tenth of a
second or a few: measured on FFmpeg's ``atempo`` at 25/24, copies of 0.25 s and jumps of about
10 ms between them, so that the lag is a saw-tooth of +-10 ms, unrelated to itself after 0.1 s.
No slow correction can follow that; but as the copies are exact, master and raw dub are
compared without any stretch, and `dsp/lag_path.py` finds the copies.

It is followed only where that helps, shown on frames held out: one in eight is compared with
the constant speed, and with a path made of the frames that share no sample with it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.dsp.lag_path import (
    FRAME_SAMPLES,
    LagPath,
    clear_lags,
    lag_scores,
)
from sync_analyzer.export.plan import CorrectionPlan, Piece
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Media
from sync_analyzer.repair.views import RATE_HZ, views
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run

HOP_SAMPLES = 512
_CHUNK_FRAMES = 2048
_MARGIN_SECONDS = 1
_AGREES_SAMPLES = 24
_FEWEST_FRAMES = 30
_LARGE_MS = 4.4
"""
What nine tenths of the frames lie within, about a constant speed: measured on 30 dubs, at
least 5.1 after ``atempo``, at most 3.8 after rubberband, whose files are in place without.
"""
_NEAR_HELD_OUT = (3, 4, 5)
"""Of each eight frames, by number: number 4 is held out and overlaps both beside it."""
_SHORTEST_COPY_FRAMES = 2

_Lags = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """From ``master_seconds`` on: dub time less master time, and whether that was heard."""

    master_seconds: float
    lag_seconds: float
    sure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Wander:
    """
    What a dub does about its constant speed.

    ``copies`` has one row for each piece of the plan whose speed is undone, by its number.
    The errors are those of the frames held out: their distance from the constant speed, and
    from the path that the other frames made.
    """

    copies: Mapping[int, tuple[Copy, ...]]
    frames_held_out: int
    frames_clear: int
    constant_median_ms: float
    constant_p90_ms: float
    followed_median_ms: float
    worst_ms: float

    @property
    def worth_following(self) -> bool:
        """Whether the wander is large and the held-out frames lie closer once followed."""
        return (
            self.frames_clear >= _FEWEST_FRAMES
            and self.constant_p90_ms > _LARGE_MS
            and self.followed_median_ms < 0.5 * self.constant_median_ms
        )

    @property
    def splices(self) -> int:
        """How many splices lie between the copies."""
        return sum(len(row) - 1 for row in self.copies.values())

    def to_dict(self, *, followed: bool) -> dict[str, Any]:
        """Return the numbers, and whether the written file follows."""
        known = self.frames_clear > 0
        return {
            "followed": followed,
            "splices": self.splices if followed else 0,
            "worst_ms": round(self.worst_ms, 3) if known else None,
            "frames_held_out": self.frames_held_out,
            "frames_clear": self.frames_clear,
            "constant_median_ms": round(self.constant_median_ms, 3) if known else None,
            "constant_p90_ms": round(self.constant_p90_ms, 3) if known else None,
            "followed_median_ms": round(self.followed_median_ms, 3) if known else None,
        }

    def note(self, *, followed: bool) -> str | None:
        """Return the sentence for a person, None where there is nothing to say."""
        if not self.worth_following:
            return None
        wandered = f"The dub wandered by up to {self.worst_ms:.1f} ms about its constant speed; "
        if followed:
            return wandered + f"followed at {self.splices} places."
        return wandered + "this form of file is corrected by the constant speed alone."


def is_stretched(plan: CorrectionPlan, piece: Piece) -> bool:
    """Tell whether the piece's speed is undone with its pitch kept."""
    return plan.pitch_preserved and piece.rate != 1 and piece.dub_start_seconds is not None


def measure_wander(
    report: SyncReport, plan: CorrectionPlan, *, run: Run | None = None
) -> Wander | None:
    """
    Return how the dub wanders, None where no speed is undone with its pitch kept.

    Raises:
        MediaError: one of the files cannot be read.
        AnalysisCancelled: the run was cancelled.
    """
    run = run or Run()
    stretched = {i: one for i, one in enumerate(plan.sounding) if is_stretched(plan, one)}
    if not stretched:
        return None
    master, dub = (
        probe(path, stream=(report.media.get(side) or {}).get("stream"))
        for side, path in (("master", report.master_file), ("dub", report.dub_file))
    )
    total = sum(float(piece.duration_seconds) for piece in stretched.values())
    found = {
        i: _track(master, dub, piece, run=run.part(float(piece.duration_seconds) / total))
        for i, piece in stretched.items()
    }
    return _wander({i: one for i, one in found.items() if len(one.own)})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tracked:
    """
    Per frame of a piece, in samples at `RATE_HZ`.

    ``centres`` in the master. Lags, dub less master: ``expected`` by the constant speed;
    ``path`` of all frames; ``others`` of those that share no sample with a frame held out,
    held until the next; ``own``, what the frame says alone, NaN where that is not clear.
    """

    centres: NDArray[np.int64]
    expected: NDArray[np.int64]
    path: NDArray[np.int64]
    others: NDArray[np.int64]
    own: _Lags

    @property
    def held_out(self) -> NDArray[np.bool_]:
        return np.asarray(np.arange(len(self.own)) % 8 == 4)


def _track(master: Media, dub: Media, piece: Piece, *, run: Run) -> _Tracked:
    path, others = LagPath(), LagPath()
    own: list[_Lags] = [np.zeros(0)]
    centres, expected = _frames(piece)
    for first in range(0, len(centres), _CHUNK_FRAMES):
        run.checkpoint(first / len(centres), "Measuring how the dub wanders")
        span = slice(first, first + _CHUNK_FRAMES)
        scores = _scores(master, dub, centres=centres[span], expected=expected[span])
        own.append(clear_lags(scores))
        for number, row in enumerate(scores, start=first):
            path.add(row, expected_lag=int(expected[number]))
            if number % 8 not in _NEAR_HELD_OUT:
                others.add(row, expected_lag=int(expected[number]))
    fitted = ~np.isin(np.arange(len(centres)) % 8, _NEAR_HELD_OUT)
    return _Tracked(
        centres=centres,
        expected=expected,
        path=path.lags(),
        others=others.lags()[np.maximum(0, np.cumsum(fitted) - 1)],
        own=np.concatenate(own) + expected,
    )


def _frames(piece: Piece) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return centres of frames in the master and the lags that the constant speed expects."""
    assert piece.dub_start_seconds is not None
    start, end = float(piece.master_start_seconds), float(piece.master_end_seconds)
    first, last = (int(np.ceil(at * RATE_HZ / HOP_SAMPLES)) for at in (start, end))
    centres = np.arange(first, last, dtype=np.int64) * HOP_SAMPLES
    into = centres / RATE_HZ - start
    dub_seconds = float(piece.dub_start_seconds) + float(piece.rate) * into
    return centres, np.rint(dub_seconds * RATE_HZ).astype(np.int64) - centres


def _scores(
    master: Media, dub: Media, *, centres: NDArray[np.int64], expected: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return `lag_scores` of frames next to each other; both files read from whole seconds on."""
    starts, sounds = [], []
    for media, at in ((master, centres), (dub, centres + expected)):
        from_seconds = int(at[0]) // RATE_HZ - _MARGIN_SECONDS
        seconds = int(at[-1]) // RATE_HZ + 1 + _MARGIN_SECONDS - from_seconds
        sounds.append(views(media, start_seconds=from_seconds, duration_seconds=seconds))
        starts.append(at - FRAME_SAMPLES // 2 - from_seconds * RATE_HZ)
    shared = min(len(one) for one in sounds)
    return lag_scores(
        sounds[0][:shared],
        sounds[1][:shared],
        master_starts=starts[0],
        dub_starts=starts[1],
        sample_rate_hz=RATE_HZ,
    )


def _wander(tracked: dict[int, _Tracked]) -> Wander:
    constant, followed, heard = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    held_out = 0
    for one in tracked.values():
        asked = one.held_out & np.isfinite(one.own)
        held_out += int(one.held_out.sum())
        away = one.own - one.expected
        middle = float(np.median(away[asked])) if asked.any() else 0.0
        constant.append(np.abs(away - middle)[asked])
        followed.append(np.abs(one.own - one.others)[asked])
        heard.append(np.abs(away - middle)[_agrees(one)])
    errors = [np.concatenate(rows) * 1000 / RATE_HZ for rows in (constant, followed, heard)]
    clear = len(errors[0])
    return Wander(
        copies={i: tuple(_copies(one)) for i, one in tracked.items()},
        frames_held_out=held_out,
        frames_clear=clear,
        constant_median_ms=float(np.median(errors[0])) if clear else 0.0,
        constant_p90_ms=float(np.percentile(errors[0], 90)) if clear else 0.0,
        followed_median_ms=float(np.median(errors[1])) if clear else 0.0,
        worst_ms=float(errors[2].max(initial=0.0)),
    )


def _agrees(one: _Tracked) -> NDArray[np.bool_]:
    """Return which frames say by themselves what the path says."""
    return np.isfinite(one.own) & (np.abs(one.own - one.path) <= _AGREES_SAMPLES)


def _copies(one: _Tracked) -> Iterator[Copy]:
    """Yield stretches of one lag; the shortest, too short to splice, go to their neighbours."""
    edges = np.flatnonzero(np.diff(one.path)) + 1
    bounds = [0, *(int(edge) for edge in edges), len(one.path)]
    kept = [
        (first, last)
        for first, last in itertools.pairwise(bounds)
        if last - first >= _SHORTEST_COPY_FRAMES
    ]
    agrees = _agrees(one)
    ended = None
    for first, last in kept or [(0, len(one.path))]:
        at = first if ended is None else (ended + first) / 2
        yield Copy(
            master_seconds=float(one.centres[0] + (at - 0.5) * HOP_SAMPLES) / RATE_HZ,
            lag_seconds=float(one.path[first]) / RATE_HZ,
            sure=bool(agrees[first:last].any()),
        )
        ended = last
