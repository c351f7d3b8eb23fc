"""Which lines are worth a look on the waveform, and the ones that stand up to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment.lines import (
    NARROW_LAG_SECONDS,
    SECTION_FRAMES,
    Locked,
    Pair,
    lock,
    measure,
)
from sync_analyzer.evidence import Evidence, Line, Vote
from sync_analyzer.timebase import offset_at

SAME_LINE_SECONDS = 0.004
COARSE_SECONDS = 0.06
TELLING_SCORE = 20.0
"""Score from which a line is no accident that lies beside the truth."""
SURE_SCORE = 60.0
MARGIN_SECONDS = 45.0
WHOLE_SECONDS = 420.0
"""Files up to this length are measured along the whole of every line."""


def ranked_lines(evidence: Iterable[Evidence]) -> list[tuple[Line, list[Vote]]]:
    """Return every detector's lines with their votes, interleaved best first."""
    ranked: list[tuple[int, float, Line, list[Vote]]] = []
    for one in evidence:
        order = sorted(range(len(one.lines)), key=lambda i: -one.lines[i].score)
        for rank, index in enumerate(order):
            votes = [vote for vote in one.votes if vote.line == index]
            ranked.append((rank, -len(votes), one.lines[index], votes))
    ranked.sort(key=lambda entry: entry[:2])
    return [(line, votes) for _, _, line, votes in ranked]


def same(first: Line, second: Line, *, at_seconds: float, within_seconds: float) -> bool:
    """Tell whether two lines put the dub at the same place at one master time."""
    here = offset_at(at_seconds, rate=first.rate, offset_seconds=first.offset_seconds)
    there = offset_at(at_seconds, rate=second.rate, offset_seconds=second.offset_seconds)
    return abs(here - there) < within_seconds and first.pitch_kept == second.pitch_kept


def already_told(pair: Pair, line: Line, votes: Sequence[Vote]) -> bool:
    """
    Tell whether confirmed lines lie where this coarse line and its votes point.

    A line that was hardly locked may be an accident beside the truth: it tells nothing.
    """
    clear = [known for known in pair.confirmed if known.score >= TELLING_SCORE]
    if not votes:
        middle = line_middle(pair, line)
        return any(
            same(other.line, line, at_seconds=middle, within_seconds=COARSE_SECONDS)
            for other in clear
        )
    told = 0
    for vote in votes:
        at = vote.master_seconds
        told += any(
            abs(
                offset_at(at, rate=known.line.rate, offset_seconds=known.line.offset_seconds)
                - vote.offset_seconds
            )
            < COARSE_SECONDS
            and known.frames[0] * pair.hop_seconds
            <= at
            <= (known.frames[-1] + 2) * pair.hop_seconds
            for known in clear
        )
    return told >= 0.8 * len(votes)


def line_middle(pair: Pair, line: Line) -> float:
    """Return the master time halfway through the part both files have on this line."""
    frames = pair.frames_of(line)
    return float(frames.mean() + 1) * pair.hop_seconds if len(frames) else 0.0


def span_of(pair: Pair, line: Line, votes: Sequence[Vote]) -> NDArray[np.int64]:
    """Return the frames to measure a line on: where windows voted for it, and around."""
    frames = pair.frames_of(line)
    if not votes or max(pair.master_seconds, pair.dub_seconds) <= WHOLE_SECONDS:
        return frames
    first = min(vote.master_seconds - vote.duration_seconds for vote in votes) - MARGIN_SECONDS
    last = max(vote.master_seconds + vote.duration_seconds for vote in votes) + MARGIN_SECONDS
    hop = pair.hop_seconds
    return frames[(frames >= first / hop - 1) & (frames <= last / hop - 1)]


def confirm(
    pair: Pair, line: Line, votes: Sequence[Vote], *, still_open: NDArray[np.bool_] | None = None
) -> Locked | None:
    """
    Return the line locked on the waveform and measured, or None where it does not hold.

    A line that comes out where a confirmed one lies already is None as well.

    Args:
        pair: the two files; the line is added to what is confirmed.
        line: where to begin.
        votes: windows that point there.
        still_open: the frames of the master worth looking at; all where it is left out.
    """
    span = span_of(pair, line, votes)
    if still_open is None:
        still_open = np.ones(int(pair.master_seconds / pair.hop_seconds) + 2, np.bool_)
    if still_open[span].sum() < 3:
        return None
    section = _section(span, votes, pair.hop_seconds)
    wanted = still_open[section]
    if wanted.sum() < 2:
        return None
    found = lock(pair, line, frames=section, wanted=wanted)
    if found is None and 0 < len(votes) < 4:
        found = lock(pair, line, frames=section, wanted=wanted, steep=True)
    if found is None:
        return None
    locked_line, polarity, score = found
    if _is_known(pair, locked_line, section, score=score):
        return None
    if section[-1] - section[0] < 0.9 * (span[-1] - span[0]):
        locked_line = _extended(pair, locked_line, span, still_open)
    span = span_of(pair, locked_line, votes)
    frames = span[still_open[span]]
    if len(frames) < 3:
        return None
    locked = measure(pair, locked_line, polarity=polarity, score=score, frames=frames)
    pair.confirmed.append(locked)
    return locked


def _is_known(pair: Pair, line: Line, section: NDArray[np.int64], *, score: float) -> bool:
    """Tell whether a line confirmed before, and no accident that crosses it, lies there."""
    middle = float((section[len(section) // 2] + 1) * pair.hop_seconds)
    return any(
        (other.score >= TELLING_SCORE or other.score >= score)
        and same(other.line, line, at_seconds=middle, within_seconds=SAME_LINE_SECONDS)
        and bool((np.abs((other.frames + 1) * pair.hop_seconds - middle) < 1.0).any())
        for other in pair.confirmed
    )


def confirm_modes(
    pair: Pair, line: Line, votes: Sequence[Vote], *, still_open: NDArray[np.bool_]
) -> None:
    """Confirm a line unless that is told already; far from speed 1 also pitch-preserved."""
    if already_told(pair, line, votes):
        return
    found = confirm(pair, line, votes, still_open=still_open)
    if abs(line.rate - 1.0) < 0.01 or (found is not None and found.score > SURE_SCORE):
        return
    confirm(pair, replace(line, pitch_kept=True), votes, still_open=still_open)


def _section(
    span: NDArray[np.int64], votes: Sequence[Vote], hop_seconds: float
) -> NDArray[np.int64]:
    """
    Return at most `SECTION_FRAMES` evenly spaced frames to lock on.

    Neighbours where the votes are densest; without votes frames all over the span.
    """
    if len(span) <= SECTION_FRAMES:
        return span
    if not votes:
        return span[:: -(-len(span) // SECTION_FRAMES)]
    weight = np.zeros(len(span))
    for vote in votes:
        at = int(np.clip(vote.master_seconds / hop_seconds - 1 - span[0], 0, len(span) - 1))
        weight[at] += min(vote.score, 15.0)
    sums = np.convolve(weight, np.ones(SECTION_FRAMES), mode="valid")
    start = int(sums.argmax())
    # The plateau of equal sums: take its middle, so that the votes lie well inside.
    plateau = np.flatnonzero(sums >= sums[start] - 1e-9)
    start = int(plateau[len(plateau) // 2])
    return span[start : start + SECTION_FRAMES]


def _extended(
    pair: Pair, line: Line, span: NDArray[np.int64], still_open: NDArray[np.bool_]
) -> Line:
    """
    Settle the slope of a line locked on a section from frames all over its span.

    A section of a minute knows the rate to about 1 ppm, 7 ms over two hours: inside reach.
    """
    frames = span[:: -(-len(span) // SECTION_FRAMES)]
    wanted = still_open[frames]
    if len(frames) < 3 or wanted.sum() < 3:
        return line
    found = lock(pair, line, frames=frames, wanted=wanted, max_lag_seconds=2 * NARROW_LAG_SECONDS)
    return line if found is None else found[0]
