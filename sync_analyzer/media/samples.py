"""Turns decoded blocks of any sample format into float32 channels."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

_ROW_SAMPLES = 1000

Channels = list[NDArray[np.float32]]
"""One contiguous array a channel, all of one length; full scale is 1.0."""

SAMPLE_RATES_HZ = (1_000, 6_144_000)
"""Lowest and highest rate that is believed."""

LARGEST = float(np.finfo(np.float16).max)
"""Samples beyond this are clipped: views are kept as float16."""

_FORMATS: dict[str, tuple[str, float, float]] = {
    "u8": ("u1", 128.0, 2.0**-7),
    "s16": ("i2", 0.0, 2.0**-15),
    "s32": ("i4", 0.0, 2.0**-31),
    "s64": ("i8", 0.0, 2.0**-63),
    "flt": ("f4", 0.0, 1.0),
    "dbl": ("f8", 0.0, 1.0),
}
"""Packed format name: numpy type, value of silence, scale to full scale 1.0."""


def channels_of(frame: av.AudioFrame) -> Channels:
    """
    Return the frame's channels as float32, full scale 1.0, not yet checked for finiteness.

    Planar float32 frames are viewed, not copied.
    """
    dtype, silence, scale = _FORMATS[frame.format.name.removesuffix("p")]
    count = frame.samples
    if frame.format.is_planar:
        raw = [np.frombuffer(plane, dtype, count) for plane in frame.planes]
    else:
        width = frame.layout.nb_channels
        packed = np.frombuffer(frame.planes[0], dtype, count * width).reshape(count, width)
        raw = [packed[:, channel] for channel in range(width)]
    if dtype == "f4":
        return [np.ascontiguousarray(one) for one in raw]
    with np.errstate(over="ignore"):
        converted = [one.astype(np.float32) for one in raw]
    for one in converted:
        if silence:
            one -= np.float32(silence)
        if scale != 1.0:
            one *= np.float32(scale)
    return converted


def energy(samples: NDArray[np.float32]) -> float:
    """
    Return the sum of squares; not finite where a sample is not, or is huge.

    In short rows, which are fast and start no BLAS threads.
    """
    whole = len(samples) // _ROW_SAMPLES * _ROW_SAMPLES
    rows, rest = samples[:whole].reshape(-1, _ROW_SAMPLES), samples[whole:]
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.vecdot(rows, rows).sum() + np.vecdot(rest, rest))


def made_finite(samples: NDArray[np.float32]) -> tuple[NDArray[np.float32], int, int]:
    """
    Return a usable copy, and how many samples were not finite (now 0) or clipped.

    Values beyond `LARGEST` are clipped to it.
    """
    finite = np.isfinite(samples)
    usable = np.where(finite, samples, np.float32(0))
    clipped = int(np.count_nonzero(np.abs(usable) > LARGEST))
    np.clip(usable, -LARGEST, LARGEST, out=usable)
    return usable, int(samples.size - np.count_nonzero(finite)), clipped
