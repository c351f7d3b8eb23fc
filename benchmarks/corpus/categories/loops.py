"""j: programmes full of repetition, where a wrong period must not win."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from benchmarks.corpus.categories.shared import (
    ONE_CHANNEL,
    drawn_delay_seconds,
    language_of,
    plain_dub,
    same,
)
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio
from benchmarks.corpus.mixing import make_master
from benchmarks.corpus.programme import Programme
from benchmarks.corpus.sounds import effect
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Lay, add_pair


def _tiled(loop: Audio, length: int) -> Audio:
    return np.tile(loop, (length // len(loop) + 1, 1))[:length]


def loops(studio: Studio) -> None:
    """Make category j."""
    _base(studio)
    _harder(studio)


def _base(studio: Studio) -> None:
    for index, (period, language, delay) in enumerate([(2.0, "fr", 6.08), (4.0, "es", -8.04)]):
        name = f"jm{index + 1}"
        programme = studio.programme(name, 45, "action")
        loop = studio.music(("loop", index), period + 0.1)[: int(period * SR)]
        programme = programme.with_stems(music=_tiled(loop, programme.length))
        master = make_master(studio, f"j/{name}", programme)
        add_pair(
            studio, f"j{index + 1}", master, plain_dub(studio, master, language, 4, index),
            Lay(delay_seconds=delay, encoding="aac"),
            category="j", notes=f"{period} s loop + unique sfx", loop_period_s=period,
        )  # fmt: skip
    programme = replace(studio.programme("jm3", 40, "action").without("sfx", "amb"), lines=())
    loop = studio.music("loop3", 2.1)[: 2 * SR]
    programme = programme.with_stems(music=_tiled(loop, programme.length))
    master = make_master(studio, "j/jm3", programme)
    add_pair(
        studio, "j3", master, same(master), Lay(delay_seconds=-1.04),
        category="j", subcategory="j_ambiguous", notes="pure loop",
        loop_period_s=2.0, accept_modulo_s=2.0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Looped:
    """A programme whose music is one loop."""

    period_seconds: float
    seconds: float = 70
    gain: float = 1.0
    beats_per_minute: float | None = None


def _looped(studio: Studio, key: str, wanted: _Looped) -> Programme:
    programme = studio.programme(key, wanted.seconds, "action")
    loop = studio.music(
        (key, "loop"), wanted.period_seconds + 0.1, beats_per_minute=wanted.beats_per_minute
    )[: int(wanted.period_seconds * SR)]
    return programme.with_stems(music=_tiled(loop, programme.length) * np.float32(wanted.gain))


def _with_one_event(studio: Studio) -> Programme:
    programme = _looped(studio, "jx3", _Looped(period_seconds=4.0, seconds=80))
    programme = programme.without("sfx", "amb")
    sound, start = effect(studio.rng("jx3s")), int(33.3 * SR)
    programme.stems["sfx"][start : start + len(sound)] += sound * 2
    return programme


def _with_a_theme_four_times(studio: Studio) -> Programme:
    programme = studio.programme("jx4", 160)
    theme = studio.music("jx4theme", 12)[: 12 * SR]
    for start in (5, 47, 93, 140):
        programme.stems["music"][start * SR : start * SR + len(theme)] = theme
    return programme


def _harder(studio: Studio) -> None:
    rng = studio.rng("j", "hard")
    fast = _Looped(period_seconds=1.5, seconds=60, beats_per_minute=160.0)
    cases = (
        (_looped(studio, "jx1", _Looped(period_seconds=6.0)), 6, "aac", (), "j",
         "6 s loop + effects, dub +6 dB"),
        (_looped(studio, "jx2", _Looped(period_seconds=2.0, gain=2.0)), 4, "aac", (), "j",
         "2 s loop, +6 dB over the effects"),
        (_with_one_event(studio), 3, "flac", (), "j_weak", "4 s loop with a single other event"),
        (_with_a_theme_four_times(studio), 5, "aac", (), "j",
         "the same 12 s theme four times in one programme"),
        (_looped(studio, "jx5", fast), 9, "mp3", ONE_CHANNEL, "j",
         "1.5 s loop, dub +9 dB, mono"),
    )  # fmt: skip
    for index, (programme, relative_db, encoding, extra, kind, notes) in enumerate(cases, 1):
        master = make_master(studio, f"j/jx{index}m", programme)
        add_pair(
            studio, f"jx{index}", master,
            plain_dub(studio, master, language_of(index), relative_db, index),
            Lay(delay_seconds=drawn_delay_seconds(rng), encoding=encoding, extra=extra),
            category="j", subcategory=kind, notes=notes,
        )  # fmt: skip
