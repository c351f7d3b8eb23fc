"""Shows running work on the terminal: one bar for the whole, one line per stage."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sync_analyzer.run import Run

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_COUNTED = re.compile(r"(\d+)/(\d+)")
_CLOCKED = re.compile(r"(\d+):(\d\d):(\d\d) of (\d+):(\d\d):(\d\d)")


@contextmanager
def shown_run(title: str, *, quiet: bool) -> Iterator[Run]:
    """
    Give a `Run` whose progress is drawn on standard error while the body runs.

    Nothing is drawn when quiet or when standard error is no terminal.
    """
    if quiet or not sys.stderr.isatty():
        yield Run()
        return
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        TaskProgressColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        yield Run(progress=Stages(progress, title))


class Stages:
    """Turns progress messages into bars: the text before `` - `` or ``:`` names a stage."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress = progress
        self._whole = progress.add_task(f"[bold]{title}", total=1.0)
        self._stages: dict[str, TaskID] = {}
        self._current: str | None = None

    def __call__(self, fraction: float, message: str) -> None:
        """Take one report of progress."""
        self._progress.update(self._whole, completed=fraction)
        name = stage_of(message)
        if not name or fraction >= 1.0:
            return
        if name != self._current:
            if self._current is not None:
                self._progress.update(self._stages[self._current], total=1.0, completed=1.0)
            self._current = name
        if name not in self._stages:
            self._stages[name] = self._progress.add_task(f"  {name}", total=None)
        done = fraction_of(message)
        if done is not None:
            self._progress.update(self._stages[name], total=1.0, completed=done)


def stage_of(message: str) -> str:
    """
    Return which stage a message speaks of.

    >>> stage_of("Decoding master - 00:12:30 of 02:00:00"), stage_of("MFCC: window 3/9")
    ('Decoding master', 'MFCC')
    """
    return re.split(r" - |: ", message, maxsplit=1)[0].strip()


def fraction_of(message: str) -> float | None:
    """
    Return how far a stage says it is, None where it does not say.

    >>> fraction_of("MFCC: window 3/12"), fraction_of("Decoding dub - 00:30:00 of 02:00:00")
    (0.25, 0.25)
    """
    clocked = _CLOCKED.search(message)
    if clocked:
        parts = [int(part) for part in clocked.groups()]
        done, total = (3600 * h + 60 * m + s for h, m, s in (parts[:3], parts[3:]))
        return min(1.0, done / total) if total else None
    counted = _COUNTED.search(message)
    if counted and int(counted[2]):
        return min(1.0, int(counted[1]) / int(counted[2]))
    return None
