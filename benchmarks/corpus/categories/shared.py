"""What several categories need: a drawn delay, a rate in ppm, a dub's notes."""

from __future__ import annotations

from fractions import Fraction

from benchmarks.corpus.levels import Audio, mono
from benchmarks.corpus.mixing import DubRecipe, Master, make_dub
from benchmarks.corpus.sounds import Rng
from benchmarks.corpus.speech import DUB_LANGUAGES
from benchmarks.corpus.studio import Studio

ONE_CHANNEL = ("-ac", "1")


def drawn_delay_seconds(rng: Rng, low: float = -8, high: float = 12) -> float:
    """Return a delay to the microsecond."""
    return float(round(rng.uniform(low, high), 6))


def ppm(parts: int) -> Fraction:
    """Return the rate that is so many parts per million above 1."""
    return Fraction(1_000_000 + parts, 1_000_000)


def language_of(index: int) -> str:
    """Return the language of the dub with this number."""
    return DUB_LANGUAGES[index % len(DUB_LANGUAGES)]


def plain_dub(
    studio: Studio, master: Master, language: str, relative_db: float, seed: int
) -> tuple[Audio, Audio]:
    """Return a dub of the master with nothing done to its bed but another mix."""
    recipe = DubRecipe(language=language, relative_db=relative_db, seed=seed)
    return make_dub(studio, master, recipe)


def same(master: Master) -> tuple[Audio, Audio]:
    """Return the master itself as its own dub (mix, and what its truth is checked on)."""
    return master.samples, mono(master.samples)
