"""Reads a short stretch of a file at full quality, without decoding what comes before it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import av
import numpy as np
from av.container import InputContainer
from av.stream import Discard
from numpy.typing import NDArray

from sync_analyzer.errors import UndecodableMedia
from sync_analyzer.media.container import open_container, reason
from sync_analyzer.media.probe import choose_streams
from sync_analyzer.media.samples import channels_of
from sync_analyzer.media.track import Media

_WARM_UP_SECONDS = 1.0


def read_excerpt(
    media: Media, *, start_seconds: float, duration_seconds: float
) -> NDArray[np.float32]:
    """
    Return the samples of one stretch on the presentation timeline.

    Args:
        media: what `probe` said.
        start_seconds: where the stretch begins; may be negative.
        duration_seconds: its length.

    Returns:
        shape ``(channels, round(duration_seconds * media.sample_rate_hz))``, full scale
        1.0, finite; zeros where the file holds nothing.

    Raises:
        MediaError: the file cannot be opened or decoded any more.
    """
    shape = (media.channels, round(duration_seconds * media.sample_rate_hz))
    out = np.zeros(shape, np.float32)
    with open_container(media.path) as container:
        chosen = choose_streams(container, media.path, stream=media.stream)
        for stream in container.streams:
            if stream not in chosen:
                stream.discard = Discard.all
        _seek(container, chosen[0], media.zero_seconds + start_seconds - _WARM_UP_SECONDS)
        try:
            _fill(out, container, chosen, media, start_seconds)
        except av.FFmpegError as error:
            raise UndecodableMedia(media.path, reason(error)) from error
    return np.nan_to_num(out, copy=False, nan=0.0, posinf=0.0, neginf=0.0)


def read_mono(
    media: Media, *, start_seconds: float, duration_seconds: float
) -> NDArray[np.float32]:
    """
    Return `read_excerpt` as the mean of the channels that sound, shape ``(n_samples,)``.

    Raises:
        MediaError: as `read_excerpt`.
    """
    channels = read_excerpt(media, start_seconds=start_seconds, duration_seconds=duration_seconds)
    loud = np.abs(channels).max(axis=1, initial=0.0) > 1e-6
    mixed: NDArray[np.float32] = (channels[loud] if loud.any() else channels).mean(axis=0)
    return mixed


def _seek(container: InputContainer, stream: av.AudioStream, at_seconds: float) -> None:
    first = stream.start_time or 0
    ticks = int(at_seconds / (stream.time_base or Fraction(1, 1_000_000)))
    if ticks > first:
        container.seek(ticks, stream=stream, backward=True)


def _fill(
    out: NDArray[np.float32],
    container: InputContainer,
    chosen: Sequence[av.AudioStream],
    media: Media,
    start_seconds: float,
) -> None:
    first_row = {}
    row = 0
    for stream in chosen:
        first_row[stream.index] = row
        row += stream.channels
    pending = {stream.index for stream in chosen}
    length = out.shape[1]
    for packet in container.demux(list(chosen)):
        for frame in packet.decode():
            if not isinstance(frame, av.AudioFrame) or frame.pts is None:
                continue
            seconds = (
                float(frame.pts * Fraction(frame.time_base or 0))
                - media.zero_seconds
                - start_seconds
            )
            at = round(seconds * media.sample_rate_hz)
            _put(out, channels_of(frame), row=first_row[packet.stream.index], at=at)
            if at + frame.samples >= length:
                pending.discard(packet.stream.index)
        if not pending:
            return


def _put(
    out: NDArray[np.float32], channels: Sequence[NDArray[np.float32]], *, row: int, at: int
) -> None:
    low, high = max(0, at), min(out.shape[1], at + len(channels[0]))
    if high <= low:
        return
    for index, samples in enumerate(channels):
        if row + index < out.shape[0]:
            out[row + index, low:high] = samples[low - at : high - at]
