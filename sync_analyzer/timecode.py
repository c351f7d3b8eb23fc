"""
The only place where frames are counted and timecode labels are read and written.

A label names a frame; it is not a time. At 23.976 fps the label ``00:00:10:00`` is frame
240, which lies at 10.01 s; drop-frame counting skips labels, never frames. So every way
from a label to seconds goes through the frame number and the exact rate::

    label  <->  frame number  <->  seconds == frame * (1 / fps), a Fraction

>>> FrameClock.named("29.97df").label(17982)
'00:10:00;00'
>>> FrameClock.named("23.976").seconds(85_440)
Fraction(89089, 25)
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from sync_analyzer.errors import InvalidOption

EXACT_RATES: Mapping[str, Fraction] = MappingProxyType(
    {
        "23.976": Fraction(24000, 1001),
        "23.98": Fraction(24000, 1001),
        "24": Fraction(24),
        "25": Fraction(25),
        "29.97": Fraction(30000, 1001),
        "30": Fraction(30),
        "47.952": Fraction(48000, 1001),
        "48": Fraction(48),
        "50": Fraction(50),
        "59.94": Fraction(60000, 1001),
        "60": Fraction(60),
        "119.88": Fraction(120000, 1001),
        "120": Fraction(120),
    }
)
"""Frame rates by the names people give them, as what they exactly are."""

_LABEL = re.compile(r"^(\d{1,2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameClock:
    """
    Frame counting at one exact rate.

    With ``drop_frame`` the labels of the first frames of each minute are skipped, except
    in every tenth minute: two labels at 29.97, four at 59.94.
    """

    fps: Fraction
    drop_frame: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.fps <= 1000:
            raise InvalidOption("frame_rate", value=str(self.fps), expected="1 to 1000 fps")
        if self.drop_frame and (self.fps.denominator != 1001 or self.nominal_fps % 30):
            raise InvalidOption(
                "drop_frame",
                value=rate_name(self.fps),
                expected="drop-frame counting exists at 29.97 fps and its multiples only",
            )

    @classmethod
    def named(cls, name: str) -> FrameClock:
        """
        Return the clock that a name such as ``25``, ``29.97df`` or ``24000/1001`` means.

        Raises:
            InvalidOption: no frame rate is called that.
        """
        text = name.strip().lower().removesuffix("fps").strip()
        drop = text.endswith("df") and not text.endswith("ndf")
        text = text.removesuffix("ndf").removesuffix("df").strip()
        return cls(fps=exact_rate(text), drop_frame=drop)

    @property
    def nominal_fps(self) -> int:
        """How many labels a second has: 30 at 29.97 fps."""
        return math.ceil(self.fps)

    @property
    def dropped_per_minute(self) -> int:
        """How many labels are skipped in nine minutes out of ten."""
        return self.nominal_fps // 15 if self.drop_frame else 0

    @property
    def frames_per_day(self) -> int:
        """How many frames pass before the labels start again at midnight."""
        return 24 * self._frames_per_hour

    @property
    def name(self) -> str:
        """The rate as people write it, with the way of counting where there are two."""
        both = self.fps.denominator == 1001 and self.nominal_fps % 30 == 0
        return rate_name(self.fps) + ((" DF" if self.drop_frame else " NDF") if both else "")

    @property
    def _frames_per_hour(self) -> int:
        return 3600 * self.nominal_fps - 54 * self.dropped_per_minute

    def label(self, frame: int) -> str:
        """Return the label of a frame; frames before 0 and past midnight wrap around."""
        frame %= self.frames_per_day
        if self.drop_frame:
            frame += self._labels_skipped_before(frame)
        seconds, frames = divmod(frame, self.nominal_fps)
        minutes, seconds = divmod(seconds, 60)
        hours, minutes = divmod(minutes, 60)
        width = len(str(self.nominal_fps - 1))
        mark = ";" if self.drop_frame else ":"
        return f"{hours:02}:{minutes:02}:{seconds:02}{mark}{frames:0{width}}"

    def _labels_skipped_before(self, frame: int) -> int:
        drop = self.dropped_per_minute
        per_minute = 60 * self.nominal_fps - drop
        per_ten_minutes = 10 * per_minute + drop
        tens, rest = divmod(frame, per_ten_minutes)
        minutes = max(0, rest - drop) // per_minute
        return drop * (9 * tens + minutes)

    def frame(self, label: str) -> int:
        """
        Return the number of the frame with this label, 0 up to `frames_per_day`.

        Raises:
            InvalidOption: not a label, or one that this way of counting skips.
        """
        match = _LABEL.match(label.strip())
        if match is None:
            raise InvalidOption("timecode", value=label, expected="HH:MM:SS:FF")
        hours, minutes, seconds, frames = (int(match[i]) for i in (1, 2, 3, 5))
        if hours > 23 or minutes > 59 or seconds > 59 or frames >= self.nominal_fps:
            raise InvalidOption(
                "timecode", value=label, expected=f"a label that exists at {self.name} fps"
            )
        drop = self.dropped_per_minute
        if minutes % 10 and seconds == 0 and frames < drop:
            raise InvalidOption(
                "timecode", value=label, expected="a label that drop-frame counting does not skip"
            )
        all_minutes = 60 * hours + minutes
        count = (60 * all_minutes + seconds) * self.nominal_fps + frames
        return count - drop * (all_minutes - all_minutes // 10)

    def seconds(self, frame: int) -> Fraction:
        """Return when the frame starts, in exact seconds after frame 0."""
        return frame / self.fps

    def nearest_frame(self, seconds: Fraction | float) -> int:
        """Return the frame that starts closest to this instant (a half goes up)."""
        return math.floor(Fraction(seconds) * self.fps + Fraction(1, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeClock:
    """A `FrameClock` whose second 0 carries the programme's start label."""

    clock: FrameClock
    start_frame: int = 0
    assumed: bool = False
    """True when no file told the frame rate and a rate was assumed."""

    @property
    def fps(self) -> Fraction:
        """Frames per second, exact."""
        return self.clock.fps

    @property
    def start_seconds(self) -> Fraction:
        """The start label as seconds after the label 00:00:00:00."""
        return self.clock.seconds(self.start_frame)

    def label_at(self, programme_seconds: Fraction | float) -> str:
        """Return the label of the frame nearest to this instant of the programme."""
        return self.clock.label(self.start_frame + self.clock.nearest_frame(programme_seconds))

    def seconds_at(self, label: str) -> Fraction:
        """Return the instant of the programme that carries this label, across midnight too."""
        frames = (self.clock.frame(label) - self.start_frame) % self.clock.frames_per_day
        return self.clock.seconds(frames)


def exact_rate(text: str) -> Fraction:
    """
    Return the exact frame rate that a name, decimal or ratio stands for.

    >>> exact_rate("29.97"), exact_rate("30000/1001"), exact_rate("23.97602")
    (Fraction(30000, 1001), Fraction(30000, 1001), Fraction(24000, 1001))

    Raises:
        InvalidOption: the text is no frame rate.
    """
    if text in EXACT_RATES:
        return EXACT_RATES[text]
    try:
        value = Fraction(text)
    except (ValueError, ZeroDivisionError):
        value = Fraction(0)
    if not 1 <= value <= 1000:
        raise InvalidOption(
            "frame_rate", value=text, expected=f"one of {', '.join(EXACT_RATES)} or a ratio"
        )
    nearest = min(EXACT_RATES.values(), key=lambda rate: abs(rate - value))
    return nearest if abs(nearest / value - 1) < Fraction(1, 20_000) else value


def rate_name(fps: Fraction) -> str:
    """
    Return the short name of an exact rate.

    >>> rate_name(Fraction(24000, 1001)), rate_name(Fraction(25)), rate_name(Fraction(25, 2))
    ('23.976', '25', '12.5')
    """
    for name, rate in EXACT_RATES.items():
        if rate == fps:
            return name
    return f"{float(fps):g}"
