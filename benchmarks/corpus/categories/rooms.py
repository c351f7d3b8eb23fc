"""e: rooms, noise, hum, clipping."""

from __future__ import annotations

import numpy as np

from benchmarks.corpus.categories.shared import ONE_CHANNEL, plain_dub
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, gain, gated_level, mono
from benchmarks.corpus.mixing import make_master
from benchmarks.corpus.processing import in_room
from benchmarks.corpus.sounds import Rng, noise
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Lay, add_pair


def _noise(rng: Rng, length: int, level: float) -> Audio:
    both = np.stack([noise(rng, length, 40, 18000) for _ in range(2)], 1)
    return np.asarray(both * level, np.float32)


def rooms(studio: Studio) -> None:
    """Make category e."""
    _base(studio)
    _harder(studio)


def _base(studio: Studio) -> None:
    master, rng = make_master(studio, "e/em", studio.programme("em", 40)), studio.rng("e")
    length, own = len(master.samples), mono(master.samples)
    dub, bed = plain_dub(studio, master, "es", 4, 1)
    cases = (
        (in_room(master.samples, rng, 0.8, -2), own, 0.5, "reverb"),
        (master.samples + _noise(rng, length, gain(-23)), own, -0.32, "noise 0 dB"),
        (np.clip(master.samples * 12, -0.8, 0.8), own, 2.04, "clipped"),
        (
            in_room(dub, rng, 0.4, 3) + _noise(rng, length, gain(-33)),
            bed,
            0.36,
            "dub es, reverb, 10 dB noise",
        ),
    )
    for index, (samples, reference, delay, notes) in enumerate(cases):
        add_pair(
            studio, f"e{index + 1}", master, (samples, reference), Lay(delay_seconds=delay),
            category="e", notes=notes,
        )  # fmt: skip


def _harder(studio: Studio) -> None:
    rng = studio.rng("e", "hard")
    master = make_master(studio, "e/exm", studio.programme("exm", 60))
    dub, bed = plain_dub(studio, master, "de", 4, 2)
    t = np.arange(len(dub)) / SR
    hum = np.sum([np.sin(2 * np.pi * 50 * h * t) / h for h in range(1, 12)], 0) * 0.05
    cases = (
        (in_room(dub, rng, 0.7, 0), 1.5, ONE_CHANNEL,
         "room 0.7 s, direct to reverberant 0 dB, mono"),
        (dub + _noise(rng, len(dub), gated_level(dub)), -2.25, (), "noise 0 dB"),
        (np.clip((dub + hum[:, None]) * 6, -0.7, 0.7), 0.133, (), "hum and clipping"),
    )  # fmt: skip
    for index, (samples, delay, extra, notes) in enumerate(cases):
        add_pair(
            studio, f"ex{index + 1}", master, (np.asarray(samples, np.float32), bed),
            Lay(delay_seconds=delay + float(rng.uniform(0, 1)), extra=extra),
            category="e", notes=f"dub de, {notes}",
        )  # fmt: skip
