"""h: short excerpts of long masters, dubs that start late, partial overlap."""

from __future__ import annotations

import numpy as np

from benchmarks.corpus.categories.shared import plain_dub
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio
from benchmarks.corpus.media import Written
from benchmarks.corpus.mixing import Master, make_master
from benchmarks.corpus.programme import dialogue, mix
from benchmarks.corpus.studio import Studio

LONG_SECONDS = 1320


def excerpts(studio: Studio) -> None:
    """Make category h."""
    _base(studio)
    _of_a_long_master(studio)
    _half_overlap(studio)


def _offset_seconds(start_seconds: float, master: Master, dub: Written) -> float:
    late = dub.codec_delay_seconds - master.written.codec_delay_seconds
    return start_seconds - late


def _excerpt(
    studio: Studio, name: str, master: Master, sound: Audio, at_seconds: float, seconds: int,
    **entry: str,
) -> None:  # fmt: skip
    first = int(at_seconds * SR)
    written = studio.write(f"h/{name}", sound[first : first + seconds * SR], "aac")
    offset = _offset_seconds(first / SR, master, written)
    studio.record_match(
        id=name, category="h", master=master.written.path, dub=written.path,
        offset_seconds=offset, span=(offset, offset + seconds), **entry,
    )  # fmt: skip


def _after(
    studio: Studio, name: str, master: Master, before: Audio, kept: Audio, first: int,
    **entry: str,
) -> None:  # fmt: skip
    """Record a dub of ``before`` (other material) and then the master from ``first`` on."""
    written = studio.write(f"h/{name}", np.concatenate([before, kept]), "aac")
    studio.record_match(
        id=name, category="h", master=master.written.path, dub=written.path,
        offset_seconds=_offset_seconds((first - len(before)) / SR, master, written),
        span=(first / SR, (first + len(kept)) / SR), **entry,
    )  # fmt: skip


def _base(studio: Studio) -> None:
    master = make_master(studio, "h/hm", studio.programme("hm", 360), encoding="mp3")
    for index, (at, language) in enumerate([(200.3, None), (281.7, "fr")]):
        sound = master.samples
        if language:
            sound, _ = plain_dub(studio, master, language, 4, index)
        notes = f"30 s excerpt of a 6 min master, {language or 'identical'}"
        _excerpt(studio, f"h{index + 1}", master, sound, at, 30, notes=notes)
    dub, _ = plain_dub(studio, master, "it", 4, 3)
    before = studio.music("hpre", 45)[: 45 * SR] * np.float32(0.7)
    _after(
        studio, "h3", master, before, dub[: 100 * SR], 0,
        notes="45 s of other material, then the first 100 s (dub it)",
    )  # fmt: skip


def _of_a_long_master(studio: Studio) -> None:
    rng = studio.rng("h", "hard")
    programme = studio.programme("hxm", LONG_SECONDS)
    master = make_master(studio, "h/hxm", programme, encoding="aac")
    dub, _ = plain_dub(studio, master, "fr", 4, 2)
    cases = (
        (master.samples, 30, rng.uniform(300, 1200), "identical"),
        (dub, 30, rng.uniform(300, 1200), "fr"),
        (dub, 60, rng.uniform(100, 1200), "fr"),
    )
    for index, (sound, seconds, at, what) in enumerate(cases):
        _excerpt(
            studio, f"hx{index + 1}", master, sound, at, seconds, subcategory="h_excerpt",
            notes=f"{seconds} s excerpt of a 22 min master, {what}",
        )  # fmt: skip
    late = float(rng.uniform(150, 240))
    other = studio.programme(("hpre", 0), late, "action").stems["music"] * np.float32(0.5)
    _after(
        studio, "hx4", master, other, dub[: 150 * SR], 0, subcategory="h_partial",
        notes=f"dub fr: {late:.0f} s of other material, then the first 150 s of a 22 min master",
    )  # fmt: skip
    _after(
        studio, "hx5", master, other[:0], dub[660 * SR :], 660 * SR, subcategory="h_partial",
        notes="dub fr: the second half of a 22 min master",
    )  # fmt: skip


def _half_overlap(studio: Studio) -> None:
    master = make_master(studio, "h/hym", studio.programme("hym", 120))
    dub, _ = plain_dub(studio, master, "de", 4, 1)
    other = studio.programme("hytail", 60, "action")
    tail, _ = mix(other, dialogue(studio.voices, other, "de", 3), 4)
    written = studio.write("h/hx6", np.concatenate([dub[60 * SR :], tail]), "mp3")
    studio.record_match(
        id="hx6", category="h", subcategory="h_partial", master=master.written.path,
        dub=written.path, offset_seconds=_offset_seconds(60.0, master, written),
        span=(60.0, 120.0),
        notes="half overlap: second half of the master, then 60 s of another programme",
    )  # fmt: skip
