"""From every detector's evidence to one alignment: segments, speed, edits, doubt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment import gaps
from sync_analyzer.alignment.candidates import confirm_modes, ranked_lines
from sync_analyzer.alignment.fit import Anchor, Fit, anchors_of
from sync_analyzer.alignment.lines import (
    NARROW_LAG_SECONDS,
    Locked,
    Pair,
    delayed,
)
from sync_analyzer.alignment.path import Stretch, best_path, frame_evidence
from sync_analyzer.alignment.speed import SpeedFit, settle_speed
from sync_analyzer.alignment.worth import covered_frames, may_add
from sync_analyzer.evidence import Evidence, Line
from sync_analyzer.run import Run

MAX_CONFIRMED = 24
MAX_TRIED = 16
FRAMES_EACH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of one line in its final form; ``anchors`` are relative to ``line``."""

    line: Line
    first_seconds: float
    last_seconds: float
    evidence: float
    rival_evidence: float
    anchors: tuple[Anchor, ...]
    delay_error_seconds: float
    locked: Locked


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """The pieces of the programme in order, on one common speed."""

    pieces: tuple[Piece, ...]
    speed: SpeedFit | None
    frame_value: NDArray[np.float64]
    """Evidence per frame on the chosen path, 0 where none was chosen."""


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
            confirm_modes(pair, line, votes)
            covered = covered_frames(pair)
    filling = run.part(0.3)
    for turn in range(3):
        filling.checkpoint(turn / 3, "Alignment: looking into what is left open")
        stretches, _ = _stretches(pair)
        if not gaps.fill(pair, stretches) or len(pair.confirmed) >= MAX_CONFIRMED:
            break
    run.part(0.2).checkpoint(0.0, "Alignment: fitting offset and speed")
    return _fitted(pair)


def _frame_count(pair: Pair) -> int:
    return int(pair.master_seconds / pair.hop_seconds) + 2


def _stretches(pair: Pair) -> tuple[list[Stretch], list[NDArray[np.float64]]]:
    values = [frame_evidence(locked) for locked in pair.confirmed]
    return best_path(pair.confirmed, values, frame_count=_frame_count(pair)), values


def _fitted(pair: Pair) -> Path:
    stretches, values = _stretches(pair)
    frame_value = np.zeros(_frame_count(pair))
    groups: list[tuple[Stretch, list[Anchor]]] = []
    for stretch in stretches:
        locked = pair.confirmed[stretch.line]
        inside = (locked.frames >= stretch.first) & (locked.frames <= stretch.last)
        frame_value[locked.frames[inside]] = values[stretch.line][inside]
        geometry = pair.geometry(
            max_lag_seconds=NARROW_LAG_SECONDS * (4 if locked.line.pitch_kept else 1)
        )
        anchors = anchors_of(locked, stretch, geometry=geometry, frames_each=FRAMES_EACH)
        if not anchors:
            anchors = anchors_of(locked, stretch, geometry=geometry, frames_each=10**6)
        if anchors:
            groups.append((stretch, anchors))
    if not groups:
        return Path(pieces=(), speed=None, frame_value=frame_value)
    reference = max(groups, key=lambda group: group[0].evidence)[0]
    base = pair.confirmed[reference.line].line
    common = [
        _on_common_rate(pair.confirmed[stretch.line].line, base, anchors)
        for stretch, anchors in groups
    ]
    speed, fit = settle_speed(base, [anchors for _, anchors in common])
    pieces = tuple(
        _piece(pair, stretch, line, anchors, fit, index, values, speed)
        for index, ((stretch, _), (line, anchors)) in enumerate(zip(groups, common, strict=True))
    )
    return Path(pieces=pieces, speed=speed, frame_value=frame_value)


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
    values: Sequence[NDArray[np.float64]],
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
        rival_evidence=_rival(pair, stretch, values),
        anchors=tuple(anchors),
        delay_error_seconds=float(fit.delay_error_seconds[index]),
        locked=pair.confirmed[stretch.line],
    )


def _rival(pair: Pair, stretch: Stretch, values: Sequence[NDArray[np.float64]]) -> float:
    """Return the greatest evidence any other line has for the same frames."""
    best = 0.0
    chosen = pair.confirmed[stretch.line].line
    for index, (locked, value) in enumerate(zip(pair.confirmed, values, strict=True)):
        inside = (locked.frames >= stretch.first) & (locked.frames <= stretch.last)
        if index == stretch.line or not inside.any():
            continue
        middle = (stretch.first + stretch.last + 2) / 2 * pair.hop_seconds
        gap = (locked.line.offset_seconds - chosen.offset_seconds) + middle * (
            chosen.rate - locked.line.rate
        )
        if abs(gap) > 0.02:
            best = max(best, float(np.maximum(value[inside], 0.0).sum()))
    return best
