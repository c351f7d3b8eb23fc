"""Where exactly one line ends and the next begins."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.alignment.lines import Locked, Pair
from sync_analyzer.dsp.lagmap import Geometry, lag_map
from sync_analyzer.evidence import Line
from sync_analyzer.timebase import dub_time, master_time, offset_at

FINE_FRAME_SECONDS = 0.128
FINE_HOP_SECONDS = 0.016
AROUND_SECONDS = 1.5
MAX_SPAN_SECONDS = 60.0
DOUBT = 3.0
"""Drop of the log-likelihood that bounds the interval (about 95 %)."""


def place_boundary(
    pair: Pair,
    left: Locked,
    left_line: Line,
    right: Locked,
    right_line: Line,
    *,
    left_until: float,
    right_from: float,
) -> tuple[float, float, tuple[float, float]]:
    """
    Return where the left line ends and the right one begins, in master time, and the interval.

    An edit leaves one unknown. Where the dub lacks material (the offset grows) the dub is
    continuous and the cut is one instant of dub time; where it has more, one instant of
    master time. Evidence of the left line before it and of the right line after it is
    summed along that axis, and the best instant taken.

    Args:
        pair: the two files.
        left: evidence of the line before.
        left_line: that line in its final form.
        right: evidence of the line after.
        right_line: that line in its final form.
        left_until: master time up to which the left line is known to hold.
        right_from: master time from which the right line is known to hold.

    Returns:
        end of the left segment, start of the right one, and the interval (of the start)
        inside which the evidence hardly changes; all in seconds of master time.
    """
    middle = 0.5 * (left_until + right_from)
    grows = _offset(right_line, middle) > _offset(left_line, middle)
    # On the axis: dub time for a cut, master time for an insert.
    if grows:
        to_axis = dub_time
        low, high = _on(to_axis, left_line, left_until), _on(to_axis, right_line, right_from)
    else:
        low, high = left_until, right_from
    around = max(AROUND_SECONDS, 1.5 * pair.hop_seconds)
    low, high = min(low, high) - around, max(low, high) + around
    if high - low > MAX_SPAN_SECONDS:
        # A long stretch without evidence: nothing inside it can place the cut.
        centre = 0.5 * (low + high)
        return _ends(grows, left_line, right_line, centre, (low, high))
    axis = np.arange(low, high, FINE_HOP_SECONDS)
    first = _along(pair, left, left_line, axis, grows)
    second = _along(pair, right, right_line, axis, grows)
    gain = np.concatenate([[0.0], np.cumsum(first - second)])
    best = gain.max()
    plateau = np.flatnonzero(gain >= best - DOUBT)
    tops = np.flatnonzero(gain >= best - 0.5)
    edges = np.append(axis, high) - 0.5 * FINE_HOP_SECONDS
    at = float(edges[tops].mean())
    return _ends(
        grows, left_line, right_line, at, (float(edges[plateau[0]]), float(edges[plateau[-1]]))
    )


def _ends(
    grows: bool, left: Line, right: Line, at: float, interval: tuple[float, float]
) -> tuple[float, float, tuple[float, float]]:
    if not grows:
        return at, at, interval
    ends = [master_time(at, rate=li.rate, offset_seconds=li.offset_seconds) for li in (left, right)]
    bounds = [
        master_time(x, rate=right.rate, offset_seconds=right.offset_seconds) for x in interval
    ]
    return ends[0], ends[1], (bounds[0], bounds[1])


def _offset(line: Line, at: float) -> float:
    return offset_at(at, rate=line.rate, offset_seconds=line.offset_seconds)


def _on(function: object, line: Line, at: float) -> float:
    assert callable(function)
    return float(function(at, rate=line.rate, offset_seconds=line.offset_seconds))


def _along(
    pair: Pair, locked: Locked, line: Line, axis: NDArray[np.float64], in_dub_time: bool
) -> NDArray[np.float64]:
    """Return the evidence per instant of the axis that the line holds there."""
    rate_hz = pair.sample_rate_hz
    frame = int(2 ** round(np.log2(FINE_FRAME_SECONDS * rate_hz)))
    hop = round(FINE_HOP_SECONDS * rate_hz)
    lags = round((0.03 if line.pitch_kept else 0.012) * rate_hz)
    geometry = Geometry(
        sample_rate_hz=rate_hz, frame_samples=frame, hop_samples=hop, max_lag_samples=lags
    )
    master_axis = axis
    if in_dub_time:
        master_axis = (axis + line.offset_seconds) / line.rate
    numbers = np.round(master_axis * rate_hz / hop).astype(np.int64) - 1
    wanted, back = np.unique(numbers, return_inverse=True)
    rows = lag_map(
        pair.master,
        pair.dub,
        geometry=geometry,
        frames=wanted,
        rate=line.rate,
        offset_seconds=line.offset_seconds,
        pitch_kept=line.pitch_kept,
    )
    values = _combined(rows, locked.polarity, reach=lags // 3 if line.pitch_kept else 1)
    # Frames overlap eightfold: each adds that share of its evidence.
    ratio = np.logaddexp(np.log(0.5) + 1.5 * values - 1.125, np.log(0.5) + 4.0 * values - 8.0)
    share = 1.5 * hop / frame
    return np.asarray(share * np.clip(ratio, -1.0, 6.0)[back], np.float64)


def _combined(
    rows: NDArray[np.float32], polarity: Sequence[int], *, reach: int
) -> NDArray[np.float64]:
    middle = rows.shape[2] // 2
    near = rows[:, :, middle - reach : middle + reach + 1]
    signs = np.asarray(polarity, np.float64)
    used = signs != 0
    peak = (near * np.where(used, signs, 1.0)[:, None, None]).max(axis=2)[used]
    return np.asarray(peak.max(axis=0) - 0.8, np.float64)
