"""
YAMNet's own process: TensorFlow lives here, and nowhere else.

Started by `yamnet_client` as ``python -m sync_analyzer.ai.yamnet_process FOLDER DEVICE``;
waveforms come in on standard input, embeddings leave on standard output. It ends when its
input does, so it never outlives the worker that started it.
"""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path
from typing import IO, Any

import numpy as np
from packaging.version import parse

from sync_analyzer.ai.pipe import receive, send


def _load(folder: Path, device: str) -> Any:
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "pkg_resources" not in sys.modules:
        # tensorflow_hub asks setuptools for this one function, which newer ones dropped.
        shim = types.ModuleType("pkg_resources")
        shim.parse_version = parse  # type: ignore[attr-defined]
        sys.modules["pkg_resources"] = shim
    import tensorflow  # noqa: PLC0415  (seven seconds and 600 MB)
    import tensorflow_hub  # noqa: PLC0415

    cards = tensorflow.config.list_physical_devices("GPU")
    number = int(device.partition(":")[2] or 0)
    chosen = cards[number : number + 1] if device.startswith("cuda") else []
    tensorflow.config.set_visible_devices(chosen, "GPU")
    for card in chosen:
        tensorflow.config.experimental.set_memory_growth(card, True)
    return tensorflow_hub.load(str(folder))


def _serve(model: Any, source: IO[bytes], sink: IO[bytes]) -> None:
    while True:
        try:
            waveform = receive(source)[0]
        except EOFError:
            return
        _, embeddings, _ = model(waveform)
        send(sink, np.asarray(embeddings, np.float32))


def main() -> None:
    """Load the model, say so with an empty array, and answer until the input ends."""
    sink = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no answer
    model = _load(Path(sys.argv[1]), sys.argv[2])
    send(sink, np.zeros((0, 0), np.float32))
    _serve(model, sys.stdin.buffer, sink)


if __name__ == "__main__":
    main()
