"""
Fit and check the curve behind ``model_confidence`` of the `spectral` model.

    python -m benchmarks.ai.confidence [--pairs 60] [--check]

Half of the pairs share their music and effects, half are two programmes; lengths, voices,
levels and damage vary. The weights are fitted on one set of seeds and checked on another.
"""

from __future__ import annotations

import argparse
import math
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize

from benchmarks.ai import examples
from benchmarks.ai.voices import RATE_HZ, has_espeak
from sync_analyzer.ai.measures import CONFIDENCE_WEIGHTS, best_line
from sync_analyzer.ai.spectral import SpectralEmbeddings
from sync_analyzer.media.track import Media, Track, Waveform
from sync_analyzer.run import Run

SECONDS = 90.0
RIGHT_SECONDS = 0.04


def track(samples: np.ndarray) -> Track:
    """Return the samples as a decoded file."""
    media = Media(
        path="made",
        size_bytes=1,
        container="made",
        stream=0,
        stream_count=1,
        codec="made",
        sample_rate_hz=RATE_HZ,
        channels=1,
        layout="mono",
        duration_seconds=len(samples) / RATE_HZ,
    )
    loud = (0.1 * samples / (np.sqrt(np.mean(samples**2)) + 1e-9)).astype(np.float16)
    wave = Waveform(samples=loud, sample_rate_hz=RATE_HZ)
    return Track(media=media, views={"mid": wave}, duration_seconds=len(samples) / RATE_HZ)


def one_pair(seed: int) -> tuple[list[float], bool]:
    """Return the inputs of the curve for one made pair, and whether its best line is right."""
    rng = np.random.default_rng([seed, 3])
    reel = examples.reel(seed, seconds=SECONDS, use_espeak=has_espeak())
    related = seed % 2 == 0
    other = (
        reel if related else examples.reel(seed + 500_000, seconds=SECONDS, use_espeak=has_espeak())
    )
    sides = []
    for made, voice in ((reel.made, reel.readings[0]), (other.made, other.readings[1])):
        level_db = float(rng.uniform(0, 24))
        sides.append(
            examples.damaged(rng, examples.mixed(rng, made.stems, voice, dialogue_db=level_db))
        )
    start = int(rng.uniform(0, 0.5) * len(sides[1]))
    length = int(rng.uniform(4, 45) * RATE_HZ)
    evidence = SpectralEmbeddings().detect(
        track(sides[0]), track(sides[1][start : start + length]), Run()
    )
    best = best_line(evidence)
    if best is None:
        return [1.0, 0.0, 0.0, 0.0], False
    agreeing = sum(vote.line == best for vote in evidence.votes)
    error = abs(evidence.lines[best].offset_seconds - start / RATE_HZ)
    inputs = [
        1.0,
        math.log(max(float(evidence.metadata["stack_score"]), 1.0)),
        math.log1p(agreeing),
        float(evidence.metadata["temporal_consistency"]),
    ]
    return inputs, related and error < RIGHT_SECONDS


def measured(seeds: range) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs, shape ``(n, 4)``, and rightness of the pairs that gave a line at all."""
    pairs = [one_pair(seed) for seed in seeds]
    kept = [(inputs, right) for inputs, right in pairs if any(inputs[1:])]
    return np.array([p[0] for p in kept]), np.array([p[1] for p in kept], float)


def probability(weights: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the logistic curve of the weighted inputs."""
    return 1.0 / (1.0 + np.exp(-inputs @ weights))


def fitted(inputs: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the weights of a logistic regression, lightly ridged, slopes not below 0."""

    def cost(weights: np.ndarray) -> float:
        odds = inputs @ weights
        return float(
            np.sum(np.logaddexp(0.0, odds) - right * odds) + 0.5 * np.sum(weights[1:] ** 2)
        )

    bounds = [(None, None)] + [(0.0, None)] * (inputs.shape[1] - 1)
    return minimize(cost, np.array([-5.0, 1.0, 1.0, 1.0]), bounds=bounds).x


def main() -> None:
    """Print fitted weights, and how the shipped ones do on seeds not used for fitting."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=60)
    parser.add_argument("--check", action="store_true", help="fit nothing, only check")
    asked = parser.parse_args()
    if not asked.check:
        inputs, right = measured(range(3_000_000, 3_000_000 + asked.pairs))
        weights = np.round(fitted(inputs, right), 2).tolist()
        print("fitted weights:", weights, f"on {len(right)} pairs")
    inputs, right = measured(range(4_000_000, 4_000_000 + asked.pairs))
    shown = np.minimum(probability(np.array(CONFIDENCE_WEIGHTS), inputs), 0.99)
    print(f"shipped weights: {list(CONFIDENCE_WEIGHTS)}, checked on {asked.pairs} other pairs")
    print(
        f"without a line: {asked.pairs - len(right)}; Brier {np.mean((shown - right) ** 2):.4f}\n"
    )
    print("| shown | pairs | mean shown | right |")
    print("|---|---|---|---|")
    edges = [0.0, 0.5, 0.8, 0.95, 1.0]
    for low, high in pairwise(edges):
        inside = (shown >= low) & (shown < high)
        if inside.any():
            means = f"{shown[inside].mean():.3f} | {right[inside].mean():.3f}"
            print(f"| {low:g} to {high:g} | {inside.sum()} | {means} |")


if __name__ == "__main__":
    main()
