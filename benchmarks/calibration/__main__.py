"""
Fit the confidence on the records of one corpus and report it on another's.

    python -m benchmarks.calibration --fit-corpus DIR --fit-results R.jsonl \
        --test-corpus DIR --test-results R.jsonl [--out calibration.json]

Records come from ``benchmarks.accuracy``. An answer is right within 20 ms; whatever was
measured on an unrelated pair is wrong, refused or not; refused true pairs say nothing.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import tables
from benchmarks.accuracy.confidence import draw, reliability
from benchmarks.accuracy.manifest import read_jsonl, read_pairs
from benchmarks.accuracy.scoring import Judgement, judge
from benchmarks.calibration.fit import DIRECTIONS, Calibration, fit


def judged(corpora: Sequence[Path], results: Sequence[Path]) -> list[Judgement]:
    """Return the judgement of every pair that has a record."""
    records = [record for path in results for record in read_jsonl(path)]
    by_key = {f"{record['set']}/{record['id']}": record for record in records}
    return [judge(p, by_key[p.key]) for p in read_pairs(corpora) if p.key in by_key]


def usable(judgements: Sequence[Judgement]) -> list[Judgement]:
    """Return those that were measured and whose truth is known."""
    return [
        j
        for j in judgements
        if j.record.get("features") and (j.error_seconds is not None or not j.pair.is_match)
    ]


def matrix(
    judgements: Sequence[Judgement], names: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return the measures, shape ``(n, len(names))``, and whether each answer is right."""
    rows = [[float(j.record["features"][name]) for name in names] for j in judgements]
    return np.array(rows, dtype=np.float64), np.array([j.right for j in judgements])


def with_confidence(judgements: Sequence[Judgement], found: Calibration) -> list[Judgement]:
    """Return the judgements with the calibration's confidence instead of their own."""
    changed = []
    for judgement in judgements:
        measures, _ = matrix([judgement], found.names)
        stated = float(found.probability(measures)[0])
        changed.append(replace(judgement, record={**judgement.record, "confidence": stated}))
    return changed


def _say(title: str, judgements: Sequence[Judgement]) -> None:
    answers = [j for j in judgements if j.confidence is not None]
    found = reliability(answers)
    print(f"### {title}\n")
    print("no answers\n" if found is None else f"{tables.confidence(found)}\n")


def main(arguments: list[str] | None = None) -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.calibration")
    for part in ("fit", "test"):
        words.add_argument(f"--{part}-corpus", type=Path, nargs="+", required=True)
        words.add_argument(f"--{part}-results", type=Path, nargs="+", required=True)
    words.add_argument("--measures", type=lambda t: t.split(","), default=list(DIRECTIONS))
    words.add_argument("--out", type=Path, help="write the constant here (JSON)")
    words.add_argument("--plot", type=Path, help="reliability diagram of the test set (PNG)")
    chosen = words.parse_args(arguments)
    learning = usable(judged(chosen.fit_corpus, chosen.fit_results))
    testing = usable(judged(chosen.test_corpus, chosen.test_results))
    found = fit(chosen.measures, *matrix(learning, chosen.measures))
    constant = {**found.to_dict(), "fitted_on": len(learning)}
    print(json.dumps(constant, indent=2), "\n")
    _say("As reported, test set", testing)
    _say("Calibrated, set it was fitted on", with_confidence(learning, found))
    calibrated = with_confidence(testing, found)
    _say("Calibrated, test set", calibrated)
    if chosen.out:
        chosen.out.write_text(json.dumps(constant, indent=2) + "\n", encoding="utf-8")
    drawn = reliability(calibrated)
    if chosen.plot and drawn:
        draw(drawn, chosen.plot)


if __name__ == "__main__":
    main()
