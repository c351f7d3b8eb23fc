"""Pieces of work in several threads at once, told of and stopped as one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import TypeVar

from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.run import Progress, Run

T = TypeVar("T")


def side_by_side(works: Sequence[Callable[[Run], T]], run: Run, *, threads: int = 2) -> list[T]:
    """
    Return what each piece of work returns, in order.

    Args:
        works: each gets a run of its own; ``run`` hears what they say one at a time, and
            the mean of how far they are.
        run: is told of progress, never by two threads at once, and may cancel.
        threads: so many are at work at once, the first ones first.

    Raises:
        whatever one of them raises; the others are stopped then.
        AnalysisCancelled: the run was cancelled.
    """
    lock, stop = threading.Lock(), threading.Event()
    fractions = [0.0] * len(works)

    def telling(number: int) -> Progress:
        def tell(fraction: float, message: str) -> None:
            with lock:
                fractions[number] = max(fractions[number], fraction)
                run.checkpoint(sum(fractions) / len(fractions), message)

        return tell

    def done(number: int) -> T:
        own = Run(progress=telling(number), cancelled=stop.is_set, device=run.device)
        return works[number](own)

    with ThreadPoolExecutor(max_workers=threads) as pool:
        futures = [pool.submit(done, number) for number in range(len(works))]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            stop.set()
    errors = [error for future in futures if (error := future.exception())]
    for error in errors:
        if not isinstance(error, AnalysisCancelled):
            raise error
    return [future.result() for future in futures]
