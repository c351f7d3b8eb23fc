"""
Run a plain baseline and two peers on a corpus, and print them side by side.

    python -m venv PEERS && PEERS/bin/pip install audio-offset-finder audalign
    python -m benchmarks.peers --corpus DIR [--only c,g] --python PEERS/bin/python

The peers live in their own environment; the yardstick is ours (one whole-file correlation).
Peers need the ffmpeg command. ``--ours RESULTS.jsonl`` adds the project's own records.
"""

from __future__ import annotations

import argparse
import json
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.accuracy import answer, page, tables
from benchmarks.accuracy.manifest import Pair, read_jsonl, read_pairs
from benchmarks.accuracy.runner import RunOptions, run
from benchmarks.accuracy.scoring import Judgement, judge
from benchmarks.accuracy.yardstick import analyse_with_yardstick

WORKER = Path(__file__).with_name("worker.py")
PEERS = ("audio-offset-finder", "audalign-correlation", "audalign-fingerprint")
YARDSTICK = "whole-file GCC-PHAT"


class Peer:
    """A worker process that answers pairs, started again after a hang or a crash."""

    def __init__(self, python: Path, name: str, *, timeout_seconds: float) -> None:
        self.command = [str(python), str(WORKER), name]
        self.timeout_seconds = timeout_seconds
        self.process: subprocess.Popen[str] | None = None

    def ask(self, pair: Pair) -> dict[str, Any]:
        """Return the peer's record for the pair."""
        started = time.monotonic()
        record = self._ask(pair)
        return {
            "set": pair.set_name, "id": pair.truth["id"], **record,
            "wall_s": round(time.monotonic() - started, 2),
        }  # fmt: skip

    def _ask(self, pair: Pair) -> dict[str, Any]:
        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, text=True,
            )  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        task = {"master": pair.master_path, "dub": pair.dub_path}
        self.process.stdin.write(json.dumps(task) + "\n")
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], self.timeout_seconds)[0]:
            self.close()
            return answer.from_failure(kind="timeout", code="TIMEOUT", message="too slow")
        line = self.process.stdout.readline()
        if not line:
            return answer.from_failure(kind="crash", code="DIED", message="the worker died")
        reply = json.loads(line)
        if "error" in reply:
            return answer.from_failure(kind="refused", code="ERROR", message=reply["error"])
        said = reply["offset_seconds"] if reply["match"] else None
        return {**reply, "offset_seconds": said, "rate": None if said is None else 1.0}

    def close(self) -> None:
        """Stop the worker."""
        if self.process is not None:
            self.process.kill()
            self.process.communicate()
            self.process = None


def _ask_all(peer: Peer, pairs: Sequence[Pair]) -> Iterator[dict[str, Any]]:
    for pair in pairs:
        yield peer.ask(pair)
    peer.close()


def _records(name: str, chosen: argparse.Namespace, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """Return the records of one tool, from its file where there is one already."""
    out = chosen.out / f"{name.replace(' ', '-')}.jsonl"
    if out.exists() and not chosen.again:
        return read_jsonl(out)
    if name == YARDSTICK:
        options = RunOptions(jobs=1, timeout_seconds=chosen.timeout)
        source = run(pairs, options=options, analyse=analyse_with_yardstick)
    else:
        source = _ask_all(Peer(chosen.python, name, timeout_seconds=chosen.timeout), pairs)
    records = []
    with out.open("w", encoding="utf-8") as sink:
        for record in source:
            records.append(record)
            sink.write(json.dumps(record) + "\n")
            sink.flush()
            print(f"{name} {len(records)}/{len(pairs)}", file=sys.stderr, flush=True)
    return records


def _cells(group: Sequence[Judgement]) -> str:
    """Say a category of one tool: right pairs, or false matches where none must match."""
    true = [j for j in group if j.pair.is_match]
    if not true:
        return f"{sum(j.false_match for j in group)} false"
    return f"{sum(j.within(0.001) for j in true)} / {sum(j.right for j in true)} of {len(true)}"


def comparison(judged: dict[str, list[Judgement]]) -> str:
    """Return the table: a row a category, a column a tool; within 1 ms / 20 ms of how many."""
    names = list(judged)
    groups = {name: tables.grouped(judged[name], tables.by_category) for name in names}
    rows = [
        [category, *(_cells(groups[name][category]) for name in names)]
        for category in groups[names[0]]
    ]
    unrelated = {n: [j for j in judged[n] if not j.pair.is_match] for n in names}
    wrong = [
        sum(j.false_match for j in unrelated[n])
        + sum(j.error_seconds is not None and not j.right for j in judged[n])
        for n in names
    ]
    rows.append(["**wrong answers (> 20 ms, or a false match)**", *map(str, wrong)])
    return tables.markdown(["within 1 ms / 20 ms", *names], rows)


def parser() -> argparse.ArgumentParser:
    """Return the command's arguments."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    words.add_argument("--corpus", type=Path, nargs="+", required=True)
    words.add_argument("--only", type=lambda t: tuple(t.split(",")), default=())
    words.add_argument("--python", type=Path, help="the Python of the peers' environment")
    words.add_argument("--peers", type=lambda t: tuple(t.split(",")), default=PEERS)
    words.add_argument("--timeout", type=float, default=300.0, help="seconds for one pair")
    words.add_argument("--out", type=Path, default=Path("peers"), help="folder for the records")
    words.add_argument("--again", action="store_true", help="run even where records exist")
    words.add_argument("--ours", type=Path, help="records of benchmarks.accuracy to put beside")
    words.add_argument("--page", type=Path, help="put the table between this page's markers")
    return words


def main(arguments: list[str] | None = None) -> None:
    chosen = parser().parse_args(arguments)
    pairs = read_pairs(chosen.corpus, only=chosen.only)
    chosen.out.mkdir(parents=True, exist_ok=True)
    answers = {"sync-analyzer": read_jsonl(chosen.ours)} if chosen.ours else {}
    for name in (YARDSTICK, *(chosen.peers if chosen.python else ())):
        answers[name] = _records(name, chosen, pairs)
    judged = {
        name: [judge(pair, by_key.get(pair.key)) for pair in pairs]
        for name, records in answers.items()
        for by_key in [{f"{r['set']}/{r['id']}": r for r in records}]
    }
    text = comparison(judged)
    print(text)
    if chosen.page:
        command = "python -m benchmarks.peers " + " ".join(arguments or sys.argv[1:])
        page.replace_block(chosen.page, name="peers", body=f"```sh\n{command}\n```\n\n{text}")


if __name__ == "__main__":
    main()
