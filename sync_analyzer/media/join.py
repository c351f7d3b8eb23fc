"""Joins several mono streams to one block of channels at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from sync_analyzer.media.samples import Channels

Piece = Channels | int
"""A block of channels, or a count of silent samples."""

_LONGEST_WAIT_SAMPLES = 30 * 48_000


class Joiner:
    """
    Takes pieces of each stream and passes on what all streams have.

    A stream that stays behind for long is taken as silent; what it brings later for the
    same time is dropped. With one stream, pieces pass straight through.
    """

    def __init__(self, stream_count: int, pass_on: Callable[[Piece], None]) -> None:
        self._pass_on = pass_on
        self._widths = [1] * stream_count
        self._queues: list[deque[Piece]] = [deque() for _ in range(stream_count)]
        self._waiting = [0] * stream_count
        self._owed = [0] * stream_count

    def put(self, stream: int, piece: Piece) -> None:
        """Take the next piece of one stream."""
        if len(self._queues) == 1:
            self._pass_on(piece)
            return
        size = _size(piece)
        late = min(size, self._owed[stream])
        self._owed[stream] -= late
        if late == size:
            return
        self._queues[stream].append(_split(piece, late)[1])
        self._waiting[stream] += size - late
        if not isinstance(piece, int):
            self._widths[stream] = len(piece)
        if self._waiting[stream] > _LONGEST_WAIT_SAMPLES:
            self._fill_up(stream)
        self._drain()

    def finish(self) -> None:
        """Pass on the rest, shorter streams filled up with silence."""
        if len(self._queues) > 1:
            self._fill_up(int(np.argmax(self._waiting)))
            self._drain()

    def _fill_up(self, longest: int) -> None:
        for stream, queue in enumerate(self._queues):
            missing = self._waiting[longest] - self._waiting[stream]
            if missing > 0:
                queue.append(missing)
                self._waiting[stream] += missing
                self._owed[stream] += missing

    def _drain(self) -> None:
        while all(self._queues):
            step = min(_size(queue[0]) for queue in self._queues)
            parts = [self._take(stream, step) for stream in range(len(self._queues))]
            if all(isinstance(part, int) for part in parts):
                self._pass_on(step)
                continue
            joined: Channels = []
            for part, width in zip(parts, self._widths, strict=True):
                joined += [np.zeros(step, np.float32)] * width if isinstance(part, int) else part
            self._pass_on(joined)

    def _take(self, stream: int, count: int) -> Piece:
        queue = self._queues[stream]
        taken, rest = _split(queue.popleft(), count)
        if _size(rest):
            queue.appendleft(rest)
        self._waiting[stream] -= count
        return taken


def _size(piece: Piece) -> int:
    return piece if isinstance(piece, int) else len(piece[0])


def _split(piece: Piece, count: int) -> tuple[Piece, Piece]:
    if isinstance(piece, int):
        return count, piece - count
    return [one[:count] for one in piece], [one[count:] for one in piece]
