"""A monotone logistic regression: every measure may only help, or only hurt, as it must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

DIRECTIONS: Mapping[str, int] = {
    "evidence": 1,
    "support": 1,
    "coverage": 1,
    "open_share": -1,
    "distinct": 1,
    "clarity": 1,
    "anchors": 1,
    "spread_ms": -1,
}
"""Whether more of a measure makes an answer likelier (1) or less likely (-1) to be right."""

LOGARITHMIC = frozenset({"evidence", "anchors", "spread_ms"})
"""Measures that count by their order of magnitude."""

RIDGE = 0.003
SUPPORTED = 3.0
"""No error in n trials supports at most 3/n (95 %): Hanley and Lippman-Hand 1983."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """``probability = cap * sigmoid(intercept + Σ weight * transformed measure)``."""

    names: tuple[str, ...]
    weights: tuple[float, ...]
    intercept: float
    cap: float

    def probability(self, measures: Numbers) -> Numbers:
        """
        Return the probability of being right.

        Args:
            measures: shape ``(n, len(names))``, as reported.
        """
        score = self.intercept + transformed(self.names, measures) @ np.array(self.weights)
        return np.asarray(self.cap / (1.0 + np.exp(-score)))

    def to_dict(self) -> dict[str, Any]:
        """Return the constant that is committed."""
        return {
            "intercept": round(self.intercept, 6),
            "cap": round(self.cap, 6),
            "weights": {n: round(w, 6) for n, w in zip(self.names, self.weights, strict=True)},
            "logarithmic": sorted(LOGARITHMIC & set(self.names)),
        }


def transformed(names: Sequence[str], measures: Numbers) -> Numbers:
    """Return the measures with the logarithmic ones as ``log(1 + x)``."""
    columns = [
        np.log1p(np.maximum(measures[:, k], 0.0)) if name in LOGARITHMIC else measures[:, k]
        for k, name in enumerate(names)
    ]
    return np.stack(columns, 1)


def fit(names: Sequence[str], measures: Numbers, right: NDArray[np.bool_]) -> Calibration:
    """
    Return the calibration that fits best with every weight in its measure's direction.

    Maximises the log-likelihood less ``RIDGE`` times the squared standardised weights. The
    cap is what the number of right answers supports.

    Args:
        names: keys of `DIRECTIONS`, a column each.
        measures: shape ``(n, len(names))``.
        right: shape ``(n,)``.

    Raises:
        ValueError: all are right, or all wrong: nothing can be learnt.
    """
    from scipy.optimize import minimize

    if right.all() or not right.any():
        raise ValueError("calibration needs right and wrong answers")
    x = transformed(names, measures)
    middle, spread = x.mean(0), np.maximum(x.std(0), 1e-9)
    z, sign = (x - middle) / spread, np.where(right, 1.0, -1.0)

    def loss(parameters: Numbers) -> tuple[float, Numbers]:
        margin = sign * (parameters[0] + z @ parameters[1:])
        pull = -sign / (1.0 + np.exp(margin)) / len(sign)
        value = np.logaddexp(0.0, -margin).mean() + RIDGE * np.sum(parameters[1:] ** 2)
        slope = np.r_[pull.sum(), z.T @ pull + 2 * RIDGE * parameters[1:]]
        return float(value), slope

    bounds = [(None, None)] + [
        (0.0, None) if DIRECTIONS[name] > 0 else (None, 0.0) for name in names
    ]
    found = minimize(loss, np.zeros(1 + len(names)), jac=True, bounds=bounds, method="L-BFGS-B")
    weights = found.x[1:] / spread
    return Calibration(
        names=tuple(names),
        weights=tuple(float(w) for w in weights),
        intercept=float(found.x[0] - middle @ weights),
        cap=1.0 - SUPPORTED / max(SUPPORTED * 2, float(right.sum())),
    )
