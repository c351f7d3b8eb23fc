"""Every model that can be had: what it needs, where its weights lie, how to provide them."""

from __future__ import annotations

import hashlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sync_analyzer.ai import network
from sync_analyzer.ai.checksums import damaged_files, is_complete
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.errors import DetectorUnavailable, UnknownDetector

INSTALL_AI = "pip install -r requirements-ai.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """
    What `GET /api/v1/ai/models` says about one model before any of it is loaded.

    ``find`` returns the directory or file of its weights, or None where they are not
    complete; ``packages`` are what must be importable.
    """

    name: str
    summary: str
    packages: tuple[str, ...]
    sample_rate_hz: int
    frame_step_seconds: float
    dimensions: int
    approximate_bytes: int
    find: Callable[[AiConfig], Path | None]


def _find_spectral(_: AiConfig) -> Path | None:
    return network.WEIGHTS if network.WEIGHTS.is_file() else None


def _find_wav2vec2(config: AiConfig) -> Path | None:
    name = config.wav2vec2_model
    hub = f"models--{name.replace('/', '--')}"
    places = [Path(name), config.cache_dir / name.rsplit("/", 1)[-1]]
    for hub_home in _hub_homes(config):
        places += sorted((hub_home / hub / "snapshots").glob("*"))
    return next((place for place in places if is_wav2vec2(place)), None)


def _hub_homes(config: AiConfig) -> list[Path]:
    own = config.cache_dir / "hf" / "hub"
    home = os.environ.get("HF_HOME")
    return [own, Path(home) / "hub"] if home else [own]


def is_wav2vec2(place: Path) -> bool:
    """Tell whether the directory holds a whole transformers checkpoint."""
    weights = ("model.safetensors", "pytorch_model.bin")
    has_weights = any((place / name).is_file() for name in weights)
    return has_weights and (place / "config.json").is_file() and is_complete(place)


def _find_yamnet(config: AiConfig) -> Path | None:
    handle = config.yamnet_model
    hashed = hashlib.sha1(handle.encode(), usedforsecurity=False).hexdigest()
    places = [Path(handle), config.cache_dir / "yamnet", config.cache_dir / "tfhub" / hashed]
    if "TFHUB_CACHE_DIR" in os.environ:
        places.append(Path(os.environ["TFHUB_CACHE_DIR"]) / hashed)
    return next((place for place in places if is_saved_model(place)), None)


def is_saved_model(place: Path) -> bool:
    """Tell whether the directory holds a whole TensorFlow SavedModel."""
    wanted = ("saved_model.pb", "variables/variables.index")
    return all((place / name).is_file() for name in wanted) and is_complete(place)


CARDS = {
    card.name: card
    for card in (
        ModelCard(
            name="spectral",
            summary="This project's own small network, shipped with the package.",
            packages=("onnxruntime",),
            sample_rate_hz=8000,
            frame_step_seconds=0.02,
            dimensions=24,
            approximate_bytes=320_000,
            find=_find_spectral,
        ),
        ModelCard(
            name="wav2vec2",
            summary="Wav2Vec2 through transformers, an early hidden layer frame by frame.",
            packages=("torch", "transformers"),
            sample_rate_hz=16000,
            frame_step_seconds=0.02,
            dimensions=768,
            approximate_bytes=380_000_000,
            find=_find_wav2vec2,
        ),
        ModelCard(
            name="yamnet",
            summary="YAMNet through tensorflow_hub, its patches cut again every 40 ms.",
            packages=("tensorflow", "tensorflow_hub"),
            sample_rate_hz=16000,
            frame_step_seconds=0.04,
            dimensions=1024,
            approximate_bytes=17_000_000,
            find=_find_yamnet,
        ),
    )
}


def card(name: str) -> ModelCard:
    """
    Return the card of one model.

    Raises:
        UnknownDetector: no AI model has this name.
    """
    if name not in CARDS:
        raise UnknownDetector(name, known=tuple(CARDS))
    return CARDS[name]


def missing_packages(name: str) -> list[str]:
    """Return the packages of the model that are not installed, importing none of them."""
    return [p for p in card(name).packages if importlib.util.find_spec(p) is None]


def provided(name: str, config: AiConfig) -> Path:
    """
    Return where the model's complete weights lie.

    Raises:
        DetectorUnavailable: packages or weights are missing; says the command for it.
    """
    if missing := missing_packages(name):
        raise DetectorUnavailable(
            name, reason=f"not installed: {', '.join(missing)}", command=INSTALL_AI
        )
    place = card(name).find(config)
    if place is None:
        raise DetectorUnavailable(
            name,
            reason=f"no complete weights under {config.cache_dir}",
            command=f"sync-analyzer models fetch {name}",
        )
    return place


def verified(name: str, place: Path) -> Path:
    """
    Return the folder once its files are what was recorded when they were fetched.

    Raises:
        DetectorUnavailable: a file is missing or its checksum differs.
    """
    if damaged := damaged_files(place):
        raise DetectorUnavailable(
            name,
            reason=f"damaged in {place}: {', '.join(damaged)}",
            command=f"remove {place}, then: sync-analyzer models fetch {name}",
        )
    return place


def listing(config: AiConfig) -> list[dict[str, Any]]:
    """Return what is known of every model, as plain JSON types; loads nothing."""
    return [_listed(entry, config) for entry in CARDS.values()]


def _listed(entry: ModelCard, config: AiConfig) -> dict[str, Any]:
    reason, command, place = None, None, None
    try:
        place = provided(entry.name, config)
    except DetectorUnavailable as error:
        reason, command = error.details["reason"], error.details["command"]
    return {
        "name": entry.name,
        "summary": entry.summary,
        "available": place is not None,
        "reason": reason,
        "command": command,
        "path": None if place is None else str(place),
        "size_bytes": entry.approximate_bytes if place is None else _size(place),
        "sample_rate": entry.sample_rate_hz,
        "frame_step_seconds": entry.frame_step_seconds,
        "embedding_dimensions": entry.dimensions,
    }


def _size(place: Path) -> int:
    files = [place] if place.is_file() else [f for f in place.rglob("*") if f.is_file()]
    return sum(file.stat().st_size for file in files)
