"""The `spectral` network as it is trained; what is shipped is its ONNX export."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from sync_analyzer.dsp.mel import mel_filterbank

RATE_HZ = 8000
FFT_SAMPLES = 512
HOP_SAMPLES = 80
STEP_FRAMES = 2
"""Spectra per embedding: 10 ms spectra in, 20 ms embeddings out."""
BANDS = 64
FLOOR = 1e-5
"""Added to mel power before the logarithm; speech at RMS 1 gives about 0.1 to 10."""


def _local_mean(pictures: Tensor, *, frames: int) -> Tensor:
    """Return the mean over ``frames`` (odd) frames around each, along the last axis."""
    return nn.functional.avg_pool1d(
        pictures, frames, stride=1, padding=frames // 2, count_include_pad=False
    )


class SpectralNetwork(nn.Module):
    """
    Power spectra to embeddings that follow music and effects, and not the voices.

    Input ``(n_batch, n_spectra, FFT_SAMPLES // 2 + 1)``, output
    ``(n_batch, n_spectra // STEP_FRAMES, dimensions)``, each embedding of norm below 1
    before its two-second mean is taken away. The mel filters, the logarithm and the
    local means are part of the network, so the export needs no second description.
    """

    def __init__(self, *, dimensions: int = 24, width: int = 12) -> None:
        super().__init__()
        bank = mel_filterbank(
            sample_rate_hz=RATE_HZ, fft_samples=FFT_SAMPLES, bands=BANDS, low_hz=50.0
        )
        self.register_buffer("bank", torch.from_numpy(bank))
        w = width
        self.picture = nn.Sequential(
            self._layer(2, w, kernel=(5, 5), stride=(2, STEP_FRAMES)),
            self._layer(w, 2 * w, kernel=(3, 5), stride=(2, 1)),
            self._layer(2 * w, 3 * w, kernel=(3, 3), stride=(2, 1)),
            self._layer(3 * w, 4 * w, kernel=(3, 3), stride=(2, 1)),
        )
        self.sequence = nn.Sequential(
            nn.Conv1d(4 * w * BANDS // 16, 48, 3, padding=1),
            nn.BatchNorm1d(48),
            nn.ReLU(),
            nn.Conv1d(48, 48, 9, padding=4, groups=8),
            nn.BatchNorm1d(48),
            nn.ReLU(),
            nn.Conv1d(48, dimensions, 1),
        )

    @staticmethod
    def _layer(
        inputs: int, outputs: int, *, kernel: tuple[int, int], stride: tuple[int, int]
    ) -> nn.Sequential:
        padding = (kernel[0] // 2, kernel[1] // 2)
        return nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=padding, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        )

    def forward(self, power: Tensor) -> Tensor:
        """Return embeddings, shape ``(n_batch, n_spectra // STEP_FRAMES, dimensions)``."""
        picture = torch.log(power @ self.bank + FLOOR).transpose(1, 2)
        centred = picture - _local_mean(picture, frames=301)
        rise = torch.relu(centred[:, :, 1:] - centred[:, :, :-1])
        rise = nn.functional.pad(rise, (1, 0))
        seen = self.picture(torch.stack((0.5 * centred, rise), dim=1))
        flat = self.sequence(seen.flatten(1, 2))
        bounded = flat * torch.rsqrt(1.0 + (flat**2).sum(dim=1, keepdim=True))
        return (bounded - _local_mean(bounded, frames=101)).transpose(1, 2)


def export(network: SpectralNetwork, path: Path) -> None:
    """Write the network as one self-contained ONNX file for any number of spectra."""
    network = network.eval()
    example = torch.rand(1, 2000, FFT_SAMPLES // 2 + 1)
    torch.onnx.export(
        network,
        (example,),
        str(path),
        input_names=["power"],
        output_names=["embeddings"],
        dynamic_axes={"power": {0: "batch", 1: "spectra"}, "embeddings": {0: "batch", 1: "frames"}},
        opset_version=17,
        dynamo=False,
    )
