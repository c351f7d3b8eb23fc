"""Says what a file is (`Media`) without decoding its programme."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

from av import AudioStream, VideoStream
from av.container import InputContainer
from av.stream import Disposition, Stream

from sync_analyzer.errors import AudioStreamNotFound, NoAudioStream, UndecodableMedia
from sync_analyzer.media.container import check_file, open_container
from sync_analyzer.media.riff import missing_bytes
from sync_analyzer.media.track import Media

_MICROSECOND = Fraction(1, 1_000_000)
_CLOCK = re.compile(r"(\d+):(\d\d):(\d\d(?:\.\d+)?)")


def probe(path: str, *, stream: int | None = None) -> Media:
    """
    Return what the file is.

    Args:
        path: a local file; the name is taken literally, whatever it looks like.
        stream: audio stream counted from 0; ``None`` takes the container's default, or all
            streams of an MXF file whose streams are all mono (one programme).

    Raises:
        MediaNotFound, MediaNotAFile, EmptyMedia, UndecodableMedia, NoAudioStream,
        AudioStreamNotFound: what is wrong, each with a sentence for a person.
    """
    size_bytes = check_file(path)
    with open_container(path) as container:
        chosen = choose_streams(container, path, stream=stream)
        first = chosen[0]
        if not first.sample_rate or not first.channels:
            raise UndecodableMedia(path, f"the {first.codec_context.name} audio has no decoder")
        picture = picture_stream(container)
        zero_name, zero_seconds = _zero(container, chosen, picture)
        start_seconds = min(_audio_start(container, one) for one in chosen) - zero_seconds
        timecode = _timecode(container, picture)
        return Media(
            path=path,
            size_bytes=size_bytes,
            container=container.format.name,
            stream=None if len(chosen) > 1 else container.streams.audio.index(first),
            stream_count=len(container.streams.audio),
            codec=first.codec_context.name,
            sample_rate_hz=first.sample_rate,
            channels=sum(one.channels for one in chosen),
            layout=first.layout.name if len(chosen) == 1 else f"{len(chosen)} mono streams",
            duration_seconds=_duration(container, chosen),
            start_seconds=float(start_seconds),
            zero=zero_name,
            zero_seconds=float(zero_seconds),
            missing_seconds=_missing_seconds(path, size_bytes, first),
            frame_rate=picture and (picture.average_rate or picture.base_rate),
            start_timecode=timecode,
            drop_frame=timecode is not None and ";" in timecode,
            tags={**container.metadata, **first.metadata},
        )


def choose_streams(
    container: InputContainer, path: str, *, stream: int | None
) -> Sequence[AudioStream]:
    """Return the audio streams that make up the programme, in file order."""
    streams = container.streams.audio
    if not streams:
        raise NoAudioStream(path)
    if stream is not None:
        if not 0 <= stream < len(streams):
            raise AudioStreamNotFound(path, requested_stream=stream, stream_count=len(streams))
        return [streams[stream]]
    if _is_one_programme(container):
        return list(streams)
    best = container.streams.best("audio")
    return [best if isinstance(best, AudioStream) else streams[0]]


def picture_stream(container: InputContainer) -> VideoStream | None:
    """Return the moving picture; cover art and thumbnails are none."""
    still = Disposition.attached_pic | Disposition.still_image | Disposition.timed_thumbnails
    for video in container.streams.video:
        if not video.disposition & still:
            return video
    return None


def _is_one_programme(container: InputContainer) -> bool:
    streams = container.streams.audio
    same_rate = len({one.sample_rate for one in streams}) == 1
    return (
        container.format.name.startswith("mxf")
        and len(streams) > 1
        and same_rate
        and all(one.channels == 1 for one in streams)
    )


def _start(stream: Stream) -> Fraction | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return Fraction(stream.start_time) * Fraction(stream.time_base)


def _zero(
    container: InputContainer, chosen: Sequence[AudioStream], picture: VideoStream | None
) -> tuple[str, Fraction]:
    """Return the name and the container time (seconds) of presentation time zero."""
    if picture is not None:
        start = _start(picture)
        if start is not None:
            return "video start", start
    return "container start", min(_audio_start(container, one) for one in container.streams.audio)


def _audio_start(container: InputContainer, stream: AudioStream) -> Fraction:
    return _start(stream) or Fraction(0)


def _duration(container: InputContainer, chosen: Sequence[AudioStream]) -> float:
    """Return seconds of audio promised by the stream, else by the container, else 0."""
    spans = [_stream_duration(one) for one in chosen]
    known = [span for span in spans if span is not None]
    if known:
        return float(max(known))
    if container.duration:
        return float(container.duration * _MICROSECOND)
    return 0.0


def _stream_duration(stream: AudioStream) -> Fraction | None:
    if stream.duration is not None and stream.time_base is not None:
        return Fraction(stream.duration) * Fraction(stream.time_base)
    match = _CLOCK.match(stream.metadata.get("DURATION", ""))
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    end = 3600 * int(hours) + 60 * int(minutes) + Fraction(seconds)
    return end - (_start(stream) or 0)


def _missing_seconds(path: str, size_bytes: int, stream: AudioStream) -> float:
    missing = missing_bytes(path, size_bytes=size_bytes)
    bytes_per_second = (stream.codec_context.bit_rate or 0) / 8
    return missing / bytes_per_second if bytes_per_second else 0.0


def _timecode(container: InputContainer, picture: VideoStream | None) -> str | None:
    places = [picture] if picture is not None else []
    for holder in [*places, container, *container.streams]:
        found = holder.metadata.get("timecode")
        if found:
            return str(found)
    return None
