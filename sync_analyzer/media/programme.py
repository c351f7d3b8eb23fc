"""Everything between the decoded frames of one file and its finished `Track`."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

import av

from sync_analyzer.media.join import Joiner, Piece
from sync_analyzer.media.levels import Levels
from sync_analyzer.media.samples import channels_of
from sync_analyzer.media.sink import ViewSink
from sync_analyzer.media.timeline import StreamTimeline
from sync_analyzer.media.track import Media
from sync_analyzer.media.views import Mix, channel_names, is_unknown

_BLOCK_SECONDS = 1.0
_LONGEST_SECONDS = 24 * 3600.0
_LONGEST_FIRST_ARRAY_SECONDS = 4 * 3600.0


class Programme:
    """
    Takes the frames of one stream, or of several mono streams, and fills the views.

    ``timelines`` (one a stream) take the frames; `finish` ends the pass.
    """

    def __init__(
        self,
        media: Media,
        *,
        streams: Sequence[av.AudioStream],
        sample_rate_hz: int,
        views: Sequence[str] | None,
        only_mix: Mix | None = None,
    ) -> None:
        self.media = media
        self.levels = Levels()
        self.layouts: list[str] = []
        self.failures = 0
        self.first_failure = ""
        expected_seconds = max(0.0, media.duration_seconds + media.start_seconds)
        self.sink = ViewSink(
            sample_rate_hz=sample_rate_hz,
            expected_seconds=min(expected_seconds, _LONGEST_FIRST_ARRAY_SECONDS),
            wanted=views,
            only_mix=only_mix,
        )
        self.rescued_from = None if only_mix is None else _loudest(only_mix)
        self._rate_hz = streams[0].sample_rate
        self._names = _names_of_streams(len(streams))
        self._joiner = Joiner(len(streams), self._joined) if len(streams) > 1 else None
        self.timelines = [self._timeline(i, one) for i, one in enumerate(streams)]

    @property
    def position_seconds(self) -> float:
        """How far the timeline has come."""
        return self.sink.end_seconds

    def failed(self, why: str) -> None:
        """Take note of a packet that could not be read or decoded."""
        self.failures += 1
        self.first_failure = self.first_failure or why

    def finish(self) -> None:
        """Take everything that is still on its way."""
        for timeline in self.timelines:
            timeline.finish()
        if self._joiner is not None:
            self._joiner.finish()
        self.sink.finish()

    def _timeline(self, index: int, stream: av.AudioStream) -> StreamTimeline:
        several = self._joiner is not None
        return StreamTimeline(
            sample_rate_hz=stream.sample_rate,
            time_base=Fraction(stream.time_base or Fraction(1, stream.sample_rate)),
            zero_seconds=self.media.zero_seconds,
            emit=partial(self._one_of_several, index) if several else self._whole,
            emit_silence=partial(self._joiner.put, index) if self._joiner else self.sink.silence,
            block_samples=int(_BLOCK_SECONDS * stream.sample_rate),
            snap=self.media.zero == "container start" and self.media.start_seconds == 0,
            longest_seconds=min(3600.0 + 2 * self.media.duration_seconds, _LONGEST_SECONDS),
        )

    def _whole(self, frame: av.AudioFrame) -> None:
        names = self._channel_names(frame)
        channels = self.levels.checked(channels_of(frame), names=names)
        self.sink.write(channels, names=names, rate_hz=frame.sample_rate)

    def _channel_names(self, frame: av.AudioFrame) -> tuple[str, ...]:
        """Return the channels' names; a layout that only FFmpeg's filters guessed is none."""
        layout = frame.layout.name
        known = self.sink.first_names
        alike = len(self.layouts) == 1 and frame.layout.nb_channels == len(known)
        if alike and (layout == self.layouts[0] or is_unknown(self.layouts[0])):
            return known
        if layout not in self.layouts:
            self.layouts.append(layout)
        return channel_names(layout, [channel.name for channel in frame.layout.channels])

    def _one_of_several(self, index: int, frame: av.AudioFrame) -> None:
        assert self._joiner is not None
        name = self._names[index : index + 1]
        self._joiner.put(index, self.levels.checked(channels_of(frame)[:1], names=name))

    def _joined(self, piece: Piece) -> None:
        if isinstance(piece, int):
            self.sink.silence(piece)
        else:
            self.sink.write(piece, names=self._names, rate_hz=self._rate_hz)


def _loudest(only: Mix) -> str:
    return only.channels[int(only.weights[0].argmax())]


def _names_of_streams(count: int) -> tuple[str, ...]:
    return channel_names(f"{count} mono streams", ["FC"] * count)
