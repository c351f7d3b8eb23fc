"""Tolerance profiles: how far out of sync a delivery may be, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sync_analyzer.errors import InvalidOption


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    Limits in milliseconds for a dub that is early or late.

    Up to ``pass`` it passes, up to ``fail`` it is a warning, beyond it fails. ``frames``
    states both limits in frames of the programme instead (24 fps where it has no picture).
    """

    name: str
    source: str
    early_pass_ms: float = 0.0
    late_pass_ms: float = 0.0
    early_fail_ms: float = 0.0
    late_fail_ms: float = 0.0
    frames: float | None = None

    def limits_ms(self, frame_rate: Fraction | None) -> tuple[float, float, float, float]:
        """Return early pass, late pass, early fail and late fail limits."""
        if self.frames is None:
            return (self.early_pass_ms, self.late_pass_ms, self.early_fail_ms, self.late_fail_ms)
        limit = 1000.0 * self.frames / float(frame_rate or 24)
        return (limit, limit, limit, limit)


def _even(name: str, source: str, passing: float, failing: float) -> Profile:
    return Profile(
        name=name,
        source=source,
        early_pass_ms=passing,
        late_pass_ms=passing,
        early_fail_ms=failing,
        late_fail_ms=failing,
    )


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            _even("default", "correction needed beyond 100 ms, noticed beyond 40 ms", 40.0, 100.0),
            Profile(
                name="ebu_r37",
                source="EBU R37: sound 40 ms early to 60 ms late",
                early_pass_ms=40.0,
                late_pass_ms=60.0,
                early_fail_ms=40.0,
                late_fail_ms=60.0,
            ),
            Profile(
                name="atsc_is191",
                source="ATSC IS-191: sound 15 ms early to 45 ms late",
                early_pass_ms=15.0,
                late_pass_ms=45.0,
                early_fail_ms=15.0,
                late_fail_ms=45.0,
            ),
            Profile(name="netflix", source="global offset below one frame", frames=1.0),
            _even("dpp", "DPP: 10 ms either way", 10.0, 10.0),
            _even("film_half_frame", "film practice: 22 ms either way", 22.0, 22.0),
            Profile(
                name="itu_bt1359",
                source="ITU-R BT.1359-1: detectable beyond 45 ms early or 125 ms late, "
                "acceptable to 90 ms early or 185 ms late",
                early_pass_ms=45.0,
                late_pass_ms=125.0,
                early_fail_ms=90.0,
                late_fail_ms=185.0,
            ),
        )
    }
)


def profile(name: str) -> Profile:
    """
    Return one profile.

    Raises:
        InvalidOption: no profile has this name.
    """
    if name not in PROFILES:
        raise InvalidOption(
            "tolerance_profile", value=name, expected=f"one of {', '.join(PROFILES)}"
        )
    return PROFILES[name]


def judge(
    offsets_seconds: list[float], *, limits: Profile, frame_rate: Fraction | None
) -> dict[str, Any]:
    """
    Return ``pass``, ``warn`` or ``fail`` for the worst of the offsets, with the limits used.

    Args:
        offsets_seconds: offsets at the places to judge; positive, the dub is early.
        limits: the profile.
        frame_rate: of the programme, where it has pictures.
    """
    early_pass, late_pass, early_fail, late_fail = limits.limits_ms(frame_rate)
    early = max([1000.0 * value for value in offsets_seconds] + [0.0])
    late = max([-1000.0 * value for value in offsets_seconds] + [0.0])
    verdict = "pass"
    if early > early_fail or late > late_fail:
        verdict = "fail"
    elif early > early_pass or late > late_pass:
        verdict = "warn"
    return {
        "profile": limits.name,
        "source": limits.source,
        "early_pass_ms": round(early_pass, 3),
        "late_pass_ms": round(late_pass, 3),
        "early_fail_ms": round(early_fail, 3),
        "late_fail_ms": round(late_fail, 3),
        "worst_early_ms": round(early, 3),
        "worst_late_ms": round(late, 3),
        "verdict": verdict,
    }
