"""
A plain baseline: one phase-transform correlation over the whole of both files.

GCC-PHAT (Knapp and Carter 1976, doi:10.1109/TASSP.1976.1162830) at 8 kHz on mid and side,
the two summed; no windows, no speed, no edits. Whatever it does right is no merit of ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.accuracy import answer
from benchmarks.accuracy.manifest import Pair

SAMPLE_RATE_HZ = 8_000
UPSAMPLING = 8
MATCH_Z = 15.0
"""Peak in standard deviations of the correlation above which it claims a match."""


def analyse_with_yardstick(pair: Pair, methods: tuple[str, ...]) -> dict[str, Any]:
    """Return the baseline's answer as the scorer's record; ``methods`` mean nothing to it."""
    from benchmarks.accuracy.ffmpeg import UndecodedError, decode_stereo

    try:
        master, dub = (
            decode_stereo(path, stream=stream, sample_rate_hz=SAMPLE_RATE_HZ)
            for path, stream in (
                (pair.master_path, pair.truth.get("master_stream")),
                (pair.dub_path, pair.truth.get("dub_stream")),
            )
        )
    except UndecodedError as error:
        return answer.from_failure(kind="refused", code="UNDECODED", message=str(error))
    offset_seconds, z = offset_by_phase_transform(master, dub)
    match = z >= MATCH_Z
    return {
        "offset_seconds": offset_seconds if match else None,
        "rate": 1.0 if match else None,
        "segments": None,
        "match": match,
        "confidence": None,
        "z": round(z, 1),
    }


def offset_by_phase_transform(
    master: NDArray[np.float32], dub: NDArray[np.float32]
) -> tuple[float, float]:
    """
    Return the offset in seconds and the height of its peak in standard deviations.

    Args:
        master: float32, shape ``(n, 2)``, left and right at `SAMPLE_RATE_HZ`.
        dub: the same of the dub.
    """
    from scipy import fft

    size = fft.next_fast_len(len(master) + len(dub), real=True)
    cross = np.zeros(size // 2 + 1, dtype=np.complex128)
    for weights in ((0.5, 0.5), (0.5, -0.5)):
        one, other = (fft.rfft(x @ np.array(weights), size) for x in (master, dub))
        product = np.conj(one) * other
        size_of = np.abs(product)
        floor = 1e-9 * (size_of.max() or 1.0)
        cross += np.where(size_of > floor, product / np.maximum(size_of, floor), 0.0)
    curve = fft.irfft(cross, size)
    peak = int(np.argmax(np.abs(curve)))
    spread = float(np.std(curve)) or 1.0
    lag = peak if peak < len(dub) else peak - size
    fine = _refine(cross, size, lag) if curve[peak] else float(lag)
    return -fine / SAMPLE_RATE_HZ, float(abs(curve[peak]) / spread)


def _refine(cross: NDArray[np.complex128], size: int, lag_samples: int) -> float:
    """Return the peak's lag in samples, from the band-limited curve evaluated around it."""
    turn = 2j * np.pi * np.arange(len(cross)) / size
    steps = np.arange(-UPSAMPLING, UPSAMPLING + 1) / UPSAMPLING
    values = np.array([abs(np.sum((cross * np.exp(turn * (lag_samples + s))).real)) for s in steps])
    best = int(np.clip(np.argmax(values), 1, len(values) - 2))
    left, top, right = values[best - 1 : best + 2]
    bend = left - 2 * top + right
    shift = 0.5 * (left - right) / bend if bend else 0.0
    return float(lag_samples + steps[best] + shift / UPSAMPLING)
