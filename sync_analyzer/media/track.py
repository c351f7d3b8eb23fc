"""What a file is (`Media`), and what it holds once decoded (`Waveform`, `Track`)."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.derived import Derived
from sync_analyzer.dsp.half import Samples, all_finite, widened

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """
    One file, probed and not decoded.

    ``stream`` counts audio streams from 0; ``None`` stands for several mono streams that
    form one programme. ``start_seconds`` is where the audio begins on the presentation
    timeline whose zero is named by ``zero`` and lies at ``zero_seconds`` on the clock of
    the container's time stamps. ``missing_seconds`` is what the header promises beyond the
    end of the file.
    """

    path: str
    size_bytes: int
    container: str
    stream: int | None
    stream_count: int
    codec: str
    sample_rate_hz: int
    channels: int
    layout: str
    duration_seconds: float
    start_seconds: float = 0.0
    zero: str = "container start"
    zero_seconds: float = 0.0
    missing_seconds: float = 0.0
    frame_rate: Fraction | None = None
    start_timecode: str | None = None
    drop_frame: bool = False
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waveform:
    """
    Mono samples at one rate, finite, starting at presentation time zero.

    Stored as float16 (its rounding lies 66 dB below the local signal) to keep a two-hour
    programme small; `read` gives float32.
    """

    samples: Samples
    sample_rate_hz: int

    def __post_init__(self) -> None:
        if self.samples.ndim != 1 or self.samples.dtype not in (np.float16, np.float32):
            raise ValueError(
                f"mono float16 or float32 wanted, got {self.samples.dtype} of shape "
                f"{self.samples.shape}"
            )
        if self.sample_rate_hz <= 0:
            raise ValueError(f"sample_rate_hz must be positive, got {self.sample_rate_hz}")
        if not all_finite(self.samples):
            raise ValueError("samples must be finite")

    @property
    def duration_seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.sample_rate_hz

    def read(self, start_sample: int, stop_sample: int) -> NDArray[np.float32]:
        """Return float32 samples ``[start, stop)``; outside the file there is silence."""
        out = np.zeros(max(0, stop_sample - start_sample), np.float32)
        low, high = max(0, start_sample), min(len(self.samples), stop_sample)
        if high > low:
            out[low - start_sample : high - start_sample] = widened(self.samples[low:high])
        return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """
    One file decoded once: named views of its sound, all at the same rate.

    Views: ``mid`` always; ``side`` (L-R), ``front`` (L+R without centre), ``centre`` and
    ``surround`` where the layout has them. A view that is silent throughout is left out.
    ``applied`` says what was done to lay the samples on the presentation timeline, and
    ``warnings`` what a person should know (truncated file, gaps, samples that were not
    finite).
    """

    media: Media
    views: Mapping[str, Waveform]
    duration_seconds: float
    applied: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    _derived: Derived = field(default_factory=Derived, repr=False, compare=False)

    def view(self, name: str) -> Waveform:
        """Return the named view, or ``mid`` where the layout lacks it."""
        return self.views.get(name, self.views["mid"])

    def derive(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return ``make()``, computed once per track and key."""
        return self._derived.get(key, make)
