"""Runs Wav2Vec2 in torch: the first layers only, in half precision on a GPU."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

import numpy as np

from sync_analyzer.ai.batching import OutOfMemory
from sync_analyzer.ai.device import peak_process_mib
from sync_analyzer.ai.encoder import Array
from sync_analyzer.errors import DetectorUnavailable, InvalidOption

STEP_SAMPLES = 320
FIELD_SAMPLES = 400
"""Samples a frame sees: the product and the sum of the strides and kernels of the net."""


class Wav2Vec2Encoder:
    """
    One hidden layer of Wav2Vec2; 16 kHz in, a frame every 20 ms (or a part of it) out.

    Layers after the chosen one are dropped after loading: they would only cost time.
    """

    sample_rate_hz = 16000
    margin_seconds = 1.0
    window_seconds = 20.0
    block_samples = 16_000

    def __init__(self, folder: Path, *, layer: int, shifts: int, device: str) -> None:
        # torch reads this at its first allocation: large pages save a tenth of the time.
        os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")
        import torch  # noqa: PLC0415  (two seconds)
        from transformers import Wav2Vec2Model  # noqa: PLC0415  (slow as well)
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415

        transformers_logging.disable_progress_bar()
        self._torch = torch
        self._device = _checked_device(torch, device)
        self._layer = layer
        try:
            model = Wav2Vec2Model.from_pretrained(str(folder), local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            why = " ".join(str(error).split())[:200]
            raise DetectorUnavailable(
                "wav2vec2",
                reason=f"{folder} does not load ({why})",
                command="sync-analyzer models fetch wav2vec2",
            ) from error
        _check_shape(model, layer=layer, shifts=shifts)
        model.encoder.layers = model.encoder.layers[:layer]
        model.eval().to(self._device)
        self._half = self._device.type == "cuda"
        if self._half:
            model.half()
            torch.cuda.reset_peak_memory_stats(self._device)
        self._model = model
        self.dimensions = int(model.config.hidden_size)
        self.step_samples = STEP_SAMPLES // shifts

    def encode(self, windows: Array) -> Array:
        """Return the hidden layer, shape ``(n_windows, n_samples // step_samples, n)``."""
        torch = self._torch
        try:
            with torch.inference_mode():
                shifts = range(0, STEP_SAMPLES, self.step_samples)
                passes = [self._passed(windows, shift) for shift in shifts]
                frames = torch.stack(passes, dim=2).flatten(1, 2)
                found: Array = frames.float().cpu().numpy()
                return found
        except (torch.OutOfMemoryError, MemoryError) as error:
            self._release()
            raise OutOfMemory from error

    def _passed(self, windows: Array, shift_samples: int) -> Any:
        """Run once with the sound ``shift_samples`` earlier: frame i at i * 320 + shift."""
        lead = (FIELD_SAMPLES - self.step_samples) // 2
        moved = np.pad(windows, ((0, 0), (lead, FIELD_SAMPLES)))[:, shift_samples:]
        frames = windows.shape[1] // STEP_SAMPLES
        moved = moved[:, : (frames - 1) * STEP_SAMPLES + FIELD_SAMPLES]
        values = self._torch.from_numpy(np.ascontiguousarray(moved)).to(self._device)
        values = values.half() if self._half else values
        return self._model(values, output_hidden_states=True).hidden_states[self._layer]

    def describe(self) -> dict[str, Any]:
        """Return what ran, where, and how much memory it took at most."""
        said: dict[str, Any] = {
            "model": "wav2vec2",
            "layer": self._layer,
            "device": str(self._device),
            "gpu_used": self._half,
            "precision": "float16" if self._half else "float32",
            "peak_memory_mib": peak_process_mib(),
            "gpu_memory_used": None,
            "cuda_device": None,
        }
        if self._half:
            cuda = self._torch.cuda
            peak = cuda.max_memory_allocated(self._device)
            said["gpu_memory_used"] = f"{peak >> 20} MiB"
            said["cuda_device"] = cuda.get_device_name(self._device)
        self._release()
        return said

    def close(self) -> None:
        """Drop the model and hand cached GPU memory back."""
        del self._model
        gc.collect()
        self._release()

    def _release(self) -> None:
        if self._device.type == "cuda":
            self._torch.cuda.empty_cache()


def _checked_device(torch: Any, device: str) -> Any:
    if device.startswith("cuda") and not torch.cuda.is_available():
        raise DetectorUnavailable(
            "wav2vec2",
            reason=f"torch finds no CUDA device for {device}",
            command="set USE_GPU=false, or install a CUDA build of torch",
        )
    return torch.device(device)


def _check_shape(model: Any, *, layer: int, shifts: int) -> None:
    config = model.config
    stride = int(np.prod(config.conv_stride))
    if stride != STEP_SAMPLES:
        raise DetectorUnavailable(
            "wav2vec2",
            reason=f"this checkpoint has a frame of {stride} samples instead of {STEP_SAMPLES}",
            command="set AI_WAV2VEC2_MODEL to facebook/wav2vec2-base or one of its kind",
        )
    if not 0 <= layer <= config.num_hidden_layers:
        raise InvalidOption(
            "AI_WAV2VEC2_LAYER", value=layer, expected=f"0 to {config.num_hidden_layers}"
        )
    if shifts not in (1, 2, 4):
        raise InvalidOption("shifts", value=shifts, expected="1, 2 or 4")
