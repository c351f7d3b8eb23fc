"""What the three feature detectors have in common: features in, windows searched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sync_analyzer.dsp.features import Features
from sync_analyzer.evidence import Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.run import Run
from sync_analyzer.search import FeatureSearch, features_of, hop_seconds_for


def feature_evidence(
    master: Track,
    dub: Track,
    run: Run,
    *,
    label: str,
    detector: str,
    window_seconds: float,
    make: Callable[[Features], Features],
    metadata: Mapping[str, Any],
) -> Evidence:
    """Return the evidence of one kind of feature over the views both tracks have."""
    hop_seconds = hop_seconds_for(master, dub)
    views = tuple(name for name in ("mid", "side") if name in master.views and name in dub.views)
    run.checkpoint(0.0, f"{label}: master features")
    master_features = features_of(master, hop_seconds=hop_seconds, views=views, make=make)
    run.checkpoint(0.15, f"{label}: dub features")
    dub_features = features_of(dub, hop_seconds=hop_seconds, views=views, make=make)
    run.part(0.3)
    search = FeatureSearch(
        label=label, detector=detector, window_seconds=window_seconds, hop_seconds=hop_seconds
    )
    return search.evidence(
        master_features,
        dub_features,
        run.part(0.7),
        metadata={**metadata, "views": list(views), "hop_seconds": hop_seconds},
    )
