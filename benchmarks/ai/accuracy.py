"""
Print how often ten seconds of a dub find their place, by how loud the voices are.

    python -m benchmarks.ai.accuracy [--reels 24] [--seed 777]
    python -m benchmarks.ai.accuracy --corpus DIR

The material is made from seeds the network was not trained on; or, with ``--corpus``, it is
the pairs of one speed and one segment of a corpus, which another generator made. Each 10 s
window of the dub
is searched in the whole minute of the master, at every lag, by the same code for every kind
of feature; a window is right when its best place is within 40 ms. In brackets: the median
height of the right peaks in standard deviations of the rest.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.ai import examples
from benchmarks.ai.voices import RATE_HZ, Samples, has_espeak
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.network import SpectralEncoder, spectral_encoder
from sync_analyzer.dsp.features import mfcc, onset_flux, spectral_contrast
from sync_analyzer.dsp.mel import log_mel
from sync_analyzer.dsp.windowed import search_windows
from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe

HOP_SECONDS = 0.02
WINDOW_SECONDS = 10.0
RIGHT_SECONDS = 0.04
LEVELS_DB = (6, 9, 12, 15, 18, 21)


def features(samples: Samples, encoder: SpectralEncoder) -> dict[str, np.ndarray]:
    """Return every kind of feature of one file, all at the same step."""
    samples = samples / (np.sqrt(np.mean(samples**2)) + 1e-9)
    mel = log_mel(samples, sample_rate_hz=RATE_HZ, hop_samples=round(HOP_SECONDS * RATE_HZ))
    return {
        "spectral network": encoder.encode(samples[None])[0],
        "mel-spectral": spectral_contrast(mel),
        "mel flux (onset)": onset_flux(mel),
        "mfcc": mfcc(mel),
    }


def measure(
    reel: examples.Reel, *, level_db: float, seed: list[int], encoder: SpectralEncoder
) -> dict[str, np.ndarray]:
    """Return, by feature, rows of (right or not, score) for every window of one dub."""
    rng = np.random.default_rng(seed)
    master, dub = (
        examples.damaged(rng, examples.mixed(rng, reel.made.stems, voice, dialogue_db=level_db))
        for voice in reel.readings
    )
    cut_seconds = float(rng.uniform(0, 10))
    dub = dub[int(cut_seconds * RATE_HZ) :]
    return windows(master, dub, offset_seconds=cut_seconds, encoder=encoder)


def windows(
    master: Samples, dub: Samples, *, offset_seconds: float, encoder: SpectralEncoder
) -> dict[str, np.ndarray]:
    """Return, by feature, rows of (right or not, score) for every window of the dub."""
    found = {}
    for name, (first, second) in _zipped(features(master, encoder), features(dub, encoder)).items():
        search = search_windows(
            first,
            second,
            window_frames=round(WINDOW_SECONDS / HOP_SECONDS),
            hop_frames=round(WINDOW_SECONDS / HOP_SECONDS / 2),
        )
        error = np.abs(search.offset_frames[:, 0] * HOP_SECONDS - offset_seconds)
        found[name] = np.stack([error < RIGHT_SECONDS, search.score[:, 0]], axis=1)
    return found


def _zipped(first: dict, second: dict) -> dict:
    return {name: (first[name], second[name]) for name in first}


def main() -> None:
    """Measure every level and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--reels", type=int, default=24)
    parser.add_argument("--seed", type=int, default=777)
    parser.add_argument("--corpus", type=Path)
    asked = parser.parse_args()
    with spectral_encoder(device="cpu", config=AiConfig()) as encoder:
        if asked.corpus:
            on_corpus(asked.corpus, encoder)
        else:
            on_made(asked.reels, asked.seed, encoder)


def on_made(count: int, seed: int, encoder: SpectralEncoder) -> None:
    """Print one row per level of the voices."""
    reels = [
        examples.reel(1_000_000 * seed + number, seconds=60.0, use_espeak=has_espeak())
        for number in range(count)
    ]
    print(f"espeak-ng: {has_espeak()}, {count} programmes of 60 s, seed {seed}\n")
    for level_db in LEVELS_DB:
        runs = [
            measure(reel, level_db=level_db, seed=[seed, number, level_db], encoder=encoder)
            for number, reel in enumerate(reels)
        ]
        if level_db == LEVELS_DB[0]:
            _head("dialogue over M&E", runs[0])
        _row(f"{level_db:+d} dB", runs)


def on_corpus(folder: Path, encoder: SpectralEncoder) -> None:
    """Print one row per category of a corpus."""
    by_category: dict[str, list[dict[str, np.ndarray]]] = defaultdict(list)
    for line in (folder / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        plain = truth["match"] and truth["rate"] == 1.0 and len(truth["segments"]) == 1
        if not plain or "accept_modulo_s" in truth or truth.get("expect", "ok") != "ok":
            continue
        sides = []
        for side in ("master", "dub"):
            media = probe(str(folder / truth[side]), stream=truth.get(f"{side}_stream"))
            track = decode(media, sample_rate_hz=RATE_HZ, views=("mid",))
            sides.append(track.view("mid").samples.astype(np.float32))
        if min(len(side) for side in sides) > WINDOW_SECONDS * RATE_HZ:
            rows = windows(*sides, offset_seconds=truth["offset_seconds"], encoder=encoder)
            by_category[truth["category"]].append(rows)
    _head("category", next(iter(by_category.values()))[0])
    for category in sorted(by_category):
        _row(category, by_category[category])


def _head(first: str, run: dict[str, np.ndarray]) -> None:
    print(f"| {first} | windows | " + " | ".join(run) + " |")
    print("|---|---|" + "---|" * len(run))


def _row(label: str, runs: list[dict[str, np.ndarray]]) -> None:
    tables = [np.concatenate([run[name] for run in runs]) for name in runs[0]]
    cells = [_cell(table) for table in tables]
    print(f"| {label} | {len(tables[0])} | " + " | ".join(cells) + " |", flush=True)


def _cell(table: np.ndarray) -> str:
    right = table[table[:, 0] > 0]
    median = float(np.median(right[:, 1])) if len(right) else 0.0
    return f"{100 * table[:, 0].mean():.1f} % ({median:.1f})"


if __name__ == "__main__":
    main()
