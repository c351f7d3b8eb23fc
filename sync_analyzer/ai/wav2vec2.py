"""The `wav2vec2` model: an early hidden layer of Wav2Vec2, frame by frame."""

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
from sync_analyzer.ai.torch_encoder import Wav2Vec2Encoder
from sync_analyzer.ai.witness import compared
from sync_analyzer.detector import DetectorSpec
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Wav2Vec2:
    """
    Compare Wav2Vec2 frames (Baevski et al. 2020, arXiv:2006.11477) of 20 ms.

    Early layers hold local acoustics, later ones the words, which differ in a dub (Pasad
    et al. 2021, arXiv:2107.04734), so the layer is one of the first. ``shifts`` runs the
    network that often with the sound moved by a part of a frame, for a finer step.
    """

    spec: ClassVar[DetectorSpec] = DetectorSpec(
        name="wav2vec2",
        summary="Wav2Vec2 frames of an early hidden layer, whitened.",
    )

    config: AiConfig | None = None
    shifts: int = 1

    @contextmanager
    def encoder(self, *, device: str) -> Iterator[Encoder]:
        """Yield the shared encoder of this process."""
        config = self._config
        place = obtained(self.spec.name, config)
        layer, shifts = config.wav2vec2_layer, self.shifts

        def load() -> Wav2Vec2Encoder:
            catalogue.verified(self.spec.name, place)
            return Wav2Vec2Encoder(place, layer=layer, shifts=shifts, device=device)

        key = (self.spec.name, str(place), device, layer, shifts)
        with shared_store().use(key, load, idle_seconds=config.idle_seconds) as encoder:
            yield encoder

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """Return votes of windows and the lines through them."""
        config = self._config
        comparison = Comparison(
            detector=self.spec.name,
            identity=(self.spec.name, config.wav2vec2_model, str(config.wav2vec2_layer)),
            batch_size=config.batch_on(run.device),
            whitening="pca",
        )
        with self.encoder(device=run.device) as encoder:
            return compared(comparison, master, dub, encoder, Narrator(run=run), config=config)

    @property
    def _config(self) -> AiConfig:
        return self.config or AiConfig.from_environment()


DETECTOR = Wav2Vec2
