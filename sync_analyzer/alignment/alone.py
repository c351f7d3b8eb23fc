"""One method's answer from its own votes, at its own resolution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sync_analyzer.alignment.fit import Anchor
from sync_analyzer.alignment.speed import SpeedFit, settle_speed
from sync_analyzer.evidence import Evidence, Line, Vote

CAP = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Alone:
    """
    What one method would answer by itself.

    ``confidence`` is 0..`CAP`; ``quality`` the share of its windows that agree;
    ``offset_seconds`` is at master time 0, None where the windows do not agree.
    """

    offset_seconds: float | None
    confidence: float
    quality: float
    speed: SpeedFit | None
    votes: tuple[Vote, ...]


def answer(evidence: Evidence) -> Alone:
    """Return the answer of the line with the heaviest votes."""
    windows = int(evidence.metadata.get("windows", len(evidence.votes)) or 1)
    by_line = [
        [vote for vote in evidence.votes if vote.line == index]
        for index in range(len(evidence.lines))
    ]
    weights = [sum(min(v.score, 15.0) for v in votes) for votes in by_line]
    if not weights or max(weights) <= 0:
        return Alone(offset_seconds=None, confidence=0.0, quality=0.0, speed=None, votes=())
    best = int(np.argmax(weights))
    line, votes = evidence.lines[best], by_line[best]
    anchors = [_anchor(vote, line, evidence.resolution_seconds) for vote in votes]
    speed, fit = settle_speed(line, [anchors])
    delay = float(fit.delay_seconds[0] - fit.growth * fit.centre_seconds[0])
    scale = 1.0 if line.pitch_kept else line.rate
    pivot = float(fit.centre_seconds[0])
    offset = line.offset_seconds - scale * delay
    offset += (speed.rate - (line.rate + scale * fit.growth)) * pivot
    share = min(1.0, len(votes) / windows)
    excess = sum(max(0.0, vote.score - 5.0) for vote in votes)
    margin = np.mean([vote.rival < 0.85 * vote.score for vote in votes])
    confidence = CAP * (1.0 - np.exp(-excess / 10.0)) * np.sqrt(share) * (0.3 + 0.7 * margin)
    return Alone(
        offset_seconds=offset,
        confidence=float(confidence),
        quality=share,
        speed=speed,
        votes=tuple(votes),
    )


def _anchor(vote: Vote, line: Line, resolution_seconds: float) -> Anchor:
    at = vote.master_seconds
    expected = line.offset_seconds + (1.0 - line.rate) * at
    scale = 1.0 if line.pitch_kept else line.rate
    return Anchor(
        master_seconds=at,
        delay_seconds=(expected - vote.offset_seconds) / scale,
        score=vote.score,
        spread_seconds=max(0.3 * resolution_seconds, 1e-6),
    )
