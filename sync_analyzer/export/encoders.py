"""The only place that knows which FFmpeg encoder writes the codec a file already has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

FALLBACK = "pcm_s24le"
"""For codecs that can be read and not written; lossless, so nothing is lost by it."""

_ENCODERS: Mapping[str, str] = MappingProxyType(
    {
        "aac": "aac",
        "ac3": "ac3",
        "alac": "alac",
        "dts": "dca",
        "eac3": "eac3",
        "flac": "flac",
        "mp2": "mp2",
        "mp3": "libmp3lame",
        "opus": "libopus",
        "truehd": "truehd",
        "vorbis": "libvorbis",
        "wavpack": "wavpack",
        "wmav2": "wmav2",
    }
)

_RAW_DELAY_SAMPLES: Mapping[str, int] = MappingProxyType(
    {"aac": 1024, "ac3": 256, "dca": 512, "eac3": 256, "mp2": 481}
)
_RAW_CONTAINERS = frozenset({"aac", "ac3", "dts", "eac3", "mp3"})

_LOSSLESS = frozenset({"alac", "flac", "truehd", "wavpack"})


def encoder_for(codec: str) -> str:
    """
    Return the encoder for a decoder's name; `FALLBACK` where there is none.

    >>> encoder_for("pcm_s16le"), encoder_for("mp3float"), encoder_for("ape")
    ('pcm_s16le', 'libmp3lame', 'pcm_s24le')
    """
    if codec.startswith("pcm_") and codec not in {"pcm_bluray", "pcm_dvd", "pcm_lxf"}:
        return codec
    family = {"mp3float": "mp3", "mp2float": "mp2", "dca": "dts", "libopus": "opus"}
    return _ENCODERS.get(family.get(codec, codec), FALLBACK)


def is_lossless(codec: str) -> bool:
    """Tell whether samples survive the codec unchanged."""
    return codec.startswith("pcm_") or codec in _LOSSLESS


def raw_delay_samples(encoder: str, *, container: str) -> int:
    """
    Return by how much FFmpeg's encoder delays sound where the file cannot say so.

    Raw streams have no place for it; other containers declare it and players take it back.

    >>> raw_delay_samples("ac3", container="ac3"), raw_delay_samples("aac", container="mov")
    (256, 0)
    """
    return _RAW_DELAY_SAMPLES.get(encoder, 0) if container in _RAW_CONTAINERS else 0
