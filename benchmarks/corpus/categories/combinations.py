"""m: two to four difficulties at once, dealt from one deck so that each comes up as often."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from benchmarks.corpus import processing
from benchmarks.corpus.categories.edits import drawn_edits
from benchmarks.corpus.categories.shared import (
    ONE_CHANNEL,
    drawn_delay_seconds,
    language_of,
    ppm,
)
from benchmarks.corpus.levels import Audio
from benchmarks.corpus.media import LOW_RATE
from benchmarks.corpus.mixing import DubRecipe, Master, make_dub, make_master
from benchmarks.corpus.processing import Process
from benchmarks.corpus.sounds import Rng, head
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Edit, Lay, Wow, add_pair

COUNT = 36
INGREDIENTS = (
    "mono", "pal_resampled", "pal_stretched", "drift", "edits", "codec", "jitter", "replace",
    "voiceover", "wow", "surround", "bars", "gate", "limit", "processed", "loud",
)  # fmt: skip
CLASHES = (
    {"pal_resampled", "pal_stretched", "drift"},
    {"voiceover", "jitter"},
    {"voiceover", "replace"},
    {"voiceover", "gate"},
    {"voiceover", "processed"},
    {"voiceover", "surround"},
    {"pal_stretched", "wow"},
    {"pal_resampled", "wow"},
    {"drift", "wow"},
    {"gate", "processed"},
)
"""Of each of these at most one: they exclude or undo each other."""

RESAMPLED = ("24/25", "25/24", "960/1001", "1001/960")
STRETCHED = ("24/25", "25/24", "960/1001")


def _clash(chosen: set[str]) -> bool:
    return any(len(clash & chosen) > 1 for clash in CLASHES)


def recipes(rng: Rng, count: int) -> list[set[str]]:
    """Return ``count`` different sets of two to four ingredients that go together."""
    deck: list[str] = []
    dealt: list[set[str]] = []
    while len(dealt) < count:
        hand = _deal(rng, deck, int(rng.choice([2, 3, 3, 4])))
        if len(hand) >= 2 and hand not in dealt:
            dealt.append(hand)
    return dealt


def _deal(rng: Rng, deck: list[str], size: int) -> set[str]:
    hand: set[str] = set()
    for _ in range(60):
        if len(hand) == size:
            break
        if not deck:
            deck.extend(str(name) for name in rng.permutation(INGREDIENTS))
        card = deck.pop(0)
        if card in hand or _clash(hand | {card}):
            deck.append(card)
        else:
            hand.add(card)
    return hand


def combinations(studio: Studio) -> None:
    """Make category m."""
    for index, recipe in enumerate(recipes(studio.rng("recipes"), COUNT)):
        _Cook(studio, index, recipe).serve()


class _Cook:
    """Draws the details of one combination and makes its pair."""

    def __init__(self, studio: Studio, index: int, recipe: set[str]) -> None:
        self.studio, self.index, self.recipe = studio, index, recipe
        self.rng = studio.rng("m", index)
        self.name = f"m{index + 1}"
        self.notes: list[str] = []
        self.entry: dict[str, Any] = {}
        self.seconds = int(self.rng.integers(*((130, 200) if "edits" in recipe else (60, 120))))
        self.style = "action" if self.rng.random() < 0.35 else "drama"
        self.headed = self._drawn("bars", ("master", "dub"), 0.5)
        self.head_seconds = float(self.rng.choice([14.0, 30.0, 64.0]))
        self.surround = self._drawn("surround", ("master", "dub"), 0.6)

    def _drawn(self, ingredient: str, sides: tuple[str, str], share: float) -> str | None:
        if ingredient not in self.recipe:
            return None
        return sides[0] if self.rng.random() < share else sides[1]

    def serve(self) -> None:
        """Make the pair."""
        master = self._master()
        relative_db = float(self.rng.integers(*((8, 16) if "loud" in self.recipe else (0, 7))))
        has = self.recipe.__contains__
        dub = make_dub(
            self.studio,
            master,
            DubRecipe(
                language=language_of(self.index),
                relative_db=relative_db,
                seed=self.index,
                jitter_seconds=0.03 if has("jitter") else 0.0,
                new_music=has("replace"),
                voice_over=has("voiceover"),
                process=self._process(),
                surround=self.surround == "dub",
            ),
        )
        lay = self._lay()
        words = (
            f"{'+'.join(sorted(self.recipe))}; dub {language_of(self.index)} "
            f"{relative_db:+.0f} dB {lay.encoding} {' '.join(self.notes)}"
        )
        add_pair(
            self.studio, self.name, master, dub, lay, category="m",
            subcategory="m_stretch" if lay.stretcher else "m", notes=words.strip(),
            ingredients=sorted(self.recipe), **self.entry,
        )  # fmt: skip

    def _master(self) -> Master:
        plain = self.surround or self.rng.random() < 0.5
        return make_master(
            self.studio,
            f"m/{self.name}m",
            self.studio.programme(f"{self.name}m", self.seconds, self.style),
            encoding="flac" if plain else "aac",
            head_seconds=self.head_seconds if self.headed == "master" else 0.0,
            surround=self.surround == "master",
        )

    def _process(self) -> Process | None:
        rng = self.studio.rng("mp", self.index)
        if "processed" in self.recipe:
            return lambda bed: _processed(bed, rng)
        if "gate" in self.recipe:
            return lambda bed: processing.gate(bed, -40)
        return None

    def _lay(self) -> Lay:
        delay = drawn_delay_seconds(self.rng, -6, 9)
        rate, stretcher = self._speed()
        edits: tuple[Edit, ...] = ()
        if "edits" in self.recipe:
            count = int(self.rng.integers(1, 6))
            edits = drawn_edits(self.rng, self.seconds, count, longest=10.0, gap_seconds=18.0)
            self.notes.append(f"{len(edits)} edits")
        wow = None
        if "wow" in self.recipe:
            depth = float(self.rng.uniform(0.0004, 0.0012))
            wow = Wow(depth_seconds=depth, hz=float(self.rng.uniform(0.4, 1.0)))
        encoding = str(self.rng.choice(LOW_RATE)) if "codec" in self.recipe else "flac"
        if self.surround == "dub" and encoding != "flac":
            encoding = "ac3"
        headed = self.headed == "dub"
        return Lay(
            delay_seconds=self.head_seconds if headed else delay,
            rate=rate,
            edits=edits,
            before=head(self.head_seconds) if headed else None,
            stretcher=stretcher,
            wow=wow,
            after=processing.squash if "limit" in self.recipe else None,
            encoding=encoding,
            extra=ONE_CHANNEL if "mono" in self.recipe else (),
        )

    def _speed(self) -> tuple[Fraction, str | None]:
        rng = self.rng
        if "pal_resampled" in self.recipe:
            name = RESAMPLED[int(rng.integers(4))]
            self.entry["named_rate"] = name
            return Fraction(name), None
        if "pal_stretched" in self.recipe:
            name = STRETCHED[int(rng.integers(3))]
            self.entry["named_rate"] = name
            return Fraction(name), ("rubberband", "atempo")[int(rng.integers(2))]
        if "drift" in self.recipe:
            size = round(float(np.exp(rng.uniform(np.log(10), np.log(1000)))))
            parts = int(rng.choice([-1, 1])) * size
            self.notes.append(f"{parts:+d} ppm")
            return ppm(parts), None
        return Fraction(1), None


def _processed(bed: Audio, rng: Rng) -> Audio:
    turned = processing.all_pass(bed, rng, 5)
    return processing.ride_gain(processing.equalise(turned, rng, 6), rng, 7)
