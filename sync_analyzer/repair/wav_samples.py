"""The only place that reads and writes the samples of a WAV file as they lie in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from sync_analyzer.repair.wav_chunks import WavFrame

Samples = NDArray[np.float64]

_INTEGER_BITS: Mapping[str, int] = MappingProxyType(
    {"pcm_u8": 8, "pcm_s16le": 16, "pcm_s24le": 24, "pcm_s32le": 32}
)
_FLOATS: Mapping[str, str] = MappingProxyType({"pcm_f32le": "<f4", "pcm_f64le": "<f8"})
CODECS = frozenset(_INTEGER_BITS) | frozenset(_FLOATS)
"""What can be read and written here, by FFmpeg's names."""


class WavSamples:
    """The samples of one file; outside of it there is silence."""

    def __init__(self, path: str, frame: WavFrame, *, codec: str) -> None:
        stored = np.memmap(path, np.uint8, mode="r", offset=frame.data_at)
        size = len(stored) if frame.data_bytes is None else min(len(stored), frame.data_bytes)
        self.count = size // frame.block_bytes
        self.codec = codec
        self._block_bytes = frame.block_bytes
        self._stored = stored[: self.count * frame.block_bytes].reshape(-1, frame.block_bytes)
        self.channels = frame.block_bytes // _sample_bytes(codec)

    def raw(self, first: int, last: int) -> bytes:
        """Return samples ``[first, last)`` of all channels, byte for byte."""
        low, high = min(max(first, 0), self.count), min(max(last, 0), self.count)
        silence = b"\x80" if self.codec == "pcm_u8" else b"\0"
        before = silence * (self._block_bytes * max(0, min(last, 0) - first))
        after = silence * (self._block_bytes * max(0, last - max(first, self.count)))
        return before + self._stored[low:high].tobytes() + after

    def read(self, first: int, last: int) -> Samples:
        """Return samples ``[first, last)``, shape ``(n, channels)``, full scale 1.0, finite."""
        return np.nan_to_num(
            decoded(self.raw(first, last), codec=self.codec).reshape(-1, self.channels),
            posinf=0.0,
            neginf=0.0,
        )


def _sample_bytes(codec: str) -> int:
    return _INTEGER_BITS.get(codec, 0) // 8 or np.dtype(_FLOATS[codec]).itemsize


def decoded(raw: bytes, *, codec: str) -> Samples:
    """
    Return samples as numbers, full scale 1.0.

    >>> decoded(bytes([0, 0, 192, 0, 0, 64]), codec="pcm_s24le").tolist()
    [-0.5, 0.5]
    """
    if codec in _FLOATS:
        return np.frombuffer(raw, _FLOATS[codec]).astype(np.float64)
    bits = _INTEGER_BITS[codec]
    if codec == "pcm_u8":
        return (np.frombuffer(raw, np.uint8).astype(np.float64) - 128) / 128
    if bits == 24:
        wide = np.zeros((len(raw) // 3, 4), np.uint8)
        wide[:, 1:] = np.frombuffer(raw, np.uint8).reshape(-1, 3)
        return wide.reshape(-1).view("<i4") / 2.0**31
    return np.frombuffer(raw, f"<i{bits // 8}") / 2.0 ** (bits - 1)


def encoded(samples: Samples, *, codec: str) -> bytes:
    """
    Return numbers as samples, rounded and held within full scale where they are integers.

    >>> encoded(np.array([[-0.5, 0.5]]), codec="pcm_s24le").hex(" ")
    '00 00 c0 00 00 40'
    """
    if codec in _FLOATS:
        return samples.astype(_FLOATS[codec]).tobytes()
    bits = _INTEGER_BITS[codec]
    most = 2.0 ** (bits - 1)
    whole = np.clip(np.rint(samples * most), -most, most - 1)
    if codec == "pcm_u8":
        return (whole + 128).astype(np.uint8).tobytes()
    if bits == 24:
        wide = whole.astype("<i4").reshape(-1, 1).view(np.uint8)
        return np.ascontiguousarray(wide[:, :3]).tobytes()
    return whole.astype(f"<i{bits // 8}").tobytes()
