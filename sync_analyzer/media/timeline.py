"""Lays the decoded frames of one stream end to end on the presentation timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction

import av

LONGEST_GAP_SECONDS = 6 * 3600.0
BACKWARD_JUMP_SECONDS = 10.0

Emit = Callable[[av.AudioFrame], None]
EmitSilence = Callable[[int], None]


@dataclass(slots=True, kw_only=True)
class Applied:
    """What was done to one stream so that its samples lie at their presentation times."""

    shift_seconds: float = 0.0
    gaps: list[tuple[float, float]] = field(default_factory=list)
    overlaps: list[tuple[float, float]] = field(default_factory=list)
    discontinuities: list[tuple[float, float]] = field(default_factory=list)
    trimmed_before_zero_seconds: float = 0.0
    priming_samples: int = 0


class StreamTimeline:
    """
    Gathers one stream's frames into blocks and puts silence where the stream has none.

    Frames go in through `place`; blocks of about ``block_samples`` come out through
    ``emit``, stretches without sound through ``emit_silence``, in order and without a
    hole between them, so that the first sample given out lies at time zero.
    """

    def __init__(
        self,
        *,
        sample_rate_hz: int,
        time_base: Fraction,
        zero_seconds: float,
        emit: Emit,
        emit_silence: EmitSilence,
        block_samples: int,
        longest_seconds: float,
    ) -> None:
        self.sample_rate_hz = sample_rate_hz
        self.position_samples = 0
        self.applied = Applied()
        self._samples_per_tick = float(time_base * sample_rate_hz)
        self._zero_ticks = zero_seconds / float(time_base)
        self._tolerance_samples = max(2.5 * self._samples_per_tick, 0.003 * sample_rate_hz)
        self._emit = emit
        self._emit_silence = emit_silence
        self._block_samples = block_samples
        self._longest_samples = longest_seconds * sample_rate_hz
        self._fifo = av.AudioFifo()
        self._format = (sample_rate_hz, 0)
        self._base_seconds = 0.0
        self._empty = True

    def place(self, frame: av.AudioFrame) -> None:
        """Take the next decoded frame of the stream."""
        count = frame.samples
        if not count:
            return
        if (frame.sample_rate, frame.layout.nb_channels) != self._format:
            self._start_run(frame)
        surplus = 0
        pts = frame.pts
        if pts is not None:
            target = (pts - self._zero_ticks) * self._samples_per_tick
            deviation = target - self.position_samples
            if self._empty or abs(deviation) > self._tolerance_samples:
                surplus = self._correct(deviation, count)
        self._empty = False
        frame.pts = None
        if surplus < count:
            self._write(frame, surplus)
            self.position_samples += count - surplus

    def flush(self) -> None:
        """Give out what is still gathered."""
        block = self._fifo.read()
        if block is not None:
            self._emit(block)

    def _start_run(self, frame: av.AudioFrame) -> None:
        """Begin again with another rate or layout, at the position reached."""
        self.flush()
        self._fifo = av.AudioFifo()
        ratio = frame.sample_rate / self.sample_rate_hz
        self._zero_ticks += self.position_samples / self._samples_per_tick
        self._base_seconds += self.position_samples / self.sample_rate_hz
        self.position_samples = 0
        self._samples_per_tick *= ratio
        self._tolerance_samples *= ratio
        self._longest_samples *= ratio
        self.sample_rate_hz = frame.sample_rate
        self._format = (frame.sample_rate, frame.layout.nb_channels)

    def _write(self, frame: av.AudioFrame, surplus: int) -> None:
        if surplus:
            self.flush()
            self._fifo.write(frame)
            self._fifo.read(surplus)
            return
        self._fifo.write(frame)
        if self._fifo.samples >= self._block_samples:
            self.flush()

    def _correct(self, deviation: float, count: int) -> int:
        """Insert silence, or return how many samples at the front of the frame to drop."""
        here = self._base_seconds + self.position_samples / self.sample_rate_hz
        seconds = deviation / self.sample_rate_hz
        if self._is_discontinuity(deviation):
            self._zero_ticks += deviation / self._samples_per_tick
            self.applied.discontinuities.append((here, seconds))
            return 0
        if self._empty:
            self.applied.shift_seconds = seconds
        whole = round(deviation)
        if whole > 0:
            self.flush()
            self._emit_silence(whole)
            self.position_samples += whole
            if not self._empty:
                self.applied.gaps.append((here, seconds))
            return 0
        surplus = min(count, -whole)
        if here == 0:
            self.applied.trimmed_before_zero_seconds += surplus / self.sample_rate_hz
        elif surplus:
            self.applied.overlaps.append((here, surplus / self.sample_rate_hz))
        return surplus

    def _is_discontinuity(self, deviation: float) -> bool:
        if self._empty:
            return abs(deviation) > LONGEST_GAP_SECONDS * self.sample_rate_hz
        if deviation < -BACKWARD_JUMP_SECONDS * self.sample_rate_hz:
            return self.position_samples > 0
        return self.position_samples + deviation > self._longest_samples
