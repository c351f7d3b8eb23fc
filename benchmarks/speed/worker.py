"""A fresh worker: gets ready as the service's do, waits for a word, analyses, says what it cost."""

from __future__ import annotations

import json
import resource
import sys
import time

from benchmarks.speed.measure import cpu_seconds


def main() -> None:
    """Read ``master<TAB>dub`` from standard input, write one JSON object to standard output."""
    import app.services.analysis_task  # noqa: F401 - what the service's workers import first
    from sync_analyzer.memory import keep_freed_memory
    from sync_analyzer.pipeline import Options, analyze

    keep_freed_memory()
    print("ready", flush=True)
    master_path, dub_path = sys.stdin.readline().rstrip("\n").split("\t")
    before = _used_seconds()
    started = time.perf_counter()
    report = analyze(master_path, dub_path, options=Options())
    wall_seconds = time.perf_counter() - started
    answer = {
        "wall_seconds": wall_seconds,
        "cpu_seconds": _used_seconds() - before,
        "offset_seconds": report.offset_seconds,
        "confidence": report.confidence,
    }
    print(json.dumps(answer), flush=True)


def _used_seconds() -> float:
    return sum(
        cpu_seconds(resource.getrusage(who))
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )


if __name__ == "__main__":
    main()
