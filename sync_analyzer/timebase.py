"""
The only place for the sign of an offset, exact rates, and the words for both.

Convention, for the whole repository and the wire format::

    dub(t) == master(t + offset_seconds)                      same speed
    dub_time = rate * master_time - offset_seconds            any speed

``offset_seconds`` is the shift to apply to the dub: negative, the dub is late.
``rate`` is dub seconds per master second (a PAL speed-up of a 24 fps film is 24/25).

>>> describe(-0.01)
'dub is 10.0 ms late'
>>> dub_time(100.0, rate=1.0, offset_seconds=-2.0)
102.0
>>> master_time(102.0, rate=1.0, offset_seconds=-2.0)
100.0
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

NAMED_RATES: Mapping[str, Fraction] = MappingProxyType(
    {
        name: Fraction(name)
        for name in (
            "24/25",
            "25/24",
            "960/1001",
            "1001/960",
            "1000/1001",
            "1001/1000",
            "147/160",
            "160/147",
        )
    }
)
"""Speed changes with a cause, dub seconds per master second, as exact fractions."""

RATE_CAUSES: Mapping[str, str] = MappingProxyType(
    {
        "24/25": "24 fps film played at 25 fps (PAL speed-up)",
        "25/24": "25 fps programme played at 24 fps",
        "960/1001": "23.976 fps programme played at 25 fps (PAL speed-up)",
        "1001/960": "25 fps programme played at 23.976 fps",
        "1000/1001": "23.976 fps programme played at 24 fps (pull-up)",
        "1001/1000": "24 fps programme played at 23.976 fps (pull-down)",
        "147/160": "44.1 kHz audio played as 48 kHz",
        "160/147": "48 kHz audio played as 44.1 kHz",
    }
)

FRAME_RATES: Mapping[str, Fraction] = MappingProxyType(
    {
        "23.976": Fraction(24000, 1001),
        "24.0": Fraction(24),
        "25.0": Fraction(25),
        "29.97": Fraction(30000, 1001),
        "30.0": Fraction(30),
    }
)
"""The five rates every answer is given in, by their name on the wire."""


def dub_time(master_seconds: float, *, rate: float, offset_seconds: float) -> float:
    """Return where in the dub the master's instant lies, in seconds."""
    return rate * master_seconds - offset_seconds


def master_time(dub_seconds: float, *, rate: float, offset_seconds: float) -> float:
    """Return where in the master the dub's instant lies, in seconds."""
    return (dub_seconds + offset_seconds) / rate


def offset_at(master_seconds: float, *, rate: float, offset_seconds: float) -> float:
    """
    Return the shift in seconds that the dub needs at one instant of the master.

    ``offset_seconds`` is the offset at master time 0; at another instant it has grown by
    ``(1 - rate) * master_seconds``, since ``dub_time = master_time - offset_at``.
    """
    return offset_seconds + (1.0 - rate) * master_seconds


def offset_frames(offset_seconds: float) -> dict[str, float]:
    """Return the offset in frames at the five fixed rates, rounded to 1/1000 frame."""
    return {name: round(float(offset_seconds * fps), 3) for name, fps in FRAME_RATES.items()}


def drift_ppm(rate: float) -> float:
    """Return the rate's distance from 1 in parts per million."""
    return (rate - 1.0) * 1e6


def drift_ms_per_minute(rate: float) -> float:
    """Return how many milliseconds later the dub runs after each minute of the master."""
    return (rate - 1.0) * 60_000.0


def nearest_named_rate(rate: float) -> tuple[str, Fraction]:
    """Return the named rate (or ``("1", 1)``) closest to ``rate``."""
    everything = {"1": Fraction(1), **NAMED_RATES}
    return min(everything.items(), key=lambda item: abs(float(item[1]) - rate))


def describe(offset_seconds: float) -> str:
    """
    Say the offset for a person, never as a bare signed number.

    >>> describe(0.0)
    'dub is in place (0.0 ms)'
    >>> describe(2.5)
    'dub is 2.500 s early'
    """
    size = abs(offset_seconds)
    if size < 0.00005:
        return "dub is in place (0.0 ms)"
    amount = f"{size * 1000:.1f} ms" if size < 1.0 else f"{size:.3f} s"
    return f"dub is {amount} {'late' if offset_seconds < 0 else 'early'}"
