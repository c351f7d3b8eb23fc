"""From every detector's evidence to one alignment: segments, speed, edits, doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from sync_analyzer.alignment import gaps
from sync_analyzer.alignment.candidates import confirm, confirm_modes, ranked_lines
from sync_analyzer.alignment.fit import Anchor, Fit, anchors_of
from sync_analyzer.alignment.lines import (
    WIDE_LAG_SECONDS,
    Locked,
    Pair,
    delayed,
)
from sync_analyzer.alignment.path import Stretch, path_of
from sync_analyzer.alignment.rivals import NEARLY, PROBES, probes_of, rival_heights
from sync_analyzer.alignment.speed import SpeedFit, settle_speed
from sync_analyzer.alignment.worth import covered_frames, may_add, open_frames
from sync_analyzer.evidence import Evidence, Line, Vote
from sync_analyzer.run import Run

MAX_CONFIRMED = 24
MAX_TRIED = 16
FRAMES_EACH = 8
RETUNE = 1e-3
"""Coarse speeds within this of the programme's are meant to be the programme's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one line in its final form; ``anchors`` are relative to ``line``."""

    line: Line
    first_seconds: float
    last_seconds: float
    evidence: float
    anchors: tuple[Anchor, ...]
    delay_error_seconds: float
    locked: Locked


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """
    The pieces of the programme in order, on one common speed.

    ``distinct`` is the share of probes that no other line explains nearly as well, and
    ``clarity`` the 90th percentile of their heights over the highest possible; both 0..1.
    """

    pieces: tuple[Piece, ...]
    speed: SpeedFit | None
    distinct: float
    clarity: float


def align(evidence: Sequence[Evidence], pair: Pair, run: Run) -> Path:
    """
    Return the path of the dub through the master.

    Lines of all detectors are confirmed on the waveform, the best path through them is
    found, stretches it leaves open are searched again between their neighbours, and one
    speed with one offset per stretch is fitted to what remains.
    """
    proposals = ranked_lines(evidence)[:MAX_TRIED]
    confirming = run.part(0.5)
    covered = covered_frames(pair)
    for done, (line, votes) in enumerate(proposals):
        confirming.checkpoint(done / len(proposals), "Alignment: confirming candidates")
        if may_add(pair, line, votes, covered=covered):
            confirm_modes(pair, line, votes, still_open=open_frames(covered))
            covered = covered_frames(pair)
    _retune(pair, proposals)
    filling = run.part(0.3)
    for turn in range(3):
        filling.checkpoint(turn / 3, "Alignment: looking into what is left open")
        stretches = path_of(pair)
        if not gaps.fill(pair, stretches) or len(pair.confirmed) >= MAX_CONFIRMED:
            break
    rest = run.part(0.2)
    rest.checkpoint(0.0, "Alignment: looking for places that fit as well")
    distinct, clarity = _compared(pair, [line for line, _ in proposals])
    rest.checkpoint(0.6, "Alignment: fitting offset and speed")
    return _fitted(pair, distinct=distinct, clarity=clarity)


def _retune(pair: Pair, proposals: Sequence[tuple[Line, Sequence[Vote]]]) -> None:
    """
    Try proposals again at the heaviest line's speed, where that keeps the pitch.

    A few coarse votes know a speed to some hundred ppm only, and a stretcher's blurred
    ridges do not mend it; the whole programme was stretched alike.
    """
    stretches = path_of(pair)
    if not stretches:
        return
    base = pair.confirmed[max(stretches, key=lambda one: one.evidence).line].line
    if not base.pitch_kept:
        return
    for line, votes in proposals:
        if votes and abs(line.rate - base.rate) < RETUNE:
            at = float(np.median([vote.master_seconds for vote in votes]))
            offset = line.offset_seconds + (base.rate - line.rate) * at
            confirm(
                pair,
                replace(line, rate=base.rate, offset_seconds=offset, pitch_kept=True),
                votes,
                still_open=open_frames(covered_frames(pair)),
            )


def _compared(pair: Pair, proposals: Sequence[Line]) -> tuple[float, float]:
    """Compare the path with other lines; where one stands higher, let it into the path."""
    for last in (False, True):
        stretches = path_of(pair)
        if not stretches:
            return 0.0, 0.0
        each = max(4, PROBES // len(stretches))
        frames, chosen = [], []
        for stretch in stretches:
            locked = pair.confirmed[stretch.line]
            inside = (locked.frames >= stretch.first) & (locked.frames <= stretch.last)
            heights = locked.rows[inside, locked.rows.shape[1] // 2]
            probes = probes_of(locked.frames[inside], heights, count=each)
            frames.append(probes)
            chosen += [locked.line] * len(probes)
        numbers = np.concatenate(frames)
        if len(numbers) == 0:
            return 0.0, 0.0
        others = [*proposals, *(locked.line for locked in pair.confirmed)]
        mine, highest, better = rival_heights(pair, chosen, numbers, others)
        known = len(pair.confirmed)
        for line in better if not last else ():
            confirm(pair, line, ())
        if len(pair.confirmed) == known:
            break
    ceiling = np.sqrt(2.0 * WIDE_LAG_SECONDS * pair.sample_rate_hz)
    return (
        float((highest < NEARLY * mine).mean()),
        float(min(1.0, np.percentile(mine, 90) / ceiling)),
    )


def _fitted(pair: Pair, *, distinct: float, clarity: float) -> Path:
    stretches = path_of(pair)
    # A line met again after an edit may lie a fraction of a millisecond elsewhere by then.
    runs = [list(run) for _, run in groupby(stretches, key=lambda stretch: stretch.line)]
    groups = [
        (run, anchors)
        for run in runs
        if (anchors := _anchors(pair, pair.confirmed[run[0].line], run))
    ]
    if not groups:
        return Path(pieces=(), speed=None, distinct=distinct, clarity=clarity)
    weight: dict[int, float] = {}
    for run, _ in groups:
        weight[run[0].line] = weight.get(run[0].line, 0.0) + sum(s.evidence for s in run)
    base = pair.confirmed[max(weight, key=lambda index: weight[index])].line
    common = [
        _on_common_rate(pair.confirmed[run[0].line].line, base, anchors) for run, anchors in groups
    ]
    speed, fit = settle_speed(base, [anchors for _, anchors in common])
    pieces = [
        _piece(pair, stretch, line, anchors, fit, order, speed)
        for order, ((run, _), (line, anchors)) in enumerate(zip(groups, common, strict=True))
        for stretch in run
    ]
    pieces.sort(key=lambda piece: piece.first_seconds)
    return Path(pieces=tuple(pieces), speed=speed, distinct=distinct, clarity=clarity)


def _anchors(pair: Pair, locked: Locked, stretches: Sequence[Stretch]) -> list[Anchor]:
    """Return the anchors of all stretches of one line; of one long group, if none stands out."""
    found = []
    for stretch in stretches:
        some = anchors_of(pair, locked, stretch, frames_each=FRAMES_EACH)
        found += some or anchors_of(pair, locked, stretch, frames_each=10**6)
    return found


def _on_common_rate(line: Line, base: Line, anchors: Sequence[Anchor]) -> tuple[Line, list[Anchor]]:
    """Return the line turned about its middle anchor to the base's rate, anchors to match."""
    if line.pitch_kept != base.pitch_kept or abs(line.rate - base.rate) > 3e-3:
        return line, list(anchors)
    pivot = float(np.median([anchor.master_seconds for anchor in anchors]))
    growth = base.rate - line.rate
    turned = replace(line, rate=base.rate, offset_seconds=line.offset_seconds + growth * pivot)
    scale = 1.0 if line.pitch_kept else base.rate
    moved = [
        replace(
            anchor,
            delay_seconds=anchor.delay_seconds - growth * (anchor.master_seconds - pivot) / scale,
        )
        for anchor in anchors
    ]
    return turned, moved


def _piece(
    pair: Pair,
    stretch: Stretch,
    line: Line,
    anchors: Sequence[Anchor],
    fit: Fit,
    index: int,
    speed: SpeedFit,
) -> Piece:
    delay = float(fit.delay_seconds[index] - fit.growth * fit.centre_seconds[index])
    final = delayed(line, delay_seconds=delay, growth=fit.growth)
    if abs(final.rate - speed.rate) < 1e-5:
        # Floating point only: the settled rate may be an exact fraction.
        pivot = float(fit.centre_seconds[index])
        final = replace(
            final,
            offset_seconds=final.offset_seconds + (speed.rate - final.rate) * pivot,
            rate=speed.rate,
        )
    hop = pair.hop_seconds
    return Piece(
        line=final,
        first_seconds=(stretch.first + 0.5) * hop,
        last_seconds=(stretch.last + 1.5) * hop,
        evidence=stretch.evidence,
        anchors=tuple(
            anchor
            for anchor in anchors
            if stretch.first * hop <= anchor.master_seconds <= (stretch.last + 2) * hop
        ),
        delay_error_seconds=float(fit.delay_error_seconds[index]),
        locked=pair.confirmed[stretch.line],
    )
