"""
Train the shipped `spectral` network.

    python -m benchmarks.ai.train --out sync_analyzer/ai/weights/spectral.onnx

Everything it hears is made here from the seed (`benchmarks.ai.material`); the loss asks
that the embeddings of four seconds of a master find their place in eight seconds of a dub
with other voices, against every other place in it and in the other dubs of the batch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from benchmarks.ai import examples
from benchmarks.ai.network import (
    FFT_SAMPLES,
    HOP_SAMPLES,
    STEP_FRAMES,
    SpectralNetwork,
    export,
)
from benchmarks.ai.voices import has_espeak

MASTER_SECONDS, DUB_SECONDS = 4.0, 8.0
DIALOGUE_DB = (-6.0, 18.0)
PEAK_RATE = 2e-3


def power_spectra(samples: Tensor) -> Tensor:
    """Return power spectra as `sync_analyzer.ai.spectra` computes them, batched."""
    lead = (FFT_SAMPLES - HOP_SAMPLES) // 2
    padded = torch.nn.functional.pad(samples, (lead, FFT_SAMPLES - HOP_SAMPLES - lead))
    frames = padded.unfold(1, FFT_SAMPLES, HOP_SAMPLES)
    window = torch.hann_window(FFT_SAMPLES)
    spectrum = torch.fft.rfft(frames * window)
    return spectrum.abs() ** 2 / FFT_SAMPLES


def lag_loss(
    master: Tensor, dub: Tensor, start_frames: Tensor, scale: Tensor
) -> tuple[Tensor, float]:
    """
    Return the cross entropy of the right place, and how often it scores highest.

    Args:
        master: ``(n, n_frames, dimensions)``.
        dub: ``(n, n_longer_frames, dimensions)``.
        start_frames: ``(n,)``, where in its dub each master lies, fractions allowed.
        scale: inverse temperature of the cosine.
    """
    count, short, _ = master.shape
    places = dub.shape[1] - short + 1
    size = 1 << (dub.shape[1] - 1).bit_length()
    spectra_master = torch.fft.rfft(master, size, dim=1)
    spectra_dub = torch.fft.rfft(dub, size, dim=1)
    product = torch.einsum("ifd,jfd->ijf", spectra_master.conj(), spectra_dub)
    curves = torch.fft.irfft(product, size, dim=2)[:, :, :places]
    energy = torch.nn.functional.pad((dub**2).sum(dim=2).cumsum(dim=1), (1, 0))
    heard = (energy[:, short:] - energy[:, :-short]).clamp_min(1e-3).sqrt()
    length = (master**2).sum(dim=(1, 2)).clamp_min(1e-3).sqrt()
    cosine = curves / (length[:, None, None] * heard[None])
    logits = (scale * cosine).reshape(count, -1)
    low = start_frames.floor().long().clamp(0, places - 2)
    part = (start_frames - low).clamp(0, 1)
    right = torch.arange(count) * places + low
    log_odds = logits.log_softmax(dim=1)
    here, after = log_odds.gather(1, right[:, None]), log_odds.gather(1, right[:, None] + 1)
    loss = -((1 - part) * here[:, 0] + part * after[:, 0]).mean()
    found = logits.argmax(dim=1) - right
    return loss, float(((found >= -1) & (found <= 2)).float().mean())


def batch(
    rng: np.random.Generator, reels: list[examples.Reel], size: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Return power spectra of masters and dubs and where each master lies, in frames."""
    pairs = [
        examples.pair(
            rng,
            reels,
            master_seconds=MASTER_SECONDS,
            dub_seconds=DUB_SECONDS,
            dialogue_db=DIALOGUE_DB,
        )
        for _ in range(size)
    ]
    start = torch.tensor([p.start_samples / (HOP_SAMPLES * STEP_FRAMES) for p in pairs])
    masters, dubs = (
        torch.from_numpy(examples.stacked(side))
        for side in ([p.master for p in pairs], [p.dub for p in pairs])
    )
    return power_spectra(masters), power_spectra(dubs), start


def train(*, seed: int, steps: int, reels: list[examples.Reel], batch_size: int) -> SpectralNetwork:
    """Return a trained network; the learning rate rises for 20 steps and falls as a cosine."""
    torch.manual_seed(seed)
    rng = np.random.default_rng([seed, 2])
    network = SpectralNetwork()
    log_scale = torch.nn.Parameter(torch.tensor(3.0))
    optimizer = torch.optim.AdamW(
        [*network.parameters(), log_scale], lr=PEAK_RATE, weight_decay=1e-3
    )
    began, shown = time.process_time(), []
    for step in range(steps):
        falling = 0.02 + 0.49 * (1 + math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = PEAK_RATE * min(1.0, (step + 1) / 20) * falling
        power_master, power_dub, start = batch(rng, reels, batch_size)
        scale = log_scale.exp().clamp(max=100)
        loss, right = lag_loss(network(power_master), network(power_dub), start, scale)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimizer.step()
        shown.append((loss.item(), right))
        if (step + 1) % 20 == 0:
            mean = np.mean(shown[-20:], axis=0)
            spent = (time.process_time() - began) / 60
            print(
                f"step {step + 1} loss {mean[0]:.3f} found {mean[1]:.3f} after {spent:.1f} CPU min",
                flush=True,
            )
    return network


def main() -> None:
    """Train, export and write the description with the checksum beside the weights."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--reels", type=int, default=100)
    parser.add_argument("--reel-seconds", type=float, default=60.0)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--no-espeak", action="store_true")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    use_espeak = has_espeak() and not asked.no_espeak
    print(
        f"making {asked.reels} reels of {asked.reel_seconds:g} s, espeak-ng: {use_espeak}",
        flush=True,
    )
    reels = [
        examples.reel(1000 * asked.seed + number, seconds=asked.reel_seconds, use_espeak=use_espeak)
        for number in range(asked.reels)
    ]
    network = train(seed=asked.seed, steps=asked.steps, reels=reels, batch_size=asked.batch)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    export(network, asked.out)
    card = {
        "sha256": hashlib.sha256(asked.out.read_bytes()).hexdigest(),
        "seed": asked.seed,
        "steps": asked.steps,
        "batch": asked.batch,
        "reels": asked.reels,
        "reel_seconds": asked.reel_seconds,
        "dialogue_db": list(DIALOGUE_DB),
        "espeak_ng": use_espeak,
        "torch": torch.__version__,
        "parameters": sum(p.numel() for p in network.parameters()),
    }
    asked.out.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n")
    print(json.dumps(card, indent=2))


if __name__ == "__main__":
    main()
