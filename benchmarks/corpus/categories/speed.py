"""f: drift in ppm, the named rates resampled, and stretched with the pitch kept."""

from __future__ import annotations

from fractions import Fraction

from benchmarks.corpus.categories.shared import (
    ONE_CHANNEL,
    drawn_delay_seconds,
    plain_dub,
    ppm,
    same,
)
from benchmarks.corpus.mixing import make_master
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Lay, add_pair

DRIFTS_PPM = (10, -10, 50, -50, 200, -200, 1000, -1000)
NAMED = ("24/25", "25/24", "960/1001", "1001/960", "1000/1001", "1001/1000", "147/160", "160/147")
STRETCHED = ("24/25", "25/24", "960/1001", "1001/960")
STRETCHERS = ("rubberband", "atempo")


def speed(studio: Studio) -> None:
    """Make category f."""
    _base(studio)
    _drift(studio)
    _named(studio)
    _stretched(studio)


def _base(studio: Studio) -> None:
    master = make_master(studio, "f/fm", studio.programme("fm", 75))
    dub = plain_dub(studio, master, "fr", 4, 0)
    cases = (
        (ppm(100), dub, 0.2, ONE_CHANNEL, None, "rate 1000100/1000000 with pitch change"),
        (ppm(-1000), same(master), 0.0, ONE_CHANNEL, None, "rate 999/1000 with pitch change"),
        (Fraction(24, 25), dub, 0.0, ONE_CHANNEL, None, "rate 24/25 with pitch change"),
        (Fraction(1001, 1000), same(master), -0.5, ONE_CHANNEL, None,
         "rate 1001/1000 with pitch change"),
        (Fraction(24, 25), same(master), 0.0, ONE_CHANNEL, "atempo",
         "rate 24/25 without pitch change"),
    )  # fmt: skip
    for index, (rate, sound, delay, extra, stretcher, notes) in enumerate(cases):
        add_pair(
            studio, f"f{index + 1}", master, sound,
            Lay(delay_seconds=delay, rate=rate, extra=extra, stretcher=stretcher),
            category="f", notes=notes, subcategory="f_stretch" if stretcher else "f",
        )  # fmt: skip


def _drift(studio: Studio) -> None:
    rng, further = studio.rng("f", "hard"), studio.rng("fq")
    long = make_master(studio, "f/fxm", studio.programme("fxm", 420), encoding="mp3")
    short = make_master(studio, "f/fym", studio.programme("fym", 300, "action"), encoding="aac")
    dubs = (plain_dub(studio, long, "es", 5, 1), plain_dub(studio, short, "fr", 6, 2))
    for index, parts in enumerate(DRIFTS_PPM):
        add_pair(
            studio, f"fd{index + 1}", (long, short)[index % 2], dubs[index % 2],
            Lay(delay_seconds=drawn_delay_seconds(rng), rate=ppm(parts), encoding="aac"),
            category="f", subcategory="f_drift", notes=f"dub, {parts:+d} ppm",
        )  # fmt: skip
    parts = int(further.integers(300, 900))
    add_pair(
        studio, "fd9", short, same(short),
        Lay(delay_seconds=drawn_delay_seconds(rng), rate=ppm(parts), encoding="opus"),
        category="f", subcategory="f_drift", notes=f"identical, {parts:+d} ppm",
    )  # fmt: skip
    parts = -int(further.integers(15, 45))
    add_pair(
        studio, "fd10", long, dubs[0],
        Lay(delay_seconds=drawn_delay_seconds(rng), rate=ppm(parts), encoding="mp348",
            extra=ONE_CHANNEL),
        category="f", subcategory="f_drift", notes=f"dub mono, {parts:+d} ppm",
    )  # fmt: skip


def _named(studio: Studio) -> None:
    rng = studio.rng("f", "named")
    master = make_master(studio, "f/fnm", studio.programme("fnm", 100))
    dub = plain_dub(studio, master, "it", 4, 3)
    for index, name in enumerate(NAMED):
        add_pair(
            studio, f"fn{index + 1}", master, dub,
            Lay(delay_seconds=drawn_delay_seconds(rng, -5, 5), rate=Fraction(name),
                encoding=("flac", "aac")[index % 2]),
            category="f", subcategory="f_named", named_rate=name, notes=f"dub, {name} resampled",
        )  # fmt: skip


def _stretched(studio: Studio) -> None:
    rng = studio.rng("f", "stretched")
    master = make_master(studio, "f/fpm", studio.programme("fpm", 110))
    dub = plain_dub(studio, master, "fr", 3, 1)
    cases = [(name, how) for name in STRETCHED for how in STRETCHERS]
    for index, (name, how) in enumerate(cases):
        dubbed = index % 3 != 0
        add_pair(
            studio, f"fp{index + 1}", master, dub if dubbed else same(master),
            Lay(delay_seconds=drawn_delay_seconds(rng, -4, 4), rate=Fraction(name),
                stretcher=how, encoding=("flac", "aac")[index % 2]),
            category="f", subcategory="f_stretch", named_rate=name,
            notes=f"{'dub' if dubbed else 'identical'}, {name} pitch preserved by {how}",
        )  # fmt: skip
