"""What a detector says (`Evidence`): all its votes over time, not just its best guess."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """
    One hypothesis about where the dub lies: ``dub_time = rate * master_time - offset_seconds``.

    ``pitch_kept`` tells how the speed was changed: False, the sound was resampled; True,
    it was stretched with its pitch preserved. ``score`` orders the lines of one detector.
    """

    rate: float
    offset_seconds: float
    score: float
    pitch_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """
    What one stretch of the programme says.

    ``offset_seconds`` is the shift the dub needs at ``master_seconds`` (the stretch's
    centre). ``score`` is in standard deviations of the stretch's own background;
    ``rival`` is the best score at any other lag. ``line`` indexes `Evidence.lines`.
    """

    master_seconds: float
    duration_seconds: float
    offset_seconds: float
    score: float
    rival: float
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Correlation over offset: ``offset_seconds`` ascending, ``score`` of the same shape."""

    offset_seconds: NDArray[np.float64]
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """
    One detector's whole evidence.

    ``lines`` are its hypotheses, best first; ``votes`` what each stretch says about them;
    ``curve`` the correlation around and beyond the best line, for people to look at;
    ``resolution_seconds`` the finest difference the detector can tell.
    """

    detector: str
    resolution_seconds: float
    lines: tuple[Line, ...]
    votes: tuple[Vote, ...]
    curve: Curve | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
