"""The seam between a network and everything around it: windows of samples in, frames out."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]


class Encoder(Protocol):
    """
    A loaded network that turns windows of samples into embeddings at a fixed step.

    Frame ``i`` of a window is centred on sample ``(i + 1/2) * step_samples``. The first
    and last ``margin_seconds`` of a window lack context and are thrown away. A window is
    ``window_seconds`` long or shorter by whole blocks of ``block_samples``.
    """

    sample_rate_hz: int
    step_samples: int
    dimensions: int
    window_seconds: float
    block_samples: int
    margin_seconds: float

    def encode(self, windows: Array) -> Array:
        """
        Return embeddings of equally long windows.

        Args:
            windows: shape ``(n_windows, n_samples)``, each file at RMS 1.

        Returns:
            shape ``(n_windows, n_samples // step_samples, dimensions)``.

        Raises:
            OutOfMemory: the device cannot hold so many windows at once.
        """
        ...

    def describe(self) -> dict[str, Any]:
        """Return device, memory and whatever else a result should say about the model."""
        ...

    def close(self) -> None:
        """Give the memory back."""
        ...


class EmbeddingModel(Protocol):
    """What every detector of this package offers besides ``detect``."""

    def encoder(self, *, device: str) -> AbstractContextManager[Encoder]:
        """
        Return the loaded encoder, shared in this process, for the length of a ``with``.

        Raises:
            DetectorUnavailable: a package or the weights are missing.
        """
        ...
