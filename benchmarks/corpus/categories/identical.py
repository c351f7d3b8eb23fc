"""a: the master itself, delayed. b: the master re-encoded, resampled, at another level."""

from __future__ import annotations

import numpy as np

from benchmarks.corpus.categories.shared import ONE_CHANNEL
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import mono
from benchmarks.corpus.mixing import make_master
from benchmarks.corpus.studio import Studio
from benchmarks.corpus.timeline import Lay, add_pair

RE_ENCODED = (
    ("mp3", 0.5, (), 1),
    ("aac", -1.25, ("-ar", "44100"), 0.3),
    ("opus", 0.04, (), 1),
    ("ac3", 0.0, (), -1),
    ("phone", -0.2, (), 1),
    ("adts", 0.0, (), 1),
    ("flac", 0.1, ("-ar", "22050", *ONE_CHANNEL), -0.2),
)
"""Encoding, delay in seconds, further arguments, factor (negative: polarity inverted)."""


def identical(studio: Studio) -> None:
    """Make category a: delays of whole and fractional samples."""
    master = make_master(studio, "a/am", studio.programme("am", 40))
    for index, delay in enumerate([0.0, 0.3 / SR, -0.0123456, 3.25]):
        add_pair(
            studio, f"a{index + 1}", master, (master.samples, mono(master.samples)),
            Lay(delay_seconds=delay, encoding=("flac", "wav")[index % 2]),
            category="a", notes=f"identical, {delay * SR:.4f} samples",
        )  # fmt: skip


def re_encoded(studio: Studio) -> None:
    """Make category b: codecs, sample rates, levels, polarity."""
    master = make_master(studio, "b/bm", studio.programme("bm", 40, "action"))
    for index, (encoding, delay, extra, factor) in enumerate(RE_ENCODED):
        samples = master.samples * np.float32(factor)
        add_pair(
            studio, f"b{index + 1}", master, (samples, mono(samples)),
            Lay(delay_seconds=delay, encoding=encoding, extra=extra),
            category="b", notes=f"{encoding} {extra} gain {factor}",
        )  # fmt: skip
