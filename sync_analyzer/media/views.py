"""Which channels make which view: pure channel arithmetic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

VIEWS = ("mid", "side", "front", "centre", "surround")

_HALF_POWER = 0.5**0.5
_LEFT = {"FL": 1.0, "DL": 1.0, "FLC": 1.0, "WL": 1.0, "SL": _HALF_POWER, "BL": _HALF_POWER}
_RIGHT = {"FR": 1.0, "DR": 1.0, "FRC": 1.0, "WR": 1.0, "SR": _HALF_POWER, "BR": _HALF_POWER}
_LEFT.update(dict.fromkeys(("TFL", "TSL", "TBL", "SDL", "SSL", "BFL", "TTL"), _HALF_POWER))
_RIGHT.update(dict.fromkeys(("TFR", "TSR", "TBR", "SDR", "SSR", "BFR", "TTR"), _HALF_POWER))
_BOTH = {"FC": _HALF_POWER, "BC": 0.5, "TC": 0.5, "TFC": 0.5, "TBC": 0.5, "BFC": 0.5}
_DROPPED = frozenset({"LFE", "LFE2"})
_SURROUND = frozenset({"SL", "SR", "BL", "BR", "BC"})
_UNKNOWN = re.compile(r"\d+ channels|\d+ mono streams")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """``views[i]`` is the sum over channels ``c`` of ``weights[i, c] * channel[c]``."""

    views: tuple[str, ...]
    channels: tuple[str, ...]
    weights: NDArray[np.float32]

    @property
    def dropped(self) -> tuple[int, ...]:
        """Channels (by position) that reach no view's ``mid``."""
        return tuple(int(c) for c in np.flatnonzero(self.weights[0] == 0))


def channel_names(layout: str, labels: Sequence[str]) -> tuple[str, ...]:
    """
    Return a name for each channel: FFmpeg's where the layout is known, else ``1``, ``2``, ….

    One channel is ``M``, and two channels without a layout are left and right.
    """
    if len(labels) == 1:
        return ("M",)
    if not is_unknown(layout) and len(set(labels)) == len(labels):
        return tuple(labels)
    if len(labels) == 2:
        return ("FL", "FR")
    return tuple(str(number) for number in range(1, len(labels) + 1))


def is_unknown(layout: str) -> bool:
    """Tell whether the file does not say which channel is which."""
    return _UNKNOWN.fullmatch(layout) is not None


def mix(channels: Sequence[str], *, wanted: Sequence[str] | None = None) -> Mix:
    """
    Return the weights of each view the channels have, ``mid`` always first.

    ``Lo = L + 0.707 C + 0.707 Ls`` and ``Ro`` likewise, ``mid = (Lo + Ro) / 2``,
    ``side = (Lo - Ro) / 2``, ``front = (L + R) / 2`` beside a centre, ``centre = C``,
    ``surround`` the mean of the surround channels; the LFE is left out. Channels of an
    unknown layout are averaged into ``mid``.

    Args:
        channels: names as `channel_names` gives them.
        wanted: only these views (and ``mid``); ``None`` is all.
    """
    rows = {"mid": _mid(channels)}
    if "FL" in channels and "FR" in channels:
        rows["side"] = [(_LEFT.get(c, 0.0) - _RIGHT.get(c, 0.0)) / 2 for c in channels]
        if "FC" in channels:
            rows["front"] = [0.5 if c in ("FL", "FR") else 0.0 for c in channels]
    if "FC" in channels:
        rows["centre"] = [float(c == "FC") for c in channels]
    surrounds = [float(c in _SURROUND) for c in channels]
    if any(surrounds):
        rows["surround"] = [weight / sum(surrounds) for weight in surrounds]
    views = tuple(v for v in VIEWS if v in rows and (v == "mid" or wanted is None or v in wanted))
    return Mix(
        views=views,
        channels=tuple(channels),
        weights=np.array([rows[v] for v in views], np.float32),
    )


def everything(channels: Sequence[str]) -> Mix:
    """Return the mix whose only view, ``mid``, is the mean of all channels."""
    weights = np.full((1, len(channels)), 1 / len(channels), np.float32)
    return Mix(views=("mid",), channels=tuple(channels), weights=weights)


def _mid(channels: Sequence[str]) -> list[float]:
    known = [c in _LEFT or c in _RIGHT or c in _BOTH for c in channels]
    if not any(known) or not all(k or c in _DROPPED for k, c in zip(known, channels, strict=True)):
        return [1 / len(channels)] * len(channels)
    return [(_LEFT.get(c, 0.0) + _RIGHT.get(c, 0.0)) / 2 + _BOTH.get(c, 0.0) for c in channels]
