"""
The only place that writes a `CorrectionPlan` as an FFmpeg filter graph.

Positions are whole samples at the dub's own rate, so a cut lands where it is meant to, and
a plan without speed change or joints passes samples through bit for bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from sync_analyzer.export.plan import CorrectionPlan, Piece

FADE_SECONDS = Fraction(5, 1000)
"""Length of a crossfade between two pieces, and of a fade into or out of silence."""

STRETCH_LEAD_SECONDS = 0.045
"""
How early the rubberband filter lays sound, per unit of ``1 - tempo``.

Measured at 24/25: short bursts 1.3 ms early, music 2.4 ms; at 25/24: 0.9 and 2.3 ms late.
"""

WITHOUT_TIME_STAMPS = frozenset({"wav", "w64", "flac", "aiff", "caf", "au"})
"""Containers whose samples lie end to end, so that there are no gaps to fill."""

_COUNT_FROM_ZERO = "asetpts=N/SR/TB"
_RESAMPLER = "resampler=soxr:precision=28"
_ACCUMULATED_ERROR_SECONDS = 1e-5
_SHORTEST_SECONDS = 3600.0
_HIGHEST_RATE_FACTOR = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """One sounding piece in samples of the speed-corrected dub and of the result."""

    start: int
    stop: int
    place: int

    @property
    def end(self) -> int:
        """Where it ends in the result."""
        return self.place + self.stop - self.start


def filter_graph(
    plan: CorrectionPlan,
    *,
    source: str = "0:a:0",
    sink: str = "out",
    stream_start_seconds: float = 0.0,
    advance_samples: int = 0,
    delay_seconds: float = 0.0,
    dither: bool = False,
) -> str:
    """
    Return the graph that makes the corrected dub of one audio stream.

    Args:
        plan: what belongs where.
        source: input pad, e.g. ``0:a:0``.
        sink: name of the output pad.
        stream_start_seconds: presentation time of the stream's first sample.
        advance_samples: samples to cut at the front, for an encoder that delays.
        delay_seconds: time stamp of the result's first sample.
        dither: add triangular dither where samples were computed anew, for 16 bit output.
    """
    cuts = cuts_of(plan, stream_start_seconds=stream_start_seconds)
    head = f"[{source}]" + ",".join(_head(plan))
    tail = ",".join(_tail(plan, advance_samples, delay_seconds=delay_seconds, dither=dither))
    if len(cuts) == 1:
        return ",".join([head, *_piece_filters(plan, cuts, 0), tail]) + f"[{sink}]"
    pads = "".join(f"[s{i}]" for i in range(len(cuts)))
    lines = [f"{head},asplit={len(cuts)}{pads}"]
    lines += [f"[s{i}]{','.join(_piece_filters(plan, cuts, i))}[p{i}]" for i in range(len(cuts))]
    return ";\n".join([*lines, *_joins(cuts, plan, tail=tail, sink=sink)])


def decoding_graph(plan: CorrectionPlan, *, source: str, sink: str) -> str:
    """Return the graph that gives one stream as it is, gaps of its time stamps filled."""
    return f"[{source}]" + ",".join(_gapless(plan)) + f"[{sink}]"


def placing_graph(
    plan: CorrectionPlan,
    *,
    source: str,
    sink: str,
    advance_samples: int = 0,
    delay_seconds: float = 0.0,
) -> str:
    """Return the graph that passes on sound which is corrected already; see `filter_graph`."""
    tail = _tail(plan, advance_samples, delay_seconds=delay_seconds, dither=False)
    return f"[{source}]" + ",".join(tail) + f"[{sink}]"


def _gapless(plan: CorrectionPlan) -> list[str]:
    filters = [] if plan.dub_container in WITHOUT_TIME_STAMPS else ["aresample=async=1"]
    return [*filters, _COUNT_FROM_ZERO]


def _head(plan: CorrectionPlan) -> list[str]:
    """Return the filters that every sample passes first: gaps filled, one speed undone."""
    filters = _gapless(plan)
    if plan.rate is not None and plan.rate != 1:
        filters.append(_speed(plan, plan.rate))
    return filters


def _tail(
    plan: CorrectionPlan, advance_samples: int, *, delay_seconds: float, dither: bool
) -> list[str]:
    """Return the filters that every sample passes last: the master's length, time stamps."""
    filters = []
    if advance_samples:
        filters += [f"atrim=start_sample={advance_samples}", _COUNT_FROM_ZERO]
    filters += [f"apad=whole_len={total_samples(plan)}", f"atrim=end_sample={total_samples(plan)}"]
    if dither:
        filters.append("aresample=osf=s16:dither_method=triangular")
    if delay_seconds:
        filters.append(f"asetpts=N/SR/TB+{delay_seconds:.9f}/TB")
    return filters


def total_samples(plan: CorrectionPlan) -> int:
    """Return the length of the result."""
    return round(plan.master_seconds * plan.dub_sample_rate_hz)


def fade_samples(plan: CorrectionPlan) -> int:
    """Return the length of a fade, an even number of samples."""
    return 2 * (round(FADE_SECONDS * plan.dub_sample_rate_hz) // 2)


def cuts_of(plan: CorrectionPlan, *, stream_start_seconds: float = 0.0) -> list[Cut]:
    """Return the sounding pieces in samples, in the order of the result."""
    start = Fraction(stream_start_seconds).limit_denominator(1_000_000_000)
    return [_cut(piece, plan, start=start) for piece in plan.sounding]


def _cut(piece: Piece, plan: CorrectionPlan, *, start: Fraction) -> Cut:
    assert piece.dub_start_seconds is not None
    rate_hz = plan.dub_sample_rate_hz
    place = round(piece.master_start_seconds * rate_hz)
    length = round(piece.master_end_seconds * rate_hz) - place
    lead = STRETCH_LEAD_SECONDS * float(1 - piece.rate) if plan.pitch_preserved else 0.0
    first = round((piece.dub_start_seconds - start) / piece.rate * rate_hz - lead * rate_hz)
    missing = max(0, -first)
    return Cut(start=first + missing, stop=first + length, place=place + missing)


def _joins(cuts: list[Cut], plan: CorrectionPlan, *, tail: str, sink: str) -> list[str]:
    """Return one chain per joint: a crossfade where two pieces touch, else end to end."""
    fade = fade_samples(plan)
    lines = []
    for i in range(1, len(cuts)):
        before = "p0" if i == 1 else f"j{i - 1}"
        after = f",{tail}[{sink}]" if i == len(cuts) - 1 else f"[j{i}]"
        meets = touches(cuts, i, fade=fade)
        how = f"acrossfade=ns={fade}:c1=qsin:c2=qsin" if meets else "concat=n=2:v=0:a=1"
        lines.append(f"[{before}][p{i}]{how}{after}")
    return lines


def touches(cuts: list[Cut], index: int, *, fade: int) -> bool:
    """Tell whether piece ``index`` follows the one before at once, with room to crossfade."""
    if index == 0 or index >= len(cuts):
        return False
    left, right = cuts[index - 1], cuts[index]
    room = min(left.stop - left.start, right.stop - right.start) > 4 * fade
    return left.end == right.place and right.start >= fade and room


def _piece_filters(plan: CorrectionPlan, cuts: list[Cut], index: int) -> list[str]:
    """Return the filters that cut out one piece and put the silence around it."""
    cut, fade = cuts[index], fade_samples(plan)
    after_touch, before_touch = (touches(cuts, i, fade=fade) for i in (index, index + 1))
    start = cut.start - (fade // 2 if after_touch else 0)
    stop = cut.stop + (fade // 2 if before_touch else 0)
    last = index == len(cuts) - 1
    filters = _taken(plan, index, start=start, stop=None if last else stop)
    if cut.start and cut.place and not after_touch:
        filters.append(f"afade=t=in:ss=0:ns={fade}")
    if not last and not before_touch:
        filters.append(f"afade=t=out:ss={max(0, stop - start - fade)}:ns={fade}")
    if index == 0 and cut.place:
        filters.append(f"adelay=delays={cut.place}S:all=1")
    if not last and cuts[index + 1].place > cut.end:
        filters.append(f"apad=pad_len={cuts[index + 1].place - cut.end}")
    return filters


def _taken(plan: CorrectionPlan, index: int, *, start: int, stop: int | None) -> list[str]:
    """Return the filters that take samples ``start`` to ``stop`` at the master's speed."""
    rate = plan.sounding[index].rate if plan.rate is None else Fraction(1)
    filters: list[str] = []
    if stop is not None:
        filters += [
            f"atrim=start_sample={round(start * rate)}:end_sample={round(stop * rate)}",
            _COUNT_FROM_ZERO,
        ]
    elif start:
        filters += [f"atrim=start_sample={round(start * rate)}", _COUNT_FROM_ZERO]
    if rate != 1:
        filters.append(_speed(plan, rate))
    if stop is not None:
        filters += [f"apad=whole_len={stop - start}", f"atrim=end_sample={stop - start}"]
    return filters


def _speed(plan: CorrectionPlan, rate: Fraction) -> str:
    """Return the filters that stretch dub time to master time, ``rate`` dub s per master s."""
    if plan.pitch_preserved:
        stretch = f"rubberband=tempo={float(rate):.15g}:pitchq=quality:channels=together"
        return f"{stretch},{_COUNT_FROM_ZERO}"
    rate_hz = plan.dub_sample_rate_hz
    filters = ["aformat=sample_fmts=fltp"]
    at_hz = rate_hz
    seconds = float(plan.master_seconds)
    for first_hz, as_hz in resampling_rates(rate, rate_hz=rate_hz, duration_seconds=seconds):
        if first_hz != at_hz:
            filters.append(f"aresample={first_hz}:{_RESAMPLER}")
        filters.append(f"asetrate={as_hz}")
        at_hz = as_hz
    return ",".join([*filters, f"aresample={rate_hz}:{_RESAMPLER}", _COUNT_FROM_ZERO])


def resampling_rates(
    rate: Fraction, *, rate_hz: int, duration_seconds: float
) -> list[tuple[int, int]]:
    """
    Return steps of whole rates ``(first_hz, as_hz)`` whose ratios multiply to ``rate``.

    Sound brought to ``first_hz`` and declared to be at ``as_hz`` lasts longer by
    ``first_hz / as_hz``. Named rates come out exact in one step; measured ones deviate by
    less than 0.01 ms over the programme, the smallest of them in two steps.

    >>> resampling_rates(Fraction(960, 1001), rate_hz=48000, duration_seconds=7200)
    [(48048, 46080)]
    """
    denominator = rate.denominator
    if denominator <= 2 * rate_hz:
        first = math.ceil(Fraction(rate_hz, denominator)) * denominator
        first = rate_hz if math.lcm(denominator, rate_hz) == rate_hz else first
        return [(first, int(first * rate))]
    allowed = _ACCUMULATED_ERROR_SECONDS / max(_SHORTEST_SECONDS, duration_seconds)
    first_hz = np.arange(rate_hz, _HIGHEST_RATE_FACTOR * rate_hz + 1)
    as_hz = np.rint(first_hz * float(rate))
    good = np.flatnonzero(np.abs(as_hz / first_hz - float(rate)) < allowed)
    if good.size:
        return [(int(first_hz[good[0]]), int(as_hz[good[0]]))]
    return _two_steps(float(rate), rate_hz=rate_hz)


def _two_steps(rate: float, *, rate_hz: int) -> list[tuple[int, int]]:
    """Return ``n / (n + 1)`` and ``(m + 1) / m``, whose product comes closest to the rate."""
    n = np.arange(2 * rate_hz, 8 * rate_hz, dtype=np.float64)
    m = np.rint(n / (rate * (n + 1) - n))
    error = np.where(m >= rate_hz, np.abs(n * (m + 1) / ((n + 1) * m) - rate), np.inf)
    best = int(error.argmin())
    return [(int(n[best]) + 1, int(n[best])), (int(m[best]), int(m[best]) + 1)]
