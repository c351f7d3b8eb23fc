"""The categories, one letter each; a category is a function that fills a studio."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from benchmarks.corpus.categories import (
    combinations,
    containers,
    dubs,
    edits,
    excerpts,
    identical,
    long,
    loops,
    malformed,
    rooms,
    speed,
    unrelated,
)
from benchmarks.corpus.studio import Studio

CATEGORIES: Mapping[str, Callable[[Studio], None]] = MappingProxyType(
    {
        "a": identical.identical,
        "b": identical.re_encoded,
        "c": dubs.dubs,
        "d": dubs.sparse,
        "e": rooms.rooms,
        "f": speed.speed,
        "g": edits.edits,
        "h": excerpts.excerpts,
        "i": unrelated.unrelated,
        "j": loops.loops,
        "k": containers.containers,
        "l": malformed.malformed,
        "m": combinations.combinations,
        "long": long.long_programmes,
    }
)

ON_DEMAND = ("long",)
"""Categories made only when asked for by name."""
