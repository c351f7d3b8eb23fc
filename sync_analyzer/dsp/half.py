"""Half-precision samples to single precision and back, several times faster than numpy casts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_EXPONENTS_APART = np.float32(2.0**112)
"""The exponent of float32 counts from 112 lower than that of float16 does."""
_BITS_APART = 13
"""Fraction bits that float32 has and float16 lacks."""
_SIGN_AND_SIZE = np.int32(-0x70000001)
"""Every bit but the three above float16's five of exponent."""
_SIGN_BIT = np.int32(0x8000)
_HALF_SIZE, _HALF_INFINITY = np.uint16(0x7FFF), np.uint16(0x7C00)
_HALF_A_STEP = np.int32(1 << (_BITS_APART - 1))

Samples = NDArray[np.float16] | NDArray[np.float32]


def widened(samples: Samples) -> NDArray[np.float32]:
    """
    Return the samples as float32, in a new array of the same shape.

    Exactly the value of every finite float16; the bits are moved into place and the
    exponent corrected by a multiplication, which subnormal numbers survive.
    """
    if samples.dtype == np.float32:
        return np.array(samples, np.float32)
    bits = samples.view(np.int16).astype(np.int32)
    bits <<= _BITS_APART
    bits &= _SIGN_AND_SIZE
    wide = bits.view(np.float32)
    wide *= _EXPONENTS_APART
    return wide


def all_finite(samples: Samples) -> bool:
    """Tell whether no sample is infinite or no number."""
    block = 1 << 20
    for start in range(0, len(samples), block):
        part = samples[start : start + block]
        if part.dtype == np.float16:
            size = part.view(np.uint16) & _HALF_SIZE
            if len(size) and size.max() >= _HALF_INFINITY:
                return False
        elif not np.isfinite(part).all():
            return False
    return True


def narrow(samples: NDArray[np.float32], out: NDArray[np.float16]) -> None:
    """
    Write the samples to ``out`` as the nearest float16, halves away from zero.

    Args:
        samples: shape ``(n_samples,)``, finite, at most the largest float16; used up.
        out: the same shape.
    """
    samples *= np.float32(1.0) / _EXPONENTS_APART
    bits = samples.view(np.int32)
    bits += _HALF_A_STEP
    sign = bits >> 16
    sign &= _SIGN_BIT
    bits >>= _BITS_APART  # leaves a 0 where the sign goes, and nothing below it but the size
    bits |= sign
    out.view(np.uint16)[...] = bits
