"""
Turns a measured wander into moves of whole copies: pieces at the master's own speed.

Every copy is laid where the master has it, its samples untouched, so its pitch is exact
(0 cents); what its stretcher left out between two copies is made up by repeating the start of
the second, what it repeated is left out. A splice lies where both sides differ least.
Copies that were not heard for certain follow the constant speed, and their lags may give way
by up to 4 ms so that the waves fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.export.filters import fade_samples
from sync_analyzer.export.plan import CorrectionPlan, Piece
from sync_analyzer.repair.wander import Copy, Wander
from sync_analyzer.repair.wav_samples import Samples, WavSamples

SEARCH_SECONDS = 0.010
"""How far a splice may move; copies last at least 43 ms, so 22 ms are left of the shortest."""
_GIVES_WAY_SECONDS = 0.004
_FIT_SECONDS = 0.010


def followed_plan(
    plan: CorrectionPlan, wander: Wander, sources: Sequence[WavSamples]
) -> CorrectionPlan:
    """
    Return the plan with each stretched piece replaced by its copies.

    Args:
        plan: the correction by a constant speed.
        wander: of the same plan.
        sources: the dub's streams, at its own sample rate; all get the same splices.
    """
    start = round(plan.dub_stream_start_seconds * plan.dub_sample_rate_hz)
    pieces: list[Piece] = []
    number = 0
    for piece in plan.pieces:
        copies: tuple[Copy, ...] = ()
        if piece.dub_start_seconds is not None:
            copies = wander.copies.get(number, ())
            number += 1
        pieces += _spliced(piece, copies, plan, sources, start=start) if copies else [piece]
    return replace(plan, pieces=tuple(pieces), pitch_preserved=any(p.rate != 1 for p in pieces))


def _spliced(
    piece: Piece,
    copies: Sequence[Copy],
    plan: CorrectionPlan,
    sources: Sequence[WavSamples],
    *,
    start: int,
) -> list[Piece]:
    rate_hz, fade = plan.dub_sample_rate_hz, fade_samples(plan)
    lags = [round(copies[0].lag_seconds * rate_hz)]
    places = [round(piece.master_start_seconds * rate_hz)]
    for copy in copies[1:]:
        at, lag = round(copy.master_seconds * rate_hz), round(copy.lag_seconds * rate_hz)
        if not copy.sure:
            lag += _fitting(sources, at=at - start, left=lags[-1], right=lag, rate_hz=rate_hz)
        reach = round(SEARCH_SECONDS * rate_hz)
        left, right = (_around(sources, at - start + one, reach + fade) for one in (lags[-1], lag))
        cost = _moving_sum((left - right) ** 2, fade)
        first = fade - fade // 2  # a crossfade has its middle where the copies meet
        places.append(at - reach + int(cost[first : first + 2 * reach + 1].argmin()))
        lags.append(lag)
    ends = [*(Fraction(place, rate_hz) for place in places[1:]), piece.master_end_seconds]
    starts = [piece.master_start_seconds, *ends[:-1]]
    return [
        Piece(
            master_start_seconds=begin,
            master_end_seconds=end,
            dub_start_seconds=Fraction(place + lag, rate_hz),
            spliced=index > 0,
        )
        for index, (begin, end, place, lag) in enumerate(
            zip(starts, ends, places, lags, strict=True)
        )
    ]


def _around(sources: Sequence[WavSamples], at: int, reach: int) -> Samples:
    """Return all channels of all streams around a sample, shape ``(2 * reach, channels)``."""
    return np.concatenate([one.read(at - reach, at + reach) for one in sources], axis=1)


def _moving_sum(values: Samples, width: int) -> NDArray[np.float64]:
    """Return the sum over all channels of ``width`` samples from each sample on."""
    total = np.concatenate([[0.0], np.cumsum(values.sum(axis=1))])
    return np.asarray(total[width:] - total[:-width])


def _fitting(sources: Sequence[WavSamples], *, at: int, left: int, right: int, rate_hz: int) -> int:
    """Return by how much the right lag gives way so that both sides are most alike."""
    half, most = round(_FIT_SECONDS * rate_hz / 2), round(_GIVES_WAY_SECONDS * rate_hz)
    wanted = _around(sources, at + left, half)
    offered = _around(sources, at + right, half + most)
    alike = sum(
        np.correlate(offered[:, channel], wanted[:, channel], "valid")
        for channel in range(wanted.shape[1])
    )
    energy = _moving_sum(offered**2, 2 * half)
    return int((energy - 2 * np.asarray(alike)).argmin()) - most
