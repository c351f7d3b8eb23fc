"""
Print how many times faster than real time each model embeds, and its memory.

    python -m benchmarks.ai.speed [--models spectral,wav2vec2] [--seconds 120] [--device cpu]
        [--runs 3]

The fastest of the runs counts, with the model loaded and warm: others on the machine only
make a run slower. `wav2vec2` has random weights of the real base size where no checkpoint
is given.
On a GPU the utilization, and the share of the card's half-precision matrix peak
(``--peak-tflops``), are printed as well.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.ai import material
from benchmarks.ai.voices import RATE_HZ
from sync_analyzer import registry
from sync_analyzer.ai.catalogue import card
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.embedding import Embeddings, embed
from sync_analyzer.media.track import Waveform

WAV2VEC2_GFLOP_PER_SECOND = 7.1
"""Of sound, base size, counted: convolutions 4.9, positions 0.5, two layers of twelve 1.7."""


def base_size_checkpoint() -> Path:
    """Return a folder with a base-size wav2vec2 of random weights."""
    import torch
    from transformers import Wav2Vec2Config, Wav2Vec2Model

    torch.manual_seed(0)
    folder = Path(tempfile.mkdtemp()) / "wav2vec2-base"
    Wav2Vec2Model(Wav2Vec2Config()).save_pretrained(folder)
    return folder


def config_for(name: str) -> AiConfig:
    """Return settings under which the model is found, made up if need be."""
    config = AiConfig.from_environment()
    if name == "wav2vec2" and card(name).find(config) is None:
        return AiConfig(wav2vec2_model=str(base_size_checkpoint()), batch_size=config.batch_size)
    return config


class Utilization:
    """Samples the GPU's utilization while a ``with`` lasts."""

    def __init__(self, device: str) -> None:
        self._index = int(device.partition(":")[2] or 0) if device.startswith("cuda") else None
        self._seen: list[int] = []
        self._stop = threading.Event()

    def __enter__(self) -> Utilization:
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        if self._index is None:
            return
        import pynvml

        pynvml.nvmlInit()
        handle = pynvml.nvmlDeviceGetHandleByIndex(self._index)
        while not self._stop.wait(0.05):
            self._seen.append(pynvml.nvmlDeviceGetUtilizationRates(handle).gpu)

    @property
    def text(self) -> str:
        """The mean over the samples."""
        return f"{np.mean(self._seen):.0f} %" if self._seen else "-"


def main() -> None:
    """Time every model on the same made sound."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", default="spectral,wav2vec2")
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peak-tflops", type=float, default=0.0)
    asked = parser.parse_args()
    made = material.programme(np.random.default_rng(1), seconds=asked.seconds)
    wave = Waveform(samples=(0.1 * sum(made.stems)).astype(np.float16), sample_rate_hz=RATE_HZ)
    columns = ("model", "device", "sound s", "wall s", "CPU s", "times real time", "per CPU second")
    columns += ("memory", "utilization", "matrix peak")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for name in asked.models.split(","):
        row = timed(name, wave, device=asked.device, peak_tflops=asked.peak_tflops, runs=asked.runs)
        print(row, flush=True)


def clocked(run: Callable[[], Embeddings]) -> tuple[float, float, Embeddings]:
    """Return the wall and CPU seconds of one run, and what it found."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = run()
    return time.perf_counter() - wall, time.process_time() - cpu, found


def timed(name: str, wave: Waveform, *, device: str, peak_tflops: float, runs: int) -> str:
    """Return one row of the table: the fastest run, with the model loaded and warm."""
    config = config_for(name)

    def run() -> Embeddings:
        return embed(
            wave,
            encoder,
            batch_size=config.batch_on(device),
            spans_seconds=None,
            salt=1,
            model=name,
            before_window=lambda number, count: None,
        )

    with registry.ai_model(name)(config=config).encoder(device=device) as encoder:
        run()
        with Utilization(device) as utilization:
            wall, cpu, found = min((clocked(run) for _ in range(runs)), key=lambda one: one[0])
        said = encoder.describe()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    memory = said.get("gpu_memory_used") or f"{said['peak_memory_mib']} MiB"
    computed_seconds = found.windows * encoder.window_seconds
    work = WAV2VEC2_GFLOP_PER_SECOND * computed_seconds / 1000 / wall
    share = f"{100 * work / peak_tflops:.1f} %" if peak_tflops and name == "wav2vec2" else "-"
    cells = [
        name,
        said["device"],
        f"{wave.duration_seconds:.0f}",
        f"{wall:.2f}",
        f"{cpu + children.ru_utime:.2f}",
        f"{wave.duration_seconds / wall:.0f}",
        f"{wave.duration_seconds / (cpu + children.ru_utime):.1f}",
        memory,
        utilization.text,
        share,
    ]
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    main()
