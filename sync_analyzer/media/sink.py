"""Receives channels in order, whatever their rate and layout become, and fills the views."""

from __future__ import annotations

from collections.abc import Sequence

from sync_analyzer.media.resample import ViewStore, ViewWriter
from sync_analyzer.media.samples import Channels
from sync_analyzer.media.views import Mix, mix


class ViewSink:
    """
    Fills one `ViewStore` from consecutive blocks.

    A programme whose rate or layout changes on the way starts a new run of resamplers at
    the output sample nearest to the change.
    """

    def __init__(
        self,
        *,
        sample_rate_hz: int,
        expected_seconds: float,
        wanted: Sequence[str] | None,
        only_mix: Mix | None = None,
    ) -> None:
        expected_samples = int((expected_seconds + 2) * sample_rate_hz)
        self.store = ViewStore(expected_samples=expected_samples)
        self._only_mix = only_mix
        self.sample_rate_hz = sample_rate_hz
        self.first_names: tuple[str, ...] = ()
        self._wanted = wanted
        self._writer: ViewWriter | None = None
        self._format: tuple[tuple[str, ...], int] = ((), 0)
        self._origin_seconds = 0.0
        self._run_samples = 0
        self._early_silence_samples = 0

    @property
    def end_seconds(self) -> float:
        """Where the last sample taken ends."""
        rate_hz = self._format[1]
        return self._origin_seconds + (self._run_samples / rate_hz if rate_hz else 0.0)

    @property
    def end_sample(self) -> int:
        """How many samples each view has; exact once `finish` was called."""
        return self._writer.end_sample if self._writer is not None else 0

    def write(self, channels: Channels, *, names: tuple[str, ...], rate_hz: int) -> None:
        """Take the next block of sound."""
        if (names, rate_hz) != self._format:
            self._start_run(names, rate_hz)
        assert self._writer is not None
        self._run_samples += len(channels[0])
        self._writer.write(channels)

    def silence(self, count: int) -> None:
        """Take ``count`` silent samples at the current rate (at first: that of the next block)."""
        if self._writer is None:
            self._early_silence_samples += count
            return
        self._run_samples += count
        self._writer.silence(count)

    def finish(self) -> None:
        """Write the resamplers' tails."""
        if self._writer is not None:
            self._writer.finish()

    def _start_run(self, names: tuple[str, ...], rate_hz: int) -> None:
        self.finish()
        self._origin_seconds = self.end_seconds
        self._run_samples = 0
        self._format = names, rate_hz
        self.first_names = self.first_names or names
        self._writer = ViewWriter(
            self._only_mix or mix(names, wanted=self._wanted),
            input_rate_hz=rate_hz,
            output_rate_hz=self.sample_rate_hz,
            start_sample=round(self._origin_seconds * self.sample_rate_hz),
            store=self.store,
        )
        early, self._early_silence_samples = self._early_silence_samples, 0
        if early:
            self.silence(early)
