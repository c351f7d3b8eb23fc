"""The `spectral` model: this project's own small network, shipped with the package."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import ClassVar

from sync_analyzer.ai.compare import Comparison
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.encoder import Encoder
from sync_analyzer.ai.narrator import Narrator
from sync_analyzer.ai.network import spectral_encoder
from sync_analyzer.detector import DetectorSpec
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class SpectralEmbeddings:
    """
    Compare embeddings trained to follow shared music and effects under different voices.

    Contrastive over time, in the manner of Oord et al. 2018 (arXiv:1807.03748), with the
    correlation over all lags as the score.
    """

    spec: ClassVar[DetectorSpec] = DetectorSpec(
        name="spectral",
        summary="Own network, shipped: embeddings of music and effects whatever is spoken.",
    )

    config: AiConfig | None = None

    def encoder(self, *, device: str) -> AbstractContextManager[Encoder]:
        """Return the shared encoder of this process for the length of a ``with``."""
        return spectral_encoder(device=device, config=self._config)

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """Return votes of windows and the lines through them."""
        comparison = Comparison(
            detector=self.spec.name,
            identity=("spectral",),
            batch_size=self._config.batch_on(run.device),
            whitening="none",
        )
        with self.encoder(device=run.device) as encoder:
            return comparison.whole(master, dub, encoder, Narrator(run=run))

    @property
    def _config(self) -> AiConfig:
        return self.config or AiConfig.from_environment()


DETECTOR = SpectralEmbeddings
