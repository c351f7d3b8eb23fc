"""The ``spectral`` method."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sync_analyzer.detector import DetectorSpec
from sync_analyzer.dsp.features import spectral_contrast
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run
from sync_analyzer.search import feature_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Spectral:
    """Compare the shape of the spectrum over time."""

    spec: ClassVar[DetectorSpec] = DetectorSpec(
        name="spectral",
        summary="Correlates what each band does against its surroundings.",
    )

    window_seconds: float = 30.0

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """Return votes of windows and the lines through them."""
        evidence = feature_evidence(
            master,
            dub,
            run,
            label="Spectral",
            feature="spectral_contrast",
            window_seconds=self.window_seconds,
            make=spectral_contrast,
        )
        return replace(evidence, detector=self.spec.name)


DETECTOR = Spectral
