"""The only place that reads the AI settings from the environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sync_analyzer.errors import InvalidOption

WAV2VEC2_DEFAULT = "facebook/wav2vec2-base"
YAMNET_DEFAULT = "https://tfhub.dev/google/yamnet/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class AiConfig:
    """
    Where weights lie and how much is computed at once.

    ``wav2vec2_model`` and ``yamnet_model`` are a local directory or a hub's name for the
    model; weights are looked for under ``cache_dir`` and only fetched when ``download``.
    """

    cache_dir: Path = Path("ai_models")
    batch_size: int = 4
    download: bool = False
    wav2vec2_model: str = WAV2VEC2_DEFAULT
    wav2vec2_layer: int = 2
    yamnet_model: str = YAMNET_DEFAULT
    idle_seconds: float = 300.0

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> AiConfig:
        """
        Return the settings of this process; what is not set keeps its default.

        Raises:
            InvalidOption: a number is not one, or out of range.
        """
        given = os.environ if environment is None else environment
        default = cls()
        return cls(
            cache_dir=Path(given.get("AI_MODEL_CACHE_DIR") or default.cache_dir),
            batch_size=_whole(given, "AI_BATCH_SIZE", default.batch_size, low=1, high=1024),
            download=given.get("AI_ALLOW_DOWNLOAD", "").lower() in ("1", "true", "yes", "on"),
            wav2vec2_model=given.get("AI_WAV2VEC2_MODEL") or default.wav2vec2_model,
            wav2vec2_layer=_whole(
                given, "AI_WAV2VEC2_LAYER", default.wav2vec2_layer, low=0, high=48
            ),
            yamnet_model=given.get("AI_YAMNET_MODEL") or default.yamnet_model,
            idle_seconds=float(
                _whole(given, "AI_IDLE_SECONDS", int(default.idle_seconds), low=0, high=86_400)
            ),
        )

    def batch_on(self, device: str) -> int:
        """Return how many windows to compute at once: on a CPU one, since more are slower."""
        return self.batch_size if device.startswith("cuda") else 1

    def to_environment(self) -> dict[str, str]:
        """Return the variables that give another process the same settings."""
        return {
            "AI_MODEL_CACHE_DIR": str(self.cache_dir),
            "AI_BATCH_SIZE": str(self.batch_size),
            "AI_ALLOW_DOWNLOAD": str(self.download).lower(),
            "AI_WAV2VEC2_MODEL": self.wav2vec2_model,
            "AI_WAV2VEC2_LAYER": str(self.wav2vec2_layer),
            "AI_YAMNET_MODEL": self.yamnet_model,
            "AI_IDLE_SECONDS": str(int(self.idle_seconds)),
        }


def _whole(given: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    text = given.get(name, "").strip()
    if not text:
        return default
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise InvalidOption(name, value=text, expected=f"a whole number from {low} to {high}")
    return value
