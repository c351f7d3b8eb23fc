"""Embeddings of one file, written where other programs can read them."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any, cast

import numpy as np

from sync_analyzer import registry
from sync_analyzer.ai.catalogue import card
from sync_analyzer.ai.compare import MASTER_SALT
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.embedding import Embeddings, embed
from sync_analyzer.ai.encoder import EmbeddingModel
from sync_analyzer.ai.narrator import Narrator
from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe
from sync_analyzer.run import Run

DECODE_SHARE = 0.1


def extract(
    audio_path: str, target: Path, *, model: str, run: Run, config: AiConfig | None = None
) -> dict[str, Any]:
    """
    Write the file's embeddings as ``.npz`` and return what was written, as JSON types.

    The archive holds ``embeddings`` (float32, ``(n_frames, n_dimensions)``, as the model
    gives them), ``times_seconds`` (centre of each frame), ``heard`` (False: silent, zeros),
    and ``model`` and ``layer`` as text. It appears under its name only when complete.

    Raises:
        UnknownDetector: no AI model has this name.
        DetectorUnavailable: a package or weights are missing.
        MediaError: the file cannot be read.
        AnalysisCancelled: the run was cancelled.
    """
    began = time.perf_counter()
    rate_hz = card(model).sample_rate_hz
    network = cast(EmbeddingModel, registry.ai_model(model)(**_options(config)))
    narrator = Narrator(run=run)
    narrator.say(0.02, "Starting audio processing...")
    track = decode(
        probe(audio_path),
        sample_rate_hz=rate_hz,
        views=("mid",),
        run=Run(cancelled=run.cancelled),
        progress_label="Audio",
    )
    with network.encoder(device=run.device) as encoder:
        found = embed(
            track.view("mid"),
            encoder,
            batch_size=(config or AiConfig.from_environment()).batch_on(run.device),
            spans_seconds=None,
            salt=MASTER_SALT,
            model=model,
            before_window=lambda number, count: narrator.say(
                DECODE_SHARE + (0.95 - DECODE_SHARE) * number / (count + 1),
                f"Embeddings - Processing window {number}/{count}",
            ),
        )
        said = encoder.describe()
    narrator.say(0.97, "Saving embeddings...")
    _save(found, target, model=model, layer=str(said.get("layer", "output")))
    narrator.complete()
    return {
        "frames": len(found.frames),
        "dimensions": int(found.frames.shape[1]),
        "frame_step_seconds": found.step_seconds,
        "layer": str(said.get("layer", "output")),
        "size_bytes": target.stat().st_size,
        "duration_seconds": round(track.duration_seconds, 6),
        "processing_time": round(time.perf_counter() - began, 3),
        "model_metadata": {**said, "total_windows_processed": found.windows},
        "warnings": list(track.warnings),
    }


def _options(config: AiConfig | None) -> dict[str, Any]:
    return {} if config is None else {"config": config}


def _save(found: Embeddings, target: Path, *, model: str, layer: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        with temporary.open("wb") as sink:
            np.savez(
                sink,
                embeddings=found.frames,
                times_seconds=found.times_seconds,
                heard=found.heard,
                model=np.array(model),
                layer=np.array(layer),
            )
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
