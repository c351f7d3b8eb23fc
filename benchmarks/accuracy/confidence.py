"""How far the stated confidence can be believed: reliability and confident wrongs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.accuracy.scoring import Judgement

SURE = 0.95
"""At and above this an answer must not be wrong."""

HIGH = 0.9
BIN_EDGES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Answers with a confidence in ``[low, high)`` (the last bin holds 1.0)."""

    low: float
    high: float
    count: int
    mean_confidence: float
    right_fraction: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """What the confidences of one run were worth."""

    bins: tuple[Bin, ...]
    answers: int
    right: int
    calibration_error: float
    brier: float
    sure: int
    sure_wrong: int
    right_high: int


def reliability(judgements: Sequence[Judgement]) -> Reliability | None:
    """
    Return the reliability of every answer that carries a confidence, None without any.

    An answer to an unrelated pair is wrong; a refusal is no answer. The expected calibration
    error is the mean distance between confidence and share of right answers over the bins,
    weighted by their counts.
    """
    answers = [j for j in judgements if j.confidence is not None]
    if not answers:
        return None
    stated = np.array([j.confidence for j in answers], dtype=np.float64)
    right = np.array([j.right for j in answers], dtype=np.float64)
    bins = _bins(stated, right)
    return Reliability(
        bins=bins,
        answers=len(answers),
        right=int(right.sum()),
        calibration_error=sum(b.count * abs(b.mean_confidence - b.right_fraction) for b in bins)
        / len(answers),
        brier=float(np.mean((stated - right) ** 2)),
        sure=int((stated >= SURE).sum()),
        sure_wrong=int(((stated >= SURE) & (right == 0)).sum()),
        right_high=int(((stated >= HIGH) & (right == 1)).sum()),
    )


def _bins(stated: np.ndarray, right: np.ndarray) -> tuple[Bin, ...]:
    which = np.clip(np.digitize(stated, BIN_EDGES) - 1, 0, len(BIN_EDGES) - 2)
    return tuple(
        Bin(
            low=BIN_EDGES[index],
            high=BIN_EDGES[index + 1],
            count=int((which == index).sum()),
            mean_confidence=float(stated[which == index].mean()),
            right_fraction=float(right[which == index].mean()),
        )
        for index in range(len(BIN_EDGES) - 1)
        if (which == index).any()
    )


def draw(found: Reliability, path: Path) -> None:
    """Write the reliability diagram as a PNG: share of right answers over stated confidence."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(5.0, 5.0), dpi=110)
    axes.plot([0, 1], [0, 1], color="0.7", linewidth=1, label="perfectly calibrated")
    axes.scatter(
        [b.mean_confidence for b in found.bins],
        [b.right_fraction for b in found.bins],
        s=[20 + 4 * b.count for b in found.bins],
        color="tab:blue",
        zorder=3,
    )
    for b in found.bins:
        axes.annotate(
            str(b.count),
            (b.mean_confidence, b.right_fraction),
            textcoords="offset points",
            xytext=(8, -12),
            fontsize=8,
        )
    axes.set(
        xlim=(-0.03, 1.05),
        ylim=(-0.03, 1.05),
        xlabel="stated confidence (mean of the bin)",
        ylabel="share of answers within 20 ms",
        title=f"{found.answers} answers, calibration error {found.calibration_error:.3f}",
    )
    axes.legend(loc="upper left", fontsize=8)
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)
