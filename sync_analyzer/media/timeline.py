"""Lays the decoded frames of one stream end to end on the presentation timeline."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median

import av

from sync_analyzer.media.samples import SAMPLE_RATES_HZ

LONGEST_GAP_SECONDS = 6 * 3600.0
"""A longer hole, or a first frame further from zero, is a broken time stamp."""

BACKWARD_JUMP_SECONDS = 10.0
"""Time stamps that run back further start again; they do not overlap."""

_TOLERANCE_SECONDS = 0.003
_TOLERANCE_TICKS = 2.5
_CONFIRM_SECONDS = 0.25
_ANCHOR_SECONDS = 1.0

Emit = Callable[[av.AudioFrame], None]
EmitSilence = Callable[[int], None]
_Held = tuple[av.AudioFrame, float]


@dataclass(slots=True, kw_only=True)
class Applied:
    """What was done to one stream so that its samples lie at their presentation times."""

    shift_seconds: float = 0.0
    trimmed_before_zero_seconds: float = 0.0
    skipped_samples: int = 0
    gaps: list[tuple[float, float]] = field(default_factory=list)
    overlaps: list[tuple[float, float]] = field(default_factory=list)
    discontinuities: list[tuple[float, float]] = field(default_factory=list)


class StreamTimeline:
    """
    Gathers one stream's frames into blocks and puts silence where the stream has none.

    Frames go in through `place`; blocks of at least ``block_samples`` come out through
    ``emit``, stretches without sound through ``emit_silence``, in order and without a
    hole, so that the first sample given out lies at time zero.

    Frames follow one another whatever their time stamps say, as long as those stay within
    3 ms (or 2.5 ticks of a coarser clock) of the position reached. A larger deviation
    counts once it has lasted for 0.25 s: single stray time stamps are common in Ogg. Where
    the clock's ticks are longer than a sample, the first second of time stamps together
    says where the sound begins, more finely than one tick; with ``snap`` (the sound itself
    is time zero) less than one tick is nothing.
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
        snap: bool = False,
    ) -> None:
        self.applied = Applied()
        self.started = False
        self._emit = emit
        self._emit_silence = emit_silence
        self._block_samples = block_samples
        self._longest_seconds = longest_seconds
        self._snap = snap
        self._tick_seconds = float(time_base)
        self._zero_ticks = zero_seconds / self._tick_seconds
        self._base_seconds = 0.0
        self._position = 0
        self._held: list[_Held] = []
        self._held_samples = 0
        self._fifo = av.AudioFifo()
        self._gathered = 0
        self._channels = 0
        self._use_rate(sample_rate_hz)

    def place(self, frame: av.AudioFrame) -> None:
        """Take the next decoded frame of the stream."""
        count = frame.samples
        if frame.sample_rate != self._rate_hz or frame.layout.nb_channels != self._channels:
            if not SAMPLE_RATES_HZ[0] <= frame.sample_rate <= SAMPLE_RATES_HZ[1]:
                return
            self._start_run(frame)
        pts = frame.pts
        frame.pts = None
        deviation = 0.0 if pts is None else self._deviation(pts)
        if -self._near < deviation < self._near and self.started and not self._held:
            self._gather(frame, count)
        elif count:
            self._consider(frame, deviation)

    @property
    def is_steady(self) -> bool:
        """Tell whether it is clear where what comes next belongs."""
        return self.started and not self._held

    def follow(self, stride: av.AudioFrame) -> bool:
        """
        Take a long frame that lies where the last one ended, as `place` would.

        Returns:
            False, and the frame is not taken, where it lies elsewhere or is of another kind.
        """
        if stride.sample_rate != self._rate_hz or stride.layout.nb_channels != self._channels:
            return False
        if stride.pts is not None and abs(self._deviation(stride.pts)) >= self._near:
            return False
        self._give_out()
        self._emit(stride)
        self._position += stride.samples
        return True

    def finish(self) -> None:
        """Give out what is still held or gathered."""
        self._settle()
        self._give_out()

    def _use_rate(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._samples_per_tick = self._tick_seconds * rate_hz
        self._near = max(_TOLERANCE_SECONDS * rate_hz, _TOLERANCE_TICKS * self._samples_per_tick)

    def _deviation(self, pts: int) -> float:
        """Return how many samples after the position reached a time stamp lies."""
        target = (pts - self._zero_ticks) * self._samples_per_tick
        return target - self._position - self._held_samples

    def _start_run(self, frame: av.AudioFrame) -> None:
        """Go on with another rate or layout from the position reached."""
        self._settle()
        self._give_out()
        self._fifo = av.AudioFifo()
        passed_seconds = self._position / self._rate_hz
        self._base_seconds += passed_seconds
        self._zero_ticks += passed_seconds / self._tick_seconds
        self._position = 0
        self._channels = frame.layout.nb_channels
        self._use_rate(frame.sample_rate)

    def _consider(self, frame: av.AudioFrame, deviation: float) -> None:
        """Hold the frame until it is clear whether its time stamp is meant."""
        if self.started and abs(deviation) < self._near:
            held, self._held, self._held_samples = self._held, [], 0
            for stray, _ in held:
                self._gather(stray, stray.samples)
            self._gather(frame, frame.samples)
            return
        if not self.started and self._held and abs(deviation - self._held[0][1]) > self._near:
            expected = self._position + self._held_samples
            self._settle()
            self._consider(frame, deviation + expected - self._position)
            return
        self._held.append((frame, deviation))
        self._held_samples += frame.samples
        if self._held_samples > self._enough_seconds * self._rate_hz:
            self._settle()

    @property
    def _enough_seconds(self) -> float:
        """For how long frames are held before their time stamps are believed."""
        if self.started:
            return _CONFIRM_SECONDS
        return _ANCHOR_SECONDS if self._samples_per_tick > 1 else 0.0

    def _settle(self) -> None:
        """Believe the time stamps of the frames held, and write them."""
        if not self._held:
            return
        stray = self.started and self._held_samples < _CONFIRM_SECONDS * self._rate_hz
        deviation = 0.0 if stray else self._believed()
        if not self.started and self._snap and abs(deviation) <= max(1.0, self._samples_per_tick):
            self._zero_ticks += deviation / self._samples_per_tick
            deviation = 0.0
        surplus = self._correct(deviation)
        self.started = True
        held, self._held, self._held_samples = self._held, [], 0
        for frame, _ in held:
            count = frame.samples
            dropped = min(surplus, count)
            surplus -= dropped
            if dropped == 0:
                self._gather(frame, count)
            elif dropped < count:
                self._give_out()
                self._gather(frame, 0)
                self._fifo.read(dropped)
                self._position += count - dropped
                self._gathered = count - dropped

    def _believed(self) -> float:
        """Return where the frames held belong, in samples from the position."""
        deviations = [deviation for _, deviation in self._held]
        if not self.started and self.applied.skipped_samples and len(deviations) > 2:
            deviations = deviations[1:]
        if len(deviations) == 1 or self._samples_per_tick <= 1:
            return deviations[0]
        low = max(deviations) - self._samples_per_tick / 2
        high = min(deviations) + self._samples_per_tick / 2
        return (low + high) / 2 if low <= high else median(deviations)

    def _correct(self, deviation: float) -> int:
        """Insert silence, or return how many samples at the front of what comes to drop."""
        here = self._base_seconds + self._position / self._rate_hz
        seconds = deviation / self._rate_hz
        if self._is_discontinuity(seconds, here):
            self._zero_ticks += deviation / self._samples_per_tick
            self.applied.discontinuities.append((here, seconds))
            return 0
        if not self.started:
            self.applied.shift_seconds = seconds
        whole = round(deviation)
        if whole > 0:
            self._give_out()
            self._emit_silence(whole)
            self._position += whole
            if self.started:
                self.applied.gaps.append((here, seconds))
            return 0
        if whole < 0:
            dropped = min(-whole, self._held_samples)
            self._note_dropped(here, dropped / self._rate_hz)
        return -whole

    def _is_discontinuity(self, seconds: float, here: float) -> bool:
        if not self.started:
            return abs(seconds) > LONGEST_GAP_SECONDS
        if seconds < -BACKWARD_JUMP_SECONDS:
            return here > 0
        return seconds > LONGEST_GAP_SECONDS or here + seconds > self._longest_seconds

    def _note_dropped(self, here: float, seconds: float) -> None:
        overlaps = self.applied.overlaps
        if here == 0:
            self.applied.trimmed_before_zero_seconds += seconds
        elif overlaps and overlaps[-1][0] == here:
            overlaps[-1] = (here, overlaps[-1][1] + seconds)
        else:
            overlaps.append((here, seconds))

    def _gather(self, frame: av.AudioFrame, count: int) -> None:
        try:
            self._fifo.write(frame)
        except ValueError:
            self._give_out()
            self._fifo = av.AudioFifo()
            self._fifo.write(frame)
        self._position += count
        self._gathered += count
        if self._gathered >= self._block_samples:
            self._give_out()

    def _give_out(self) -> None:
        block = self._fifo.read()
        self._gathered = 0
        if block is not None:
            self._emit(block)
