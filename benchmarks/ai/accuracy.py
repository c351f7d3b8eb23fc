"""
Print how often ten seconds of a dub find their place, by how loud the voices are.

    python -m benchmarks.ai.accuracy [--reels 24] [--seed 777]

The material is made from seeds the network was not trained on. Each 10 s window of the dub
is searched in the whole minute of the master, at every lag, by the same code for every kind
of feature; a window is right when its best place is within 40 ms. In brackets: the median
height of the right peaks in standard deviations of the rest.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.ai import examples
from benchmarks.ai.voices import RATE_HZ, Samples, has_espeak
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.network import SpectralEncoder, spectral_encoder
from sync_analyzer.dsp.features import mfcc, onset_flux, spectral_contrast
from sync_analyzer.dsp.mel import log_mel
from sync_analyzer.dsp.windowed import search_windows

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
    found = {}
    pairs = (features(side, encoder) for side in (master, dub))
    for name, (first, second) in _zipped(*pairs).items():
        search = search_windows(
            first,
            second,
            window_frames=round(WINDOW_SECONDS / HOP_SECONDS),
            hop_frames=round(WINDOW_SECONDS / HOP_SECONDS / 2),
        )
        error = np.abs(search.offset_frames[:, 0] * HOP_SECONDS - cut_seconds)
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
    asked = parser.parse_args()
    reels = [
        examples.reel(1_000_000 * asked.seed + number, seconds=60.0, use_espeak=has_espeak())
        for number in range(asked.reels)
    ]
    print(f"espeak-ng: {has_espeak()}, {asked.reels} programmes of 60 s, seed {asked.seed}\n")
    with spectral_encoder(device="cpu", config=AiConfig()) as encoder:
        for level_db in LEVELS_DB:
            runs = [
                measure(
                    reel, level_db=level_db, seed=[asked.seed, number, level_db], encoder=encoder
                )
                for number, reel in enumerate(reels)
            ]
            rows = {name: np.concatenate([run[name] for run in runs]) for name in runs[0]}
            if level_db == LEVELS_DB[0]:
                print("| dialogue over M&E | windows | " + " | ".join(rows) + " |")
                print("|---|---|" + "---|" * len(rows))
            cells = [_cell(table) for table in rows.values()]
            count = len(next(iter(rows.values())))
            print(f"| {level_db:+d} dB | {count} | " + " | ".join(cells) + " |", flush=True)


def _cell(table: np.ndarray) -> str:
    right = table[table[:, 0] > 0]
    median = float(np.median(right[:, 1])) if len(right) else 0.0
    return f"{100 * table[:, 0].mean():.1f} % ({median:.1f})"


if __name__ == "__main__":
    main()
