"""Drawing in SVG: escaped elements, linear scales, round ticks. Knows nothing of sync."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Maps a domain linearly onto pixels."""

    low: float
    high: float
    first_px: float
    last_px: float

    def __call__(self, value: float) -> float:
        """Return the pixel of a value."""
        share = (value - self.low) / (self.high - self.low or 1.0)
        return self.first_px + share * (self.last_px - self.first_px)

    def inside(self, value: float) -> float:
        """Return the pixel of a value, held within the scale."""
        return self(min(max(value, self.low), self.high))


class Drawing:
    """Collects elements and becomes one ``<svg>`` of a fixed view box."""

    def __init__(self, *, width: float, height: float, label: str) -> None:
        self.width = width
        self.height = height
        self._label = label
        self._parts: list[str] = []

    def add(self, tag: str, content: str = "", /, **attributes: object) -> None:
        """Add one element; ``class_`` is ``class``, underscores are dashes, content is text."""
        self._parts.append(element(tag, html.escape(content), **attributes))

    def line(self, start: Point, end: Point, **attributes: object) -> None:
        """Add a straight line."""
        self.add("line", x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)

    def text(self, at: Point, content: str, **attributes: object) -> None:
        """Add text whose baseline starts (or as ``text_anchor`` says) at a point."""
        self.add("text", content, x=at[0], y=at[1], **attributes)

    def path(self, points: Iterable[Point], *, closed: bool = False, **attributes: object) -> None:
        """Add a polyline, or a polygon when closed."""
        self.add("path", d=path_data(points, closed=closed), **attributes)

    def raw(self, markup: str) -> None:
        """Add markup that is known to be safe."""
        self._parts.append(markup)

    def markup(self) -> str:
        """Return the drawing."""
        box = f"0 0 {number(self.width)} {number(self.height)}"
        body = "".join(self._parts)
        label = html.escape(self._label, quote=True)
        return f'<svg viewBox="{box}" role="img" aria-label="{label}">{body}</svg>'


def element(tag: str, markup: str = "", /, **attributes: object) -> str:
    """Return one element around safe markup, its attributes escaped."""
    said = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{html.escape(number(value), quote=True)}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{said}>{markup}</{tag}>" if markup else f"<{tag}{said}/>"


def path_data(points: Iterable[Point], *, closed: bool = False) -> str:
    """Return the ``d`` of a polyline."""
    pairs = [f"{number(x)} {number(y)}" for x, y in points]
    return "M" + "L".join(pairs) + ("Z" if closed else "")


def number(value: object) -> str:
    """Return a number with at most two decimals, anything else as it is."""
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".") if math.isfinite(value) else "0"
    return str(value)


def round_ticks(low: float, high: float, *, at_most: int) -> Sequence[float]:
    """
    Return round values within ``[low, high]``, steps of 1, 2 or 5 times a power of ten.

    >>> round_ticks(-0.3, 4.1, at_most=5)
    [0.0, 1.0, 2.0, 3.0, 4.0]
    """
    span = high - low
    if span <= 0 or not math.isfinite(span):
        return [low]
    rough = span / max(1, at_most)
    magnitude = 10.0 ** math.floor(math.log10(rough))
    step = next(m * magnitude for m in (1, 2, 5, 10) if m * magnitude >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(index * step, 12) + 0.0 for index in range(first, last + 1)]


def tick_text(value: float, ticks: Sequence[float]) -> str:
    """Return a tick's number with the decimals that its neighbours need."""
    step = abs(ticks[1] - ticks[0]) if len(ticks) > 1 else abs(value) or 1.0
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    text = f"{abs(value):.{decimals}f}"
    return ("−" if value < 0 and float(text) else "") + text
