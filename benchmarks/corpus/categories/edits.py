"""g: cuts and inserts, from three frames to half a minute, up to ten of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from benchmarks.corpus.categories.shared import drawn_delay_seconds, plain_dub, ppm, same
from benchmarks.corpus.mixing import make_master
from benchmarks.corpus.sounds import Rng
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Edit, Lay, add_pair

CUT, INSERT = "cut", "ins"


def drawn_edits(
    rng: Rng,
    seconds: float,
    count: int,
    *,
    shortest: float = 0.2,
    longest: float = 8.0,
    gap_seconds: float = 14.0,
) -> tuple[Edit, ...]:
    """Return up to ``count`` edits with at least ``gap_seconds`` kept between them."""
    first = 12.0
    at = first + rng.uniform(0, 4)
    edits: list[Edit] = []
    for index in range(count):
        needed = (count - index) * gap_seconds
        size = float(round(np.exp(rng.uniform(np.log(shortest), np.log(longest))), 3))
        kind = CUT if rng.random() < 0.5 else INSERT
        if at + gap_seconds > seconds:
            break
        if kind == CUT and at + size + needed > seconds:
            kind = INSERT
        edits.append(Edit(kind=kind, at_seconds=round(at, 3), seconds=size))
        room = (seconds - at - size - needed - gap_seconds) / max(1, count - index)
        at += (size if kind == CUT else 0) + gap_seconds + rng.uniform(0, max(0.0, room))
    return tuple(edits)


def _edits(*parts: tuple[str, float, float]) -> tuple[Edit, ...]:
    return tuple(Edit(kind=kind, at_seconds=at, seconds=size) for kind, at, size in parts)


def edits(studio: Studio) -> None:
    """Make category g."""
    _base(studio)
    _harder(studio)


def _base(studio: Studio) -> None:
    master = make_master(studio, "g/gm", studio.programme("gm", 100))
    dub, own = plain_dub(studio, master, "de", 4, 0), same(master)
    cases = (
        (dub, 0.2, "aac", _edits((CUT, 60, 7.5)), "dub de, one cut", "g"),
        (own, 0.0, "mp3", _edits((INSERT, 40, 10)), "identical, ad break", "g"),
        (dub, 0.0, "flac", _edits((INSERT, 30, 5), (CUT, 60, 3), (INSERT, 80, 2)),
         "dub de, three edits", "g"),
        (own, 0.0, "flac", _edits((CUT, 50, 0.12)), "3-frame cut", "g_small"),
    )  # fmt: skip
    for index, (sound, delay, encoding, made, notes, kind) in enumerate(cases):
        add_pair(
            studio, f"g{index + 1}", master, sound,
            Lay(delay_seconds=delay, edits=made, encoding=encoding),
            category="g", subcategory=kind, notes=notes,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One edited pair of the long master."""

    notes: str
    edits: tuple[Edit, ...]
    kind: str = "g"
    dubbed: bool = True
    encoding: str = "flac"
    rate: Fraction = Fraction(1)
    in_place: bool = False


FIXED_CASES = (
    _Case(
        notes="dub de, 200 ms cut and insert",
        edits=_edits((CUT, 101.4, 0.2), (INSERT, 190.25, 0.2)),
        kind="g_small",
        in_place=True,
    ),
    _Case(
        notes="dub de, 30 s insert and 30 s cut",
        edits=_edits((INSERT, 95.5, 30.0), (CUT, 180.0, 30.0)),
        encoding="opus",
    ),
    _Case(
        notes="dub de, two edits 5 s apart",
        edits=_edits((CUT, 120.0, 3.0), (INSERT, 128.0, 4.0)),
        kind="g_close",
    ),
    _Case(
        notes="identical, two edits 2 s apart that cancel",
        edits=_edits((INSERT, 150.0, 2.0), (CUT, 152.0, 2.0)),
        kind="g_close",
        dubbed=False,
        encoding="mp3",
    ),
)


def _cases(rng: Rng, seconds: float) -> tuple[_Case, ...]:
    short = drawn_edits(rng, seconds, 8, longest=2.0)
    ten = drawn_edits(rng, seconds, 10)
    four, three = drawn_edits(rng, seconds, 4), drawn_edits(rng, seconds, 3, shortest=1)
    return (
        _Case(notes="dub de, ten edits", edits=ten, encoding="aac"),
        _Case(notes="identical, eight short edits", edits=short, dubbed=False),
        *FIXED_CASES,
        _Case(
            notes="dub de, four edits, +30 ppm",
            edits=four,
            kind="g_drift",
            encoding="aac",
            rate=ppm(30),
        ),
        _Case(
            notes="dub de, three edits, 24/25", edits=three, kind="g_drift", rate=Fraction(24, 25)
        ),
    )


def _harder(studio: Studio) -> None:
    rng, seconds = studio.rng("g", "hard"), 300
    master = make_master(studio, "g/gxm", studio.programme("gxm", seconds), encoding="mp3")
    dub, own = plain_dub(studio, master, "de", 4, 1), same(master)
    for index, case in enumerate(_cases(rng, seconds)):
        delay = 0.0 if case.in_place else drawn_delay_seconds(rng)
        add_pair(
            studio, f"gx{index + 1}", master, dub if case.dubbed else own,
            Lay(delay_seconds=delay, edits=case.edits, encoding=case.encoding, rate=case.rate),
            category="g", subcategory=case.kind, notes=case.notes,
        )  # fmt: skip
