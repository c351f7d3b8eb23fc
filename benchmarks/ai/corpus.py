"""
Print each AI model's accuracy by category of a corpus, beside the classical methods.

    python -m benchmarks.ai.corpus DIR [--models spectral] [--only abc]

DIR holds MANIFEST.jsonl as ``python -m benchmarks.corpus`` writes it. Every method answers
alone, from its own votes. A pair is right within 40 ms of the truth at master time 0 (of
the longest segment where there are several); a pair that must not match is right when the
method's confidence stays below one half.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from sync_analyzer import registry
from sync_analyzer.alignment.alone import answer
from sync_analyzer.detector import Detector
from sync_analyzer.errors import DetectorUnavailable, MediaError
from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run

RIGHT_SECONDS = 0.04
SURE = 0.5


def is_right(truth: dict[str, Any], offset_seconds: float | None, confidence: float) -> bool:
    """Tell whether one method's own answer is the truth, or rightly none."""
    if not truth["match"]:
        return offset_seconds is None or confidence < SURE
    if offset_seconds is None:
        return False
    accepted = [truth["offset_seconds"], truth.get("offset_dominant"), *truth.get("accept_alt", [])]
    room = RIGHT_SECONDS + truth.get("truth_uncertainty_s", 0.0)
    modulo = truth.get("accept_modulo_s")
    for value in accepted:
        if value is None:
            continue
        error = offset_seconds - value
        if modulo:
            error = (error + modulo / 2) % modulo - modulo / 2
        if abs(error) <= room:
            return True
    return False


def _track(folder: Path, truth: dict[str, Any], side: str) -> Track:
    media = probe(str(folder / truth[side]), stream=truth.get(f"{side}_stream"))
    return decode(media, sample_rate_hz=8000)


def main() -> None:
    """Run every method over the corpus and print one table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", default="spectral", help="comma-separated AI models")
    parser.add_argument("--only", default="", help="categories, all if empty")
    asked = parser.parse_args()
    detectors: dict[str, Detector] = {
        f"AI {name}": registry.ai_model(name)() for name in asked.models.split(",")
    }
    detectors |= {name: cls() for name, cls in registry.methods().items()}
    score: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    for line in (asked.folder / "MANIFEST.jsonl").read_text(encoding="utf-8").splitlines():
        truth = json.loads(line)
        if asked.only and truth["category"] not in asked.only:
            continue
        try:
            master, dub = (_track(asked.folder, truth, side) for side in ("master", "dub"))
        except MediaError:
            continue  # what cannot be read is not these methods' matter
        for name, detector in detectors.items():
            try:
                found = answer(detector.detect(master, dub, Run()))
            except DetectorUnavailable as error:
                raise SystemExit(error.message) from error
            right = is_right(truth, found.offset_seconds, found.confidence)
            score[truth["category"]][name].append(right)
    _print(score, list(detectors))


def _print(score: dict[str, dict[str, list[bool]]], names: list[str]) -> None:
    print("| category | pairs | " + " | ".join(names) + " |")
    print("|---|---|" + "---|" * len(names))
    total: dict[str, list[bool]] = defaultdict(list)
    for category in sorted(score):
        cells = [f"{sum(score[category][name])}" for name in names]
        count = len(score[category][names[0]])
        print(f"| {category} | {count} | " + " | ".join(cells) + " |")
        for name in names:
            total[name] += score[category][name]
    cells = [f"{sum(total[name])}" for name in names]
    print(f"| all | {len(total[names[0]])} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
