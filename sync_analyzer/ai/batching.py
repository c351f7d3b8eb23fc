"""Runs a model over windows in batches, halving the batch when memory runs out."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.errors import DetectorUnavailable

Array = NDArray[np.float32]


class OutOfMemory(Exception):
    """The device could not hold this batch; raised by a model's ``forward``."""


class Batcher:
    """
    A batch size that only shrinks.

    ``forward`` maps ``(n_batch, n_samples)`` to ``(n_batch, n_frames, n_dimensions)`` and
    raises `OutOfMemory` where the batch is too large.
    """

    def __init__(self, forward: Callable[[Array], Array], *, batch_size: int, model: str) -> None:
        self._forward = forward
        self._model = model
        self.batch_size = batch_size

    def run(self, windows: Sequence[Array]) -> list[Array]:
        """
        Return the embeddings of up to ``batch_size`` equally long windows, in order.

        Raises:
            DetectorUnavailable: memory does not even hold one window.
        """
        done: list[Array] = []
        while len(done) < len(windows):
            piece = windows[len(done) : len(done) + self.batch_size]
            try:
                done += list(self._forward(np.stack(piece)))
            except OutOfMemory as error:
                if self.batch_size == 1:
                    raise DetectorUnavailable(
                        self._model,
                        reason="one window alone does not fit into the device's memory",
                        command="set USE_GPU=false, or free memory on the GPU",
                    ) from error
                self.batch_size //= 2
        return done
