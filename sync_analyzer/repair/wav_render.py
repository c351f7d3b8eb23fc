"""
Carries a `CorrectionPlan` out on the samples of a WAV file, without any other program.

The geometry is that of the exported ffmpeg script (`export/filters.py`). Where nothing is
computed the bytes are copied; a speed change is resampled (soxr).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.export.filters import Cut, cuts_of, fade_samples, total_samples, touches
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.repair.wav_samples import CODECS, Samples, WavSamples, encoded
from sync_analyzer.run import Run

_BLOCK = 1 << 17
_DITHERED_CODEC = "pcm_s16le"


def can_render(plan: CorrectionPlan, *, codec: str) -> bool:
    """Tell whether the plan needs nothing but moving and resampling plain samples."""
    stretched = plan.pitch_preserved and any(piece.rate != 1 for piece in plan.sounding)
    return codec in CODECS and not stretched


def render(
    plan: CorrectionPlan,
    source: WavSamples,
    write: Callable[[bytes], object],
    *,
    run: Run,
    message: str,
) -> None:
    """
    Hand the corrected dub to ``write``, block by block.

    Raises:
        AnalysisCancelled: the run was cancelled.
    """
    total = total_samples(plan)
    cuts = cuts_of(plan, stream_start_seconds=plan.dub_stream_start_seconds)
    rates = [float(piece.rate) for piece in plan.sounding]
    speeds = {rate: _Resampled(source, rate=rate) for rate in set(rates) if rate != 1.0}
    dither = np.random.default_rng(0)
    for stretch in _stretches(plan, cuts, total=total):
        for first in range(stretch.start, stretch.stop, _BLOCK):
            last = min(first + _BLOCK, stretch.stop)
            parts = stretch.parts
            if not parts:
                write(source.raw(-(last - first), 0))
            elif len(parts) == 1 and parts[0].is_copy and rates[parts[0].index] == 1.0:
                at = parts[0].source_of(first)
                write(source.raw(at, at + last - first))
            else:
                mixed = np.zeros((last - first, source.channels))
                for part in parts:
                    at, rate = part.source_of(first), rates[part.index]
                    taken = speeds[rate].read if rate != 1.0 else source.read
                    gains = part.gains(first, last)[:, None]
                    mixed += gains * taken(at, at + last - first)
                if speeds and source.codec == _DITHERED_CODEC:
                    mixed += (dither.random(mixed.shape) - dither.random(mixed.shape)) / 2**15
                write(encoded(mixed, codec=source.codec))
            run.checkpoint(last / total, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """
    One piece within a stretch of the result.

    ``rising`` and ``falling`` are spans of the result over which it is faded, in the shape
    of ``curve`` (0 to 1 for 0 to 1).
    """

    index: int
    cut: Cut
    rising: tuple[int, int] | None = None
    falling: tuple[int, int] | None = None
    curve: Callable[[NDArray[np.float64]], NDArray[np.float64]] = np.asarray

    @property
    def is_copy(self) -> bool:
        return self.rising is None and self.falling is None

    def source_of(self, at: int) -> int:
        return self.cut.start + at - self.cut.place

    def gains(self, first: int, last: int) -> NDArray[np.float64]:
        at = np.arange(first, last, dtype=np.float64)
        gains = np.ones(last - first)
        if self.rising is not None:
            start, stop = self.rising
            gains *= self.curve(np.clip((at - start) / (stop - start), 0.0, 1.0))
        if self.falling is not None:
            start, stop = self.falling
            gains *= self.curve(np.clip((stop - at) / (stop - start), 0.0, 1.0))
        return gains


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """Samples ``[start, stop)`` of the result and what sounds there: nothing, one piece, two."""

    start: int
    stop: int
    parts: tuple[_Part, ...] = ()


def _quarter_sine(share: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.sin(0.5 * np.pi * share)


def _stretches(plan: CorrectionPlan, cuts: list[Cut], *, total: int) -> Iterator[_Stretch]:
    """Yield the result from its first sample to its last, without gap or overlap."""
    fade = fade_samples(plan)
    spliced = [piece.spliced for piece in plan.sounding]
    at = 0
    for index, cut in enumerate(cuts):
        joined, joins = (touches(cuts, i, fade=fade) for i in (index, index + 1))
        first = cut.place + (fade // 2 if joined else 0)
        last = min(cut.end - (fade // 2 if joins else 0), total)
        if first > at:
            yield _Stretch(start=at, stop=first)
        rising = (first, first + fade) if cut.start and cut.place and not joined else None
        falling = (last - fade, last) if index + 1 < len(cuts) and not joins else None
        yield from _faded(index, cut, first=first, last=last, rising=rising, falling=falling)
        at = last
        if joins:
            span = (last, last + fade)
            curve = np.asarray if spliced[index + 1] else _quarter_sine
            one = _Part(index=index, cut=cut, falling=span, curve=curve)
            other = _Part(index=index + 1, cut=cuts[index + 1], rising=span, curve=curve)
            yield _Stretch(start=span[0], stop=span[1], parts=(one, other))
            at = span[1]
    if at < total:
        yield _Stretch(start=at, stop=total)


def _faded(
    index: int,
    cut: Cut,
    *,
    first: int,
    last: int,
    rising: tuple[int, int] | None,
    falling: tuple[int, int] | None,
) -> Iterator[_Stretch]:
    """Yield one piece, parted so that what is not faded can be copied."""
    edges = {first, last}
    edges |= {rising[1]} if rising else set()
    edges |= {falling[0]} if falling else set()
    inside = sorted(edge for edge in edges if first <= edge <= last)
    for start, stop in itertools.pairwise(inside):
        part = _Part(
            index=index,
            cut=cut,
            rising=rising if rising and start < rising[1] else None,
            falling=falling if falling and stop > falling[0] else None,
        )
        yield _Stretch(start=start, stop=stop, parts=(part,))


class _Resampled:
    """The whole file at the master's speed, read from front to back; going back begins anew."""

    def __init__(self, source: WavSamples, *, rate: float) -> None:
        self._source = source
        self._rate = rate
        self._begin()

    def _begin(self) -> None:
        # Only the ratio matters: `rate` dub samples become one sample of the result.
        self._stream = soxr.ResampleStream(
            self._rate * 48_000, 48_000, self._source.channels, dtype="float64", quality="VHQ"
        )
        self._taken = 0
        self._first = 0
        self._held = np.zeros((0, self._source.channels))

    def read(self, first: int, last: int) -> Samples:
        """Return samples ``[first, last)``; outside the file there is silence."""
        if first < self._first:
            self._begin()
        while self._first + len(self._held) < last and self._taken < self._source.count:
            stop = min(self._taken + _BLOCK, self._source.count)
            block = self._source.read(self._taken, stop)
            more = self._stream.resample_chunk(block, last=stop == self._source.count)
            self._taken = stop
            old = min(len(self._held), max(0, first - _BLOCK - self._first))
            self._held = np.concatenate([self._held[old:], more])
            self._first += old
        found = self._held[max(0, first - self._first) : max(0, last - self._first)]
        return np.pad(found, ((0, last - first - len(found)), (0, 0)))
