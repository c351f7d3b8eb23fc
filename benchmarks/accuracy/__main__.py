"""
Measure the accuracy of the whole analysis on corpora with exact truth.

    python -m benchmarks.accuracy --corpus DIR [DIR ...] [--jobs 2] [--only c,g] [--out R.jsonl]

Runs every pair, writes one record a pair, and prints the tables. ``--results`` scores
records of an earlier run instead. ``--page`` puts the tables into a page.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from benchmarks.accuracy import confidence, failures, page
from benchmarks.accuracy.manifest import read_jsonl, read_pairs
from benchmarks.accuracy.runner import Analyse, RunOptions, analyse_pair, run_to_file
from benchmarks.accuracy.scoring import judge
from benchmarks.accuracy.yardstick import analyse_with_yardstick

ENGINES: dict[str, Analyse] = {"pipeline": analyse_pair, "yardstick": analyse_with_yardstick}


def _names(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.accuracy")
    words.add_argument("--corpus", type=Path, nargs="+", required=True)
    words.add_argument("--only", type=_names, default=(), help="categories or kinds: c,g_small")
    words.add_argument("--ids", type=_names, default=(), help="pairs: c1,g2")
    words.add_argument("--methods", type=_names, default=(), help="methods; default: all four")
    words.add_argument("--engine", choices=sorted(ENGINES), default="pipeline")
    words.add_argument("--jobs", type=int, default=2)
    words.add_argument("--timeout", type=float, default=600.0, help="seconds for one pair")
    words.add_argument("--out", type=Path, default=Path("RESULTS.jsonl"))
    words.add_argument("--results", type=Path, help="score these records instead of running")
    words.add_argument("--failures", type=Path, help="write the list of failures here")
    words.add_argument("--plot", type=Path, help="write the reliability diagram here (PNG)")
    words.add_argument("--page", type=Path, help="put the tables between this page's markers")
    words.add_argument("--block", default="results", help="name of the markers")
    return words


def main(arguments: list[str] | None = None) -> int:
    """Run or read, then print; the exit status is 1 when a pair crashed or timed out."""
    chosen = parser().parse_args(arguments)
    pairs = read_pairs(chosen.corpus, only=chosen.only, ids=chosen.ids)
    if chosen.results:
        records = read_jsonl(chosen.results)
    else:
        options = RunOptions(
            jobs=chosen.jobs, timeout_seconds=chosen.timeout, methods=chosen.methods
        )
        records = run_to_file(
            pairs, options=options, out=chosen.out, analyse=ENGINES[chosen.engine]
        )
    by_key = {f"{record['set']}/{record['id']}": record for record in records}
    judgements = [judge(pair, by_key.get(pair.key)) for pair in pairs]
    found = confidence.reliability(judgements)
    text = page.render(judgements, found)
    print(text)
    if chosen.failures:
        title = "Failures: " + " ".join(d.name for d in chosen.corpus)
        chosen.failures.write_text(failures.page(judgements, title=title), encoding="utf-8")
    if chosen.plot and found:
        confidence.draw(found, chosen.plot)
    if chosen.page:
        command = "python -m benchmarks.accuracy " + shlex.join(arguments or sys.argv[1:])
        page.replace_block(chosen.page, name=chosen.block, body=f"```sh\n{command}\n```\n\n{text}")
    return int(any(j.failure_kind in ("crash", "timeout") for j in judgements))


if __name__ == "__main__":
    raise SystemExit(main())
