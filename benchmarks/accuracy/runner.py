"""Run the whole analysis on every pair, in processes that may die without taking the run along."""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as PairTimeout
from concurrent.futures import as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.accuracy import answer
from benchmarks.accuracy.manifest import Pair

Analyse = Callable[[Pair, tuple[str, ...]], dict[str, Any]]


def analyse_pair(pair: Pair, methods: tuple[str, ...]) -> dict[str, Any]:
    """Return the pipeline's answer to one pair, as the scorer's record."""
    from sync_analyzer.errors import SyncAnalyzerError
    from sync_analyzer.pipeline import DEFAULT_METHODS, Options, analyze

    options = Options(
        methods=methods or DEFAULT_METHODS,
        master_stream=pair.truth.get("master_stream"),
        dub_stream=pair.truth.get("dub_stream"),
    )
    try:
        report = analyze(pair.master_path, pair.dub_path, options=options)
    except SyncAnalyzerError as error:
        return answer.from_failure(
            kind="refused", code=error.error_code, message=error.message[:300]
        )
    return answer.from_result(report.to_dict())


def _timed(analyse: Analyse, pair: Pair, methods: tuple[str, ...]) -> dict[str, Any]:
    """Return the record with its wall and CPU seconds and the process's peak memory."""
    started, busy = time.monotonic(), _cpu_seconds()
    record = analyse(pair, methods)
    return {
        "set": pair.set_name,
        "id": pair.truth["id"],
        **record,
        "wall_s": round(time.monotonic() - started, 3),
        "cpu_s": round(_cpu_seconds() - busy, 3),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _cpu_seconds() -> float:
    own, children = (
        resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a corpus is run: pairs at a time, the limit for each, which methods."""

    jobs: int = 2
    timeout_seconds: float = 600.0
    methods: tuple[str, ...] = ()


def run(
    pairs: Sequence[Pair], *, options: RunOptions, analyse: Analyse = analyse_pair
) -> Iterator[dict[str, Any]]:
    """Yield a record for every pair as it ends; a crash or a timeout is a record too."""
    from pebble import ProcessPool

    context = multiprocessing.get_context("spawn")
    with ProcessPool(max_workers=options.jobs, context=context) as pool:
        futures = {
            pool.schedule(
                _timed, args=(analyse, pair, options.methods), timeout=options.timeout_seconds
            ): pair
            for pair in pairs
        }
        for future in as_completed(futures):
            pair, error = futures[future], future.exception()
            if error is None:
                yield future.result()
            else:
                yield {"set": pair.set_name, "id": pair.truth["id"], **_failed(error, options)}


def _failed(error: BaseException, options: RunOptions) -> dict[str, Any]:
    if isinstance(error, PairTimeout | TimeoutError):
        return {
            **answer.from_failure(
                kind="timeout", code="TIMEOUT", message=f"over {options.timeout_seconds:g} s"
            ),
            "wall_s": options.timeout_seconds,
        }
    text = "".join(traceback.format_exception(error))[-1500:]
    return answer.from_failure(kind="crash", code=type(error).__name__, message=text)


def run_to_file(
    pairs: Sequence[Pair], *, options: RunOptions, out: Path, analyse: Analyse = analyse_pair
) -> list[dict[str, Any]]:
    """Run the pairs and write each record to ``out`` as it comes; return them all."""
    records = []
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w", encoding="utf-8") as sink:
        for record in run(pairs, options=options, analyse=analyse):
            records.append(record)
            sink.write(json.dumps(record, ensure_ascii=False) + "\n")
            sink.flush()
            _say_progress(len(records), len(pairs), record)
    return records


def _say_progress(done: int, total: int, record: dict[str, Any]) -> None:
    failure = record.get("failure")
    outcome = failure["code"] if failure else f"match {record['match']}"
    line = f"{done}/{total} {record['set']}/{record['id']}: {outcome}"
    print(f"{line}, {record.get('wall_s', 0):.1f} s", file=sys.stderr, flush=True)
