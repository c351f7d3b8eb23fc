"""`analyze`: the whole road from two files to one `SyncReport`, on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run

DEFAULT_METHODS = ("mfcc", "onset", "spectral", "correlation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What one analysis was asked to do; every field is part of the cache key."""

    methods: tuple[str, ...] = DEFAULT_METHODS
    enable_ai: bool = False
    ai_model: str = "spectral"
    sample_rate_hz: int = 22050
    window_seconds: float = 30.0
    confidence_threshold: float = 0.7
    master_stream: int | None = None
    dub_stream: int | None = None
    tolerance_profile: str = "default"


def analyze(
    master_path: str, dub_path: str, *, options: Options, run: Run | None = None
) -> SyncReport:
    """Return where the dub lies against the master, with everything that says so."""
    raise NotImplementedError


def analyze_to_dict(
    master_path: str, dub_path: str, *, options: Options, run: Run | None = None
) -> dict[str, Any]:
    """Return `analyze` as plain JSON types."""
    return analyze(master_path, dub_path, options=options, run=run).to_dict()
