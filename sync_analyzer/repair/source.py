"""The only place that looks at a dub's container as something to write again."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from av import AudioStream, VideoStream
from av.stream import Stream

from sync_analyzer.media.container import open_container
from sync_analyzer.media.probe import choose_streams

_BITS_OF_FORMAT = {"u8": 8, "s16": 16, "s32": 32, "s64": 64, "flt": 32, "dbl": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStream:
    """One stream of the container; ``programme`` marks the ones that were measured."""

    index: int
    kind: str
    codec: str
    programme: bool = False
    bit_rate: int = 0
    sample_format: str = ""
    bits: int = 0
    channels: int = 0
    layout: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """
    A container and its streams in file order.

    ``lead_seconds`` is how far presentation time zero lies after the earliest stream's
    start, to which ffmpeg moves all time stamps.
    """

    path: str
    container: str
    streams: tuple[SourceStream, ...]
    lead_seconds: float

    @property
    def programme(self) -> tuple[SourceStream, ...]:
        """The audio streams that make up the dub."""
        return tuple(stream for stream in self.streams if stream.programme)

    @property
    def has_picture(self) -> bool:
        """Whether there is a video stream to keep."""
        return any(stream.kind == "video" for stream in self.streams)


def look_at(path: str, *, stream: int | None, zero_seconds: float) -> Source:
    """
    Return what there is to write again.

    Raises:
        MediaError: the file cannot be opened any more, or lost its audio.
    """
    with open_container(path) as container:
        chosen = {one.index for one in choose_streams(container, path, stream=stream)}
        starts = [
            float(Fraction(one.start_time) * Fraction(one.time_base))
            for one in container.streams
            if one.type in {"audio", "video"}
            and one.start_time is not None
            and one.time_base is not None
        ]
        return Source(
            path=path,
            container=container.format.name,
            streams=tuple(_stream(one, programme=one.index in chosen) for one in container.streams),
            lead_seconds=max(0.0, zero_seconds - min(starts, default=zero_seconds)),
        )


def _stream(stream: Stream, *, programme: bool) -> SourceStream:
    if isinstance(stream, AudioStream):
        context = stream.codec_context
        name = context.format.name if context.format else ""
        bits = _BITS_OF_FORMAT.get(name.removesuffix("p"), 0)
        return SourceStream(
            index=stream.index,
            kind="audio",
            codec=context.name,
            programme=programme,
            bit_rate=int(stream.bit_rate or 0),
            sample_format=name,
            bits=bits,
            channels=stream.channels,
            layout=stream.layout.name,
        )
    codec = stream.codec_context.name if isinstance(stream, VideoStream) else stream.type
    return SourceStream(index=stream.index, kind=stream.type, codec=str(codec))
