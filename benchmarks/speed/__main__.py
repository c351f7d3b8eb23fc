"""
Time the analysis against the decoder, on pairs of several lengths.

    python -m benchmarks.speed [--minutes 10 30 60 120] [--repeat 1] [--page docs/speed.md]

For each length: ``ffmpeg -i FILE -f null -`` of both files in parallel, then all four
methods in a fresh worker whose start is not counted. Memory is watched in a run of its own,
since watching it takes the time of a core. Ratios hold on any machine; seconds are this
machine's. Made files stay in the user's cache folder (``--folder`` chooses).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from benchmarks.accuracy.page import replace_block
from benchmarks.speed.material import TimedPair, default_folder, pair_of
from benchmarks.speed.measure import Cost, PeakMemory, decode_cost

HEAD = (
    "| minutes | decode, s wall | decode, s CPU | analysis, s wall | analysis, s CPU "
    "| wall ratio | CPU ratio | peak memory, MB | error, ms |\n"
    "|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """Both costs of one pair, and how far the answer is from the truth."""

    pair: TimedPair
    decode: Cost
    analysis: Cost
    error_ms: float | None

    def row(self) -> str:
        """Return the pair's line of the table."""
        error = "no match" if self.error_ms is None else f"{self.error_ms:.3f}"
        return (
            f"| {self.pair.minutes} "
            f"| {self.decode.wall_seconds:.2f} | {self.decode.cpu_seconds:.2f} "
            f"| {self.analysis.wall_seconds:.2f} | {self.analysis.cpu_seconds:.2f} "
            f"| {self.analysis.wall_seconds / self.decode.wall_seconds:.2f} "
            f"| {self.analysis.cpu_seconds / self.decode.cpu_seconds:.2f} "
            f"| {self.analysis.peak_bytes / 1e6:.0f} | {error} |"
        )


def main(arguments: list[str] | None = None) -> int:
    """Print the table; the exit code is 1 if an answer was wrong by more than 1 ms."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.speed")
    words.add_argument("--minutes", type=int, nargs="+", default=[10])
    words.add_argument("--repeat", type=int, default=1, help="runs of each; the fastest counts")
    words.add_argument("--folder", type=Path, default=default_folder())
    words.add_argument("--page", type=Path, help="put the table between this page's markers")
    chosen = words.parse_args(arguments)
    timings = []
    print(HEAD, flush=True)
    for minutes in chosen.minutes:
        pair = pair_of(minutes, folder=chosen.folder)
        timings.append(_fastest(pair, repeat=chosen.repeat))
        print(timings[-1].row(), flush=True)
    print(f"\n{_machine()}")
    if chosen.page:
        body = "\n".join([HEAD, *(one.row() for one in timings), "", _machine()])
        replace_block(chosen.page, name="speed", body=body)
    return int(any(one.error_ms is None or one.error_ms > 1.0 for one in timings))


def _fastest(pair: TimedPair, *, repeat: int) -> Timing:
    """Alternate decoder and analysis, so that both meet the same machine; keep the best of each."""
    decodes, analyses = [], []
    for _ in range(repeat):
        decodes.append(decode_cost([pair.master_path, pair.dub_path]))
        analyses.append(_analyse(pair)[0])
    watched, error_ms = _analyse(pair, watching_memory=True)
    fastest = min(analyses, key=lambda cost: cost.wall_seconds)
    return Timing(
        pair=pair,
        decode=min(decodes, key=lambda cost: cost.wall_seconds),
        analysis=replace(fastest, peak_bytes=watched.peak_bytes),
        error_ms=error_ms,
    )


def _analyse(pair: TimedPair, *, watching_memory: bool = False) -> tuple[Cost, float | None]:
    command = [sys.executable, "-m", "benchmarks.speed.worker"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as worker:
        assert worker.stdin is not None
        assert worker.stdout is not None
        if worker.stdout.readline().strip() != "ready":
            raise RuntimeError("the worker did not start; its own words are above")
        memory = PeakMemory(psutil.Process(worker.pid))
        with memory.watched() if watching_memory else nullcontext():
            worker.stdin.write(f"{pair.master_path}\t{pair.dub_path}\n")
            worker.stdin.flush()
            answer = json.loads(worker.stdout.readline())
    offset_seconds = answer["offset_seconds"]
    cost = Cost(
        wall_seconds=answer["wall_seconds"],
        cpu_seconds=answer["cpu_seconds"],
        peak_bytes=memory.peak_bytes,
    )
    if offset_seconds is None:
        return cost, None
    return cost, abs(offset_seconds - pair.offset_seconds) * 1000


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load average {load:.1f} at the end (above 1 to 2: others were working here too)."
    )


if __name__ == "__main__":
    sys.exit(main())
