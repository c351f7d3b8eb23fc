"""The `yamnet` model: what kind of sound is heard, every 40 ms."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar

from sync_analyzer.ai import catalogue
from sync_analyzer.ai.compare import Comparison
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.encoder import Encoder
from sync_analyzer.ai.fetch import obtained
from sync_analyzer.ai.models import shared_store
from sync_analyzer.ai.narrator import Narrator
from sync_analyzer.ai.witness import compared
from sync_analyzer.ai.yamnet_client import PATCH_STEP_SAMPLES, YamnetEncoder
from sync_analyzer.detector import DetectorSpec
from sync_analyzer.errors import InvalidOption
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Yamnet:
    """
    Compare YAMNet embeddings (Hershey et al. 2017, arXiv:1609.09430) cut every 40 ms.

    A patch sees 0.96 s, so neighbours differ little; what counts is what one has and the
    second around it has not. ``step_seconds`` is 0.01, 0.02 or 0.04.
    """

    spec: ClassVar[DetectorSpec] = DetectorSpec(
        name="yamnet",
        summary="YAMNet embeddings of sound events, patches cut every 40 ms.",
    )

    config: AiConfig | None = None
    step_seconds: float = 0.04

    @contextmanager
    def encoder(self, *, device: str) -> Iterator[Encoder]:
        """Yield the shared encoder of this process."""
        config = self._config
        step_samples = round(self.step_seconds * YamnetEncoder.sample_rate_hz)
        if step_samples < 160 or PATCH_STEP_SAMPLES % step_samples:
            raise InvalidOption(
                "step_seconds", value=self.step_seconds, expected="0.01, 0.02 or 0.04"
            )
        place = obtained(self.spec.name, config)

        def load() -> YamnetEncoder:
            catalogue.verified(self.spec.name, place)
            return YamnetEncoder(place, step_samples=step_samples, device=device)

        key = (self.spec.name, str(place), device, step_samples)
        with shared_store().use(key, load, idle_seconds=config.idle_seconds) as encoder:
            yield encoder

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """Return votes of windows and the lines through them."""
        config = self._config
        comparison = Comparison(
            detector=self.spec.name,
            identity=(self.spec.name, config.yamnet_model, str(self.step_seconds)),
            batch_size=1,
            whitening="pca",
            local_seconds=1.0,
        )
        with self.encoder(device=run.device) as encoder:
            return compared(comparison, master, dub, encoder, Narrator(run=run), config=config)

    @property
    def _config(self) -> AiConfig:
        return self.config or AiConfig.from_environment()


DETECTOR = Yamnet
