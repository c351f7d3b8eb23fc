"""The shipped `spectral` network: its checksum, its input spectra, and running it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import scipy.fft

from sync_analyzer.ai.batching import OutOfMemory
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.device import peak_process_mib
from sync_analyzer.ai.encoder import Array
from sync_analyzer.ai.models import shared_store
from sync_analyzer.errors import DetectorUnavailable

WEIGHTS = Path(__file__).parent / "data" / "spectral.onnx"
REINSTALL = "pip install --force-reinstall sync-analyzer"
FFT_SAMPLES = 512
HOP_SAMPLES = 80


def power_spectra(windows: Array) -> Array:
    """
    Return what the network reads: power of 64 ms Hann frames every 10 ms.

    Args:
        windows: shape ``(n_windows, n_samples)`` at 8 kHz.

    Returns:
        shape ``(n_windows, n_samples // HOP_SAMPLES, FFT_SAMPLES // 2 + 1)``.
    """
    lead = (FFT_SAMPLES - HOP_SAMPLES) // 2
    padded = np.pad(windows, ((0, 0), (lead, FFT_SAMPLES - HOP_SAMPLES - lead)))
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT_SAMPLES, axis=1)[:, ::HOP_SAMPLES]
    window = np.hanning(FFT_SAMPLES + 1)[:-1].astype(np.float32)
    spectra = scipy.fft.rfft(frames * window, axis=2)
    power = (spectra.real**2 + spectra.imag**2) / FFT_SAMPLES
    return np.asarray(power, np.float32)


class SpectralEncoder:
    """The network in onnxruntime; 8 kHz in, 24 numbers every 20 ms out."""

    sample_rate_hz = 8000
    step_samples = 160
    dimensions = 24
    window_seconds = 30.0
    block_samples = 240_000
    margin_seconds = 3.0

    def __init__(self, *, device: str) -> None:
        import onnxruntime  # noqa: PLC0415  (half a second that a listing need not pay)

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = _providers(device, onnxruntime.get_available_providers())
        self._session = onnxruntime.InferenceSession(
            verified_weights(WEIGHTS), options, providers=providers
        )
        self._on_gpu = self._session.get_providers()[0] == "CUDAExecutionProvider"
        self._device = device if self._on_gpu else "cpu"

    def encode(self, windows: Array) -> Array:
        """Return embeddings, shape ``(n_windows, n_samples // 160, 24)``."""
        try:
            found = self._session.run(None, {"power": power_spectra(windows)})[0]
        except MemoryError as error:
            raise OutOfMemory from error
        return np.asarray(found, np.float32)

    def describe(self) -> dict[str, Any]:
        """Return what ran, where, and the memory of the process."""
        return {
            "model": "spectral",
            "weights_sha256": _card(WEIGHTS)["sha256"],
            "device": self._device,
            "gpu_used": self._on_gpu,
            "peak_memory_mib": peak_process_mib(),
            "gpu_memory_used": None,
            "cuda_device": self._device if self._on_gpu else None,
        }

    def close(self) -> None:
        """Drop the session."""
        del self._session


def _providers(device: str, available: list[str]) -> list[Any]:
    if device.startswith("cuda") and "CUDAExecutionProvider" in available:
        number = int(device.partition(":")[2] or 0)
        return [("CUDAExecutionProvider", {"device_id": number}), "CPUExecutionProvider"]
    return ["CPUExecutionProvider"]


@cache
def _card(weights: Path) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(weights.with_suffix(".json").read_text())
    return card


def verified_weights(weights: Path) -> bytes:
    """
    Return the file's bytes once their SHA-256 is the recorded one.

    Raises:
        DetectorUnavailable: the file is missing or damaged.
    """
    try:
        content = weights.read_bytes()
        recorded = _card(weights)["sha256"]
    except OSError as error:
        raise DetectorUnavailable(
            "spectral", reason=f"its weights are missing ({error.strerror})", command=REINSTALL
        ) from error
    if hashlib.sha256(content).hexdigest() != recorded:
        raise DetectorUnavailable(
            "spectral", reason="its weights are damaged: the checksum differs", command=REINSTALL
        )
    return content


@contextmanager
def spectral_encoder(*, device: str, config: AiConfig) -> Iterator[SpectralEncoder]:
    """Yield the shared encoder of this process."""
    key = ("spectral", str(WEIGHTS), device)
    with shared_store().use(
        key, lambda: SpectralEncoder(device=device), idle_seconds=config.idle_seconds
    ) as encoder:
        yield encoder
