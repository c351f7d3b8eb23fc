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
from sync_analyzer.media.riff import data_bytes
from sync_analyzer.media.samples import SAMPLE_RATES_HZ
from sync_analyzer.media.track import Media
from sync_analyzer.timecode import EXACT_RATES

_MICROSECOND = Fraction(1, 1_000_000)
_SAME_RATE = 0.0002
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
        _check_codec(chosen[0], path)
        return _described(container, path, chosen, size_bytes=size_bytes)


def _described(
    container: InputContainer, path: str, chosen: Sequence[AudioStream], *, size_bytes: int
) -> Media:
    first = chosen[0]
    picture = picture_stream(container)
    zero_name, zero_seconds = _zero(container, picture)
    start_seconds = min(_audio_start(one) for one in chosen) - zero_seconds
    duration_seconds, missing_seconds = _promised(container, path, chosen)
    timecode = _timecode(container, picture)
    frame_rate = _frame_rate(picture)
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
        duration_seconds=duration_seconds,
        start_seconds=float(start_seconds),
        zero=zero_name,
        zero_seconds=float(zero_seconds),
        missing_seconds=missing_seconds,
        frame_rate=frame_rate,
        start_timecode=timecode,
        drop_frame=_is_drop_frame(timecode, frame_rate),
        tags={**container.metadata, **first.metadata},
    )


def _check_codec(stream: AudioStream, path: str) -> None:
    if stream.codec_context is None or not stream.channels:
        raise UndecodableMedia(path, "its audio codec is unknown")
    if not SAMPLE_RATES_HZ[0] <= stream.sample_rate <= SAMPLE_RATES_HZ[1]:
        raise UndecodableMedia(path, f"a sample rate of {stream.sample_rate} Hz makes no sense")


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
    """Tell whether the streams are the discrete channels of one MXF programme."""
    streams = container.streams.audio
    if not container.format.name.startswith("mxf") or len(streams) < 2:
        return False
    if any(one.codec_context is None or one.channels != 1 for one in streams):
        return False
    return len({one.sample_rate for one in streams}) == 1


def _start(stream: Stream) -> Fraction | None:
    if stream.start_time is None or stream.time_base is None:
        return None
    return Fraction(stream.start_time) * Fraction(stream.time_base)


def _frame_rate(picture: VideoStream | None) -> Fraction | None:
    """Return the picture's rate; a measured one next to a standard rate is that rate."""
    measured = picture and (picture.average_rate or picture.base_rate)
    if not measured:
        return None
    for exact in EXACT_RATES.values():
        if abs(measured / exact - 1) < _SAME_RATE:
            return exact
    return Fraction(measured)


def _is_drop_frame(timecode: str | None, frame_rate: Fraction | None) -> bool:
    """Tell whether the label counts in drop-frame: ``;`` at 29.97 fps or a multiple."""
    if timecode is None or ";" not in timecode:
        return False
    return frame_rate is None or (frame_rate * 1001) % 30_000 == 0


def _zero(container: InputContainer, picture: VideoStream | None) -> tuple[str, Fraction]:
    """Return the name and the container time (seconds) of presentation time zero."""
    if picture is not None:
        start = _start(picture)
        if start is not None:
            return "video start", start
    return "container start", min(_audio_start(one) for one in container.streams.audio)


def _audio_start(stream: AudioStream) -> Fraction:
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


def _promised(
    container: InputContainer, path: str, chosen: Sequence[AudioStream]
) -> tuple[float, float]:
    """Return seconds of audio that are there, and that are missing, by what headers say."""
    duration_seconds = _duration(container, chosen)
    promised_bytes, present_bytes = data_bytes(path, size_bytes=container.size)
    bytes_per_second = (chosen[0].codec_context.bit_rate or 0) / 8
    if promised_bytes == present_bytes or not bytes_per_second:
        return duration_seconds, 0.0
    return present_bytes / bytes_per_second, (promised_bytes - present_bytes) / bytes_per_second


def _timecode(container: InputContainer, picture: VideoStream | None) -> str | None:
    places = [picture] if picture is not None else []
    for holder in [*places, container, *container.streams]:
        found = holder.metadata.get("timecode")
        if found:
            return str(found)
    return None
