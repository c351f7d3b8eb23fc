"""Two tracks and an encoder to evidence: every window of the dub against all of the master."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from sync_analyzer.ai.embedding import Embeddings, embed
from sync_analyzer.ai.encoder import Array, Encoder
from sync_analyzer.ai.measures import (
    best_line,
    embedding_similarity,
    model_confidence,
    temporal_consistency,
)
from sync_analyzer.ai.narrator import Narrator
from sync_analyzer.ai.whitening import whitened
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.search import FeatureSearch

MASTER_SALT, DUB_SALT = 1, 2
WINDOW_SECONDS = 30.0
DIMENSIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """
    What differs between the models when two tracks are compared.

    ``identity`` names the weights, so that a track embedded once is not embedded again.
    ``whitening`` is ``pca`` or, where the network's own output is already free of local
    means, ``none``.
    """

    detector: str
    identity: tuple[str, ...]
    batch_size: int
    whitening: Literal["pca", "none"]
    local_seconds: float = 2.0

    def whole(self, master: Track, dub: Track, encoder: Encoder, narrator: Narrator) -> Evidence:
        """Return the evidence of two files embedded from end to end."""
        narrator.master_begins()
        one = self.embedded(master, encoder, narrator, salt=MASTER_SALT)
        narrator.dub_begins()
        two = self.embedded(dub, encoder, narrator, salt=DUB_SALT)
        similarity = narrator.similarity()
        features = self.features(one, two)
        search = FeatureSearch(
            label="AI Analysis",
            detector=self.detector,
            window_seconds=WINDOW_SECONDS,
            hop_seconds=one.step_seconds,
        )
        heard = bool(one.heard.any() and two.heard.any())
        found = (
            search.evidence(*features, similarity, metadata={})
            if heard
            else nothing(self.detector, resolution_seconds=one.step_seconds)
        )
        narrator.alignment()
        measured = summed_up(found, *features, step_seconds=one.step_seconds)
        metadata = {
            **found.metadata,
            **measured,
            **encoder.describe(),
            "mode": "whole files",
            "total_windows_processed": one.windows + two.windows,
            "embedded_seconds": round(master.duration_seconds + dub.duration_seconds, 3),
        }
        narrator.complete()
        return replace(found, metadata=metadata)

    def embedded(
        self, track: Track, encoder: Encoder, narrator: Narrator, *, salt: int
    ) -> Embeddings:
        """Return the embeddings of the whole track, computed once per track."""
        said = narrator.master_window if salt == MASTER_SALT else narrator.dub_window
        return track.derive(
            ("embeddings", *self.identity, salt),
            lambda: embed(
                track.view("mid"),
                encoder,
                batch_size=self.batch_size,
                spans_seconds=None,
                salt=salt,
                model=self.detector,
                before_window=said,
            ),
        )

    def features(self, master: Embeddings, dub: Embeddings) -> tuple[Array, Array]:
        """Return both sequences in the space they are compared in."""
        if self.whitening == "none":
            return master.frames, dub.frames
        return whitened(master, dub, local_seconds=self.local_seconds, dimensions=DIMENSIONS)


def nothing(detector: str, *, resolution_seconds: float) -> Evidence:
    """Return the evidence of silence: no line and no vote."""
    return Evidence(
        detector=detector,
        resolution_seconds=resolution_seconds,
        lines=(),
        votes=(),
        metadata={"windows": 0, "stack_score": 0.0},
    )


def summed_up(
    evidence: Evidence, master: Array, dub: Array, *, step_seconds: float
) -> dict[str, Any]:
    """Return the measures of the best line; all 0 where there is none."""
    best = best_line(evidence)
    if best is None:
        return {
            "embedding_similarity": 0.0,
            "temporal_consistency": 0.0,
            "model_confidence": 0.0,
        }
    windows = int(evidence.metadata["windows"])
    agreeing = sum(vote.line == best for vote in evidence.votes)
    consistency = temporal_consistency(evidence, best, windows=windows)
    similarity = embedding_similarity(master, dub, evidence.lines[best], step_seconds=step_seconds)
    confidence = model_confidence(
        agreeing_windows=agreeing,
        consistency=consistency,
        stack_score=float(evidence.metadata["stack_score"]),
    )
    return {
        "embedding_similarity": round(max(0.0, similarity), 4),
        "temporal_consistency": round(consistency, 4),
        "model_confidence": round(confidence, 4),
    }
