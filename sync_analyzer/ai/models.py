"""The only place where loaded models live: shared while in use, unloaded when idle."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol, TypeVar


class Closeable(Protocol):
    """What a loaded model must be able to do."""

    def close(self) -> None:
        """Give its memory back."""
        ...


M = TypeVar("M", bound=Closeable)


@dataclass(slots=True)
class _Entry:
    model: Closeable | None = None
    users: int = 0
    idle_since: float = 0.0
    loading: threading.Lock = field(default_factory=threading.Lock)
    timer: threading.Timer | None = None


class ModelStore:
    """
    Loaded models by key, usually ``(model, path, device)``.

    A model is loaded once however many threads ask, never closed while somebody uses it,
    and closed ``idle_seconds`` after its last user left.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._entries: dict[Hashable, _Entry] = {}
        self._lock = threading.Lock()

    @contextmanager
    def use(self, key: Hashable, load: Callable[[], M], *, idle_seconds: float) -> Iterator[M]:
        """Yield the model of this key, loading it first where nobody has yet."""
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            entry.users += 1
            if entry.timer is not None:
                entry.timer.cancel()
        try:
            with entry.loading:
                if entry.model is None:
                    entry.model = load()
            yield entry.model  # type: ignore[misc]
        finally:
            self._leave(key, entry, idle_seconds)

    def _leave(self, key: Hashable, entry: _Entry, idle_seconds: float) -> None:
        with self._lock:
            entry.users -= 1
            entry.idle_since = self._clock()
            if entry.users or entry.model is None:
                return
            entry.timer = threading.Timer(
                idle_seconds, self.unload_idle, kwargs={"idle_seconds": idle_seconds}
            )
            entry.timer.daemon = True
            entry.timer.start()

    def unload_idle(self, *, idle_seconds: float = 0.0) -> int:
        """Close what nobody has used for so long; return how many were closed."""
        now = self._clock()
        with self._lock:
            idle = [
                key
                for key, entry in self._entries.items()
                if entry.users == 0 and now - entry.idle_since >= idle_seconds
            ]
            closing = [self._entries.pop(key) for key in idle]
        for entry in closing:
            if entry.timer is not None:
                entry.timer.cancel()
            if entry.model is not None:
                entry.model.close()
        return len(closing)

    def loaded(self) -> tuple[Hashable, ...]:
        """Return the keys of the models in memory."""
        with self._lock:
            return tuple(key for key, entry in self._entries.items() if entry.model is not None)


@cache
def shared_store() -> ModelStore:
    """Return the store of this process."""
    return ModelStore()
