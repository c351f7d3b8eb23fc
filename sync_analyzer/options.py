"""What one analysis is asked to do."""

from __future__ import annotations

from dataclasses import dataclass

DEFAULT_METHODS = ("mfcc", "onset", "spectral", "correlation")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Every field is part of the key under which a result may be cached."""

    methods: tuple[str, ...] = DEFAULT_METHODS
    enable_ai: bool = False
    ai_model: str = "spectral"
    sample_rate_hz: int = 22050
    window_seconds: float = 30.0
    confidence_threshold: float = 0.7
    master_stream: int | None = None
    dub_stream: int | None = None
    tolerance_profile: str = "default"
