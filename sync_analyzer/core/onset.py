"""The ``onset`` method."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from sync_analyzer.detector import DetectorSpec
from sync_analyzer.dsp.features import onset_flux
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run
from sync_analyzer.search import feature_evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """Compare when things start, not what they sound like."""

    spec: ClassVar[DetectorSpec] = DetectorSpec(
        name="onset",
        summary="Correlates onset strength per band.",
    )

    window_seconds: float = 30.0

    def detect(self, master: Track, dub: Track, run: Run) -> Evidence:
        """Return votes of windows and the lines through them."""
        evidence = feature_evidence(
            master,
            dub,
            run,
            label="Onset",
            feature="onset_flux",
            window_seconds=self.window_seconds,
            make=onset_flux,
        )
        return replace(evidence, detector=self.spec.name)


DETECTOR = Onset
