"""The three numbers an AI result is summed up in, and what each of them means."""

from __future__ import annotations

import math

import numpy as np

from sync_analyzer.ai.encoder import Array
from sync_analyzer.evidence import Evidence, Line


def best_line(evidence: Evidence) -> int | None:
    """Return the index of the strongest line, None where there is none."""
    if not evidence.lines:
        return None
    return max(range(len(evidence.lines)), key=lambda index: evidence.lines[index].score)


def embedding_similarity(master: Array, dub: Array, line: Line, *, step_seconds: float) -> float:
    """
    Return the cosine of the two embedding sequences laid on each other along the line.

    The mean of the frame products over the root of the mean powers, where both files were
    embedded and are not silent: 1 for identical sound, near 0 for unrelated sound (the
    sequences are free of their local means).
    """
    centre = (np.arange(len(master)) + 0.5) * step_seconds
    at = (line.rate * centre - line.offset_seconds) / step_seconds - 0.5
    both = np.asarray((at >= 0) & (at < len(dub) - 1) & master.any(axis=1), np.bool_)
    both[both] = np.asarray(dub.any(axis=1))[at[both].astype(np.int64)]
    if not both.any():
        return 0.0
    low = at[both].astype(np.int64)
    part = (at[both] - low).astype(np.float32)[:, None]
    there = dub[low] * (1.0 - part) + dub[low + 1] * part
    here = master[both]
    size = math.sqrt(float(np.sum(here**2)) * float(np.sum(there**2)))
    return float(np.sum(here * there)) / size if size > 1e-9 else 0.0


def temporal_consistency(evidence: Evidence, line: int, *, windows: int) -> float:
    """Return the share (0..1) of the compared windows that vote for the line."""
    voted = {vote.master_seconds for vote in evidence.votes if vote.line == line}
    return min(1.0, len(voted) / windows) if windows else 0.0


def model_confidence(*, agreeing_windows: int, consistency: float, stack_score: float) -> float:
    """
    Return how likely the best line is right, 0..0.99, by a logistic curve.

    The curve is fitted by ``python -m benchmarks.ai.confidence`` on material that the
    network was not trained on; it holds for the `spectral` model.
    """
    odds = (
        CONFIDENCE_WEIGHTS[0]
        + CONFIDENCE_WEIGHTS[1] * math.log(max(stack_score, 1.0))
        + CONFIDENCE_WEIGHTS[2] * math.log1p(agreeing_windows)
        + CONFIDENCE_WEIGHTS[3] * consistency
    )
    return min(0.99, 1.0 / (1.0 + math.exp(-odds)))


CONFIDENCE_WEIGHTS = (-5.64, 2.19, 0.31, 0.91)
"""Constant, log stack score, log(1 + agreeing windows), consistency."""
