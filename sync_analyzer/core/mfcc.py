"""The ``mfcc`` method."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from sync_analyzer.detector import DetectorSpec
from sync_analyzer.dsp.features import mfcc
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run
from sync_analyzer.search import feature_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Mfcc:
    """Compare how the sound is coloured, the level left out."""

    spec: ClassVar[DetectorSpec] = DetectorSpec(
        name="mfcc",
        summary="Correlates mel-frequency cepstral coefficients of windows.",
    )

    window_seconds: float = 30.0
    coefficients: int = 13

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """Return votes of windows and the lines through them."""
        evidence = feature_evidence(
            master,
            dub,
            run,
            label="MFCC",
            feature=f"mfcc-{self.coefficients}",
            window_seconds=self.window_seconds,
            make=partial(mfcc, coefficients=self.coefficients),
        )
        metadata = {**evidence.metadata, "mfcc_coefficients": self.coefficients}
        return replace(evidence, detector=self.spec.name, metadata=metadata)


DETECTOR = Mfcc
