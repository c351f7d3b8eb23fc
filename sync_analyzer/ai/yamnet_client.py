"""The encoder that has YAMNet's process do the work."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from sync_analyzer.ai.device import peak_child_mib
from sync_analyzer.ai.encoder import Array
from sync_analyzer.ai.pipe import receive, send
from sync_analyzer.errors import DetectorUnavailable

PATCH_SAMPLES = 15360
"""YAMNet cuts 0.96 s patches ..."""
PATCH_STEP_SAMPLES = 7680
"""... every 0.48 s by itself, ..."""
FIRST_PATCH_SAMPLES = 15600
"""... the last of their 25 ms spectra reaching 15 ms beyond the patch."""


class YamnetEncoder:
    """
    YAMNet's 1024 numbers, its 0.96 s patches cut again every ``step_samples``.

    The network runs once per shift of the sound by one step, and the runs are interleaved.
    """

    sample_rate_hz = 16000
    dimensions = 1024
    margin_seconds = 0.48
    window_seconds = 15.36
    block_samples = PATCH_STEP_SAMPLES

    def __init__(self, folder: Path, *, step_samples: int, device: str) -> None:
        self.step_samples = step_samples
        self._device = device
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the process)
        command = [sys.executable, "-m", "sync_analyzer.ai.yamnet_process", str(folder), device]
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._said
        )
        self._answer()

    def encode(self, windows: Array) -> Array:
        """Return patch embeddings, shape ``(n_windows, n_samples // step_samples, 1024)``."""
        return np.stack([self._encoded(window) for window in windows])

    def _encoded(self, window: Array) -> Array:
        shifts = PATCH_STEP_SAMPLES // self.step_samples
        patches = len(window) // PATCH_STEP_SAMPLES
        lead = (PATCH_SAMPLES - self.step_samples) // 2
        # The network takes samples of -1..1; files come at RMS 1.
        padded = np.pad(0.1 * window, (lead, PATCH_SAMPLES)).astype(np.float32)
        needed = (patches - 1) * PATCH_STEP_SAMPLES + FIRST_PATCH_SAMPLES
        runs = []
        for shift in range(shifts):
            first = shift * self.step_samples
            self._ask(padded[first : first + needed])
            runs.append(self._answer())
        found = np.stack(runs, axis=1)
        if found.shape != (patches, shifts, self.dimensions):
            raise DetectorUnavailable(
                "yamnet",
                reason=f"this model gives {found.shape[2]} numbers for {len(found)} patches of "
                f"{patches}, not {self.dimensions} every 0.48 s",
                command="set AI_YAMNET_MODEL to the YAMNet of TensorFlow Hub",
            )
        return found.reshape(patches * shifts, -1)

    def _ask(self, waveform: Array) -> None:
        assert self._process.stdin is not None
        try:
            send(self._process.stdin, waveform[None])
        except BrokenPipeError as error:
            raise self._died() from error

    def _answer(self) -> Array:
        assert self._process.stdout is not None
        try:
            return receive(self._process.stdout)
        except (EOFError, OSError) as error:
            raise self._died() from error

    def _died(self) -> DetectorUnavailable:
        self._end()
        self._said.seek(0)
        lines = self._said.read().decode(errors="replace").strip().splitlines()
        self._said.close()
        why = lines[-1][:200] if lines else f"exit status {self._process.returncode}"
        return DetectorUnavailable(
            "yamnet",
            reason=f"its process ended ({why})",
            command="sync-analyzer models verify yamnet",
        )

    def describe(self) -> dict[str, Any]:
        """Return what ran, where, and the memory of its process."""
        return {
            "model": "yamnet",
            "layer": "embeddings",
            "device": self._device,
            "gpu_used": self._device.startswith("cuda"),
            "peak_memory_mib": peak_child_mib(self._process.pid),
            "gpu_memory_used": None,
            "cuda_device": self._device if self._device.startswith("cuda") else None,
        }

    def close(self) -> None:
        """End the process; its memory goes with it."""
        self._end()
        self._said.close()

    def _end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None and not pipe.closed:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue
