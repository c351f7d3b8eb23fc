"""
Measures the written file against the master, at places of its own choosing.

Short windows, spread over everything that sounds and shifted against the windows of the
analysis, compared with GCC-PHAT. Only windows with one clear peak count: where sound repeats itself
exactly, two peaks are as good as each other and the window says nothing. Without any such
window the residual is not known, and is said not to be.

A single window far from all others is a *stray*: a short sound that master and dub happen
to share, such as a library effect. It is listed and not counted. How far that is depends on
how much the others scatter: a stretcher wanders by milliseconds, and all of that counts. A
part of the programme that really is misplaced shows in several windows and counts.

The frames by which `wander.py` follows a stretcher lie everywhere, so no window is free of
them; that they did not follow noise is shown there, on frames held out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.dsp.phat import phat_correlation
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Media
from sync_analyzer.repair.views import RATE_HZ, views
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run

_WINDOW_SECONDS = 3.0
_REACH_SECONDS = 0.1
_MOST_PLACES = 40
_CLEAR_SCORE = 9.0
_GUARD_SECONDS = 0.004
_RIVAL_SHARE = 0.7
_FAR_MS, _FAR_SPREADS = 5.0, 4.0
_NEAR_SECONDS = 60.0

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualWindow:
    """One window: positive ``residual_ms``, the corrected dub is still early there."""

    master_seconds: float
    residual_ms: float
    score: float
    stray: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Residual:
    """All windows with a clear peak, and how many were tried."""

    windows: tuple[ResidualWindow, ...]
    tried: int

    def to_dict(self) -> dict[str, Any]:
        """Return the numbers: median, 95 % and worst in ms, and every window."""
        counted = self.counted
        sizes = np.array([abs(window.residual_ms) for window in counted])
        signed = [window.residual_ms for window in counted]
        known = bool(counted)
        return {
            "windows_tried": self.tried,
            "windows_measured": len(counted),
            "windows_stray": len(self.windows) - len(counted),
            "median_ms": round(float(np.median(signed)), 4) if known else None,
            "p95_ms": round(float(np.percentile(sizes, 95)), 4) if known else None,
            "worst_ms": round(float(sizes.max()), 4) if known else None,
            "windows": [asdict(window) for window in self.windows],
        }

    @property
    def counted(self) -> tuple[ResidualWindow, ...]:
        """The windows that are no strays."""
        return tuple(window for window in self.windows if not window.stray)


def measure_residual(
    report: SyncReport, plan: CorrectionPlan, corrected_path: str, *, run: Run | None = None
) -> Residual:
    """
    Return how far the written file lies from the master.

    Raises:
        MediaError: one of the files cannot be read.
        AnalysisCancelled: the run was cancelled.
    """
    run = run or Run()
    master = probe(report.master_file, stream=(report.media.get("master") or {}).get("stream"))
    corrected = probe(corrected_path, stream=corrected_stream(report, corrected_path))
    places = list(_places(report, plan))
    windows = []
    for done, at in enumerate(places):
        run.checkpoint(done / len(places), "Measuring the corrected dub")
        window = _window(master, corrected, at_seconds=at)
        if window is not None:
            windows.append(window)
    return Residual(windows=_strays_marked(windows), tried=len(places))


def _strays_marked(windows: Sequence[ResidualWindow]) -> tuple[ResidualWindow, ...]:
    if not windows:
        return ()
    residuals = np.array([window.residual_ms for window in windows])
    middle = float(np.median(residuals))
    spread = 1.4826 * float(np.median(np.abs(residuals - middle)))
    far_ms = max(_FAR_MS, _FAR_SPREADS * spread)
    return tuple(
        replace(window, stray=True)
        if abs(window.residual_ms - middle) > far_ms and not _is_confirmed(window, windows)
        else window
        for window in windows
    )


def _is_confirmed(window: ResidualWindow, windows: Sequence[ResidualWindow]) -> bool:
    """Tell whether a window that shares no sound with this one says the same."""
    return any(
        _WINDOW_SECONDS <= abs(other.master_seconds - window.master_seconds) <= _NEAR_SECONDS
        and abs(other.residual_ms - window.residual_ms) < 1.0
        for other in windows
    )


def corrected_stream(report: SyncReport, corrected_path: str) -> int | None:
    """Return which audio stream of the written file is the dub."""
    stream = (report.media.get("dub") or {}).get("stream")
    if stream is None:
        return None
    return int(stream) if int(stream) < probe(corrected_path).stream_count else 0


def _places(report: SyncReport, plan: CorrectionPlan) -> Iterator[float]:
    """Yield window centres inside sounding pieces, between the windows of the analysis."""
    half = _WINDOW_SECONDS / 2
    inside = [
        (float(piece.master_start_seconds) + half, float(piece.master_end_seconds) - half)
        for piece in plan.sounding
    ]
    inside = [(first, last) for first, last in inside if last > first]
    total = sum(last - first for first, last in inside)
    step = max(_WINDOW_SECONDS / 2, total / _MOST_PLACES)
    used = np.array(sorted(window.master_seconds for window in report.windows))
    for first, last in inside:
        for at in np.arange(first + 0.37 * step, last, step):
            yield float(np.clip(_between(used, float(at), reach=step / 3), first, last))


def _between(used: NDArray[np.float64], at: float, *, reach: float) -> float:
    """Return the instant within reach that lies farthest from the used windows' centres."""
    if not len(used):
        return at
    tries = np.linspace(at - reach, at + reach, 9)
    distance = np.abs(tries[:, None] - used[None, :]).min(axis=1)
    return float(tries[int(distance.argmax())])


def _window(master: Media, corrected: Media, *, at_seconds: float) -> ResidualWindow | None:
    start = at_seconds - _WINDOW_SECONDS / 2
    ours, theirs = (
        views(media, start_seconds=start, duration_seconds=_WINDOW_SECONDS)
        for media in (master, corrected)
    )
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=False) if _sounds(one, other)]
    if not pairs:
        return None
    curves, first = phat_correlation(
        [one for one, _ in pairs], [other for _, other in pairs], sample_rate_hz=RATE_HZ
    )
    reach, guard = round(_REACH_SECONDS * RATE_HZ), round(_GUARD_SECONDS * RATE_HZ)
    middle = -first
    curve = np.abs(curves[:, middle - reach : middle + reach + 1]).max(axis=0)
    best = int(curve[1:-1].argmax()) + 1
    rivals = np.delete(curve, np.s_[max(0, best - guard) : best + guard + 1])
    if curve[best] < _CLEAR_SCORE or curve[best] * _RIVAL_SHARE < rivals.max():
        return None
    offset = (best + _vertex(curve, best) - reach) / RATE_HZ
    return ResidualWindow(
        master_seconds=round(at_seconds, 3),
        residual_ms=round(offset * 1000, 4),
        score=round(float(curve[best]), 2),
    )


def _sounds(one: Samples, other: Samples) -> bool:
    return bool(np.abs(one).max() > 1e-5 and np.abs(other).max() > 1e-5)


def _vertex(curve: NDArray[np.float32], at: int) -> float:
    """Return the parabola's top around a sample, -0.5 to 0.5."""
    left, middle, right = (float(curve[at + step]) for step in (-1, 0, 1))
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else float(np.clip(0.5 * (left - right) / bend, -0.5, 0.5))
