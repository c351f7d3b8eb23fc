"""c: dubs, also of odd channels, loud speech and processed beds. d: dubs with sparse beds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.corpus import processing
from benchmarks.corpus.categories.shared import (
    ONE_CHANNEL,
    drawn_delay_seconds,
    language_of,
    plain_dub,
)
from benchmarks.corpus.levels import Audio
from benchmarks.corpus.mixing import DubRecipe, make_dub, make_master
from benchmarks.corpus.processing import Process
from benchmarks.corpus.sounds import Rng
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Lay, Wow, add_pair

PLAIN = (
    (50, "drama", "fr", -3, 0.2, "flac"),
    (60, "drama", "es", 3, -0.08, "aac"),
    (60, "action", "de", 6, 12.5, "opus"),
    (50, "drama", "it", 9, -3.003, "mp3"),
)


def _right_inverted(samples: Audio) -> Audio:
    return samples * np.array([1, -1], np.float32)


def _right_only(samples: Audio) -> Audio:
    return samples * np.array([0, 1], np.float32)


def _dual_mono(samples: Audio) -> Audio:
    return np.repeat(samples.mean(1, keepdims=True), 2, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One dub of category c with what is special about it."""

    kind: str
    notes: str
    seconds: float = 60
    style: str = "drama"
    relative_db: float = 4
    encoding: str = "flac"
    after: Process | None = None
    surround_master: bool = False
    surround_dub: bool = False
    bed: Callable[[Audio, Rng], Audio] | None = None
    wow: Wow | None = None
    extra: tuple[str, ...] = ()


def _treated(samples: Audio, rng: Rng) -> Audio:
    return processing.ride_gain(processing.equalise(samples, rng), rng)


def _turned_and_treated(samples: Audio, rng: Rng) -> Audio:
    return _treated(processing.all_pass(samples, rng), rng)


CHANNEL_CASES = (
    _Case(kind="c_channels", notes="channels swapped", after=lambda y: y[:, ::-1]),
    _Case(kind="c_channels", notes="polarity inverted", encoding="aac", after=np.negative),
    _Case(kind="c_channels", notes="left channel silent", after=_right_only),
    _Case(kind="c_channels", notes="dual mono", encoding="mp3", after=_dual_mono),
    _Case(
        kind="c_channels",
        notes="Lt/Rt-like, surround part turned by 90 degrees",
        after=processing.matrix_surround,
    ),
    _Case(kind="c_channels", notes="one channel inverted", after=_right_inverted),
    _Case(
        kind="c_channels",
        notes="5.1 master, stereo dub",
        surround_master=True,
        relative_db=6,
        style="action",
    ),
    _Case(
        kind="c_channels",
        notes="stereo master, 5.1 dub",
        surround_dub=True,
        relative_db=6,
        encoding="ac3",
    ),
)
LOUD_CASES = (
    _Case(kind="c_loud", notes="loud dialogue", relative_db=12, seconds=80),
    _Case(
        kind="c_loud",
        notes="loud dialogue",
        relative_db=15,
        seconds=80,
        encoding="aac",
        style="action",
    ),
    _Case(
        kind="c_loud",
        notes="loud dialogue, mono dub",
        relative_db=12,
        seconds=90,
        encoding="opus",
        extra=ONE_CHANNEL,
    ),
)
PROCESSED_CASES = (
    _Case(kind="c_processed", notes="all-pass bed", bed=processing.all_pass),
    _Case(
        kind="c_processed",
        notes="bed with equaliser +-9 dB and gain moves +-9 dB",
        bed=_treated,
        relative_db=6,
    ),
    _Case(
        kind="c_processed",
        notes="all-pass, equaliser, gain moves",
        bed=_turned_and_treated,
        encoding="aac",
    ),
    _Case(kind="c_processed", notes="wow 1 ms", wow=Wow(depth_seconds=0.001, hz=0.55)),
    _Case(
        kind="c_processed",
        notes="gated bed",
        bed=lambda samples, rng: processing.gate(samples, -38),
    ),
    _Case(
        kind="c_processed",
        notes="limited hard",
        after=partial(processing.squash, drive_db=16),
        relative_db=6,
    ),
)


def dubs(studio: Studio) -> None:
    """Make category c."""
    for index, (seconds, style, language, relative_db, delay, encoding) in enumerate(PLAIN):
        master = make_master(
            studio, f"c/cm{index + 1}", studio.programme(f"cm{index + 1}", seconds, style)
        )
        add_pair(
            studio, f"c{index + 1}", master,
            plain_dub(studio, master, language, relative_db, index),
            Lay(delay_seconds=delay, encoding=encoding),
            category="c", notes=f"dub {language}, dialogue {relative_db:+d} dB re M&E",
        )  # fmt: skip
    add_pair(
        studio, "c5", master, plain_dub(studio, master, "fr", 12, 7), Lay(delay_seconds=0.04),
        category="c", notes="dub fr, dialogue +12 dB",
    )  # fmt: skip
    delays, process_rng = studio.rng("c", "hard"), studio.rng("proc")
    for index, case in enumerate((*CHANNEL_CASES, *LOUD_CASES, *PROCESSED_CASES), start=1):
        _add_case(studio, index, case, drawn_delay_seconds(delays), process_rng)


def _add_case(studio: Studio, index: int, case: _Case, delay: float, process_rng: Rng) -> None:
    name, language = f"cx{index}", language_of(index)
    programme = studio.programme(f"{name}m", case.seconds, case.style)
    master = make_master(studio, f"c/{name}m", programme, surround=case.surround_master)
    bed = case.bed
    recipe = DubRecipe(
        language=language,
        relative_db=case.relative_db,
        seed=index,
        process=None if bed is None else lambda samples: bed(samples, process_rng),
        surround=case.surround_dub,
    )
    add_pair(
        studio, name, master, make_dub(studio, master, recipe),
        Lay(delay_seconds=delay, encoding=case.encoding, extra=case.extra, wow=case.wow,
            after=case.after),
        category="c", subcategory=case.kind,
        notes=f"dub {language} {case.relative_db:+g} dB, {case.notes}",
    )  # fmt: skip


def sparse(studio: Studio) -> None:
    """Make category d: little but speech."""
    master = make_master(studio, "d/dm", studio.programme("dm", 75, "talk"), relative_db=3)
    for index, (language, relative_db, delay) in enumerate([("fr", 0, 0.08), ("de", 6, -2.2)]):
        add_pair(
            studio, f"d{index + 1}", master,
            plain_dub(studio, master, language, relative_db, index),
            Lay(delay_seconds=delay, encoding=("flac", "aac")[index]),
            category="d", notes=f"sparse M&E, dub {language} {relative_db:+d} dB",
        )  # fmt: skip
    rng = studio.rng("d", "hard")
    cases = ((120, 9, "flac", ()), (180, 3, "aac48", ()), (90, 6, "mp3", ONE_CHANNEL))
    for index, (seconds, relative_db, encoding, extra) in enumerate(cases):
        name, language = f"dx{index + 1}", language_of(index)
        programme = studio.programme(f"{name}m", seconds, "talk")
        master = make_master(studio, f"d/{name}m", programme, relative_db=3)
        add_pair(
            studio, name, master, plain_dub(studio, master, language, relative_db, index + 1),
            Lay(delay_seconds=drawn_delay_seconds(rng), encoding=encoding, extra=extra),
            category="d", notes=f"sparse M&E, dub {language} {relative_db:+d} dB {extra}",
        )  # fmt: skip
