"""Decodes one file in one streamed pass to the views that detectors compare (`Track`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

import av
from av.container import InputContainer
from av.stream import Discard

from sync_analyzer.errors import UndecodableMedia
from sync_analyzer.media.container import open_container, reason
from sync_analyzer.media.finish import finished, lost_content, missing_seconds
from sync_analyzer.media.probe import choose_streams
from sync_analyzer.media.programme import Programme
from sync_analyzer.media.strides import strides
from sync_analyzer.media.timeline import StreamTimeline
from sync_analyzer.media.track import Media, Track
from sync_analyzer.media.views import Mix
from sync_analyzer.run import Run

_REPORT_EVERY_SECONDS = 0.2
_HEAD_SECONDS = 2.0
_STRIDE_SECONDS = 2.0
_PACKET_SECONDS = 0.015
"""Shorter than any packet that may be missing at the end."""


def decode(
    media: Media,
    *,
    sample_rate_hz: int,
    views: Sequence[str] | None = None,
    run: Run | None = None,
    progress_label: str = "Master",
) -> Track:
    """
    Return the programme's views at one rate, on the presentation timeline.

    Args:
        media: what `probe` said.
        sample_rate_hz: of all views.
        views: names to compute (``mid`` is always there); ``None`` is all the layout has.
        run: is told of progress at least once a second and may cancel within half a second.
        progress_label: how progress messages name the file.

    Raises:
        MediaError: the file cannot be opened any more, or holds nothing that decodes.
        AnalysisCancelled: the run was cancelled.
    """
    task = Decoding(
        media=media, sample_rate_hz=sample_rate_hz, views=views, progress_label=progress_label
    )
    return task.run(run or Run())


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoding:
    """One file to decode, and where to put its views (`decode` says what the fields are)."""

    media: Media
    sample_rate_hz: int
    views: Sequence[str] | None = None
    progress_label: str = "Master"
    closely: AbstractContextManager[object] = field(default_factory=nullcontext)
    """Held while packets pass through Python one by one, which two threads at once do badly."""

    def run(self, run: Run) -> Track:
        """Return the track; raises as `decode` does."""
        programme = self._pass(run)
        rescue = lost_content(programme)
        if rescue is not None:
            programme = self._pass(run, only_mix=rescue)
        return finished(programme)

    def _pass(self, run: Run, *, only_mix: Mix | None = None) -> Programme:
        progress = _Progress(run, self.progress_label, self.media.duration_seconds)
        programme = self._taken(_stride, progress, only_mix)
        if programme is None:
            with self.closely:
                programme = self._taken(_pump, progress, only_mix)
        assert programme is not None
        if not programme.levels.samples:
            raise UndecodableMedia(self.media.path, "no sample of its audio could be decoded")
        return programme

    def _taken(self, way: _Way, progress: _Progress, only_mix: Mix | None) -> Programme | None:
        """Take the file through a new programme one way; None where that way does not do."""
        with open_container(self.media.path) as container:
            chosen = choose_streams(container, self.media.path, stream=self.media.stream)
            for stream in container.streams:
                if stream not in chosen:
                    stream.discard = Discard.all
            for stream in chosen:
                stream.codec_context.thread_count = 1
            programme = Programme(
                self.media,
                streams=chosen,
                sample_rate_hz=self.sample_rate_hz,
                views=self.views,
                only_mix=only_mix,
            )
            progress.report_if_due(0.0)
            if not way(container, chosen, programme, progress):
                return None
            programme.finish()
        return programme


def _stride(
    container: InputContainer,
    chosen: Sequence[av.AudioStream],
    programme: Programme,
    progress: _Progress,
) -> bool:
    """
    Decode the streams' heads packet by packet and the rest in strides.

    The head says where the sound begins; from there on its time stamps must be regular.

    Returns:
        False where they are not, or anything else wants a closer look: packet by packet.
    """
    timelines = programme.timelines
    rate_hz = chosen[0].sample_rate
    heads = dict.fromkeys((stream.index for stream in chosen), 0)
    places = {stream.index: timeline for stream, timeline in zip(chosen, timelines, strict=True)}
    try:
        for packet in _packets(container, chosen):
            index = packet.stream.index
            heads[index] += _placed(packet, places[index])
            enough = min(heads.values()) >= _HEAD_SECONDS * rate_hz
            if enough and all(timeline.is_steady for timeline in timelines):
                break
        else:
            return True
        for position, block in strides(
            programme.media.path,
            audio_streams=[container.streams.audio.index(stream) for stream in chosen],
            first_samples=list(heads.values()),
            stride_samples=int(_STRIDE_SECONDS * rate_hz),
        ):
            if not timelines[position].follow(block):
                return False
            progress.report_if_due(programme.position_seconds)
    except av.FFmpegError:
        return False
    skipped_seconds = timelines[0].applied.skipped_samples / rate_hz
    return bool(missing_seconds(programme) - skipped_seconds < _PACKET_SECONDS)


def _pump(
    container: InputContainer,
    chosen: Sequence[av.AudioStream],
    programme: Programme,
    progress: _Progress,
) -> bool:
    """Take the chosen streams' packets through their decoders to their timelines."""
    timelines = {s.index: t for s, t in zip(chosen, programme.timelines, strict=True)}
    try:
        for packet in _packets(container, chosen):
            try:
                _placed(packet, timelines[packet.stream.index])
            except av.FFmpegError as error:
                programme.failed(reason(error))
            progress.report_if_due(programme.position_seconds)
    except av.FFmpegError as error:
        programme.failed(reason(error))
        for stream, timeline in zip(chosen, programme.timelines, strict=True):
            for frame in stream.decode(None):
                timeline.place(frame)
    return True


def _placed(packet: av.Packet[av.AudioStream], timeline: StreamTimeline) -> int:
    """Decode one packet onto the timeline; return how many samples that were."""
    if not timeline.started:
        timeline.applied.skipped_samples += _skipped_samples(packet)
    samples = 0
    for frame in packet.decode():
        samples += frame.samples
        timeline.place(frame)
    return samples


def _packets(
    container: InputContainer, chosen: Sequence[av.AudioStream]
) -> Iterator[av.Packet[av.AudioStream]]:
    try:
        yield from container.demux(list(chosen))
    except IndexError:
        # A damaged file grew a stream on the way, over which PyAV stumbles at the very end.
        return


def _skipped_samples(packet: av.Packet[av.AudioStream]) -> int:
    """Return how many samples at its front the container says are not for listening."""
    if not packet.has_sidedata("skip_samples"):
        return 0
    return int.from_bytes(bytes(packet.get_sidedata("skip_samples"))[:4], "little")


class _Progress:
    """Says how far one file is: ``Decoding master - 00:12:30 of 02:00:00``."""

    def __init__(self, run: Run, label: str, duration_seconds: float) -> None:
        self._run = run
        self._label = label.lower()
        self._duration_seconds = duration_seconds
        self._due = time.monotonic()
        self._fraction = 0.0

    def report_if_due(self, position_seconds: float) -> None:
        """Report the position where the last report was long enough ago."""
        if time.monotonic() >= self._due:
            self.report(position_seconds)
            self._due = time.monotonic() + _REPORT_EVERY_SECONDS

    def report(self, position_seconds: float) -> None:
        """Report the position; raise `AnalysisCancelled` where the run was cancelled."""
        total = self._duration_seconds
        self._fraction = max(self._fraction, position_seconds / total if total > 0 else 0.0)
        of = f" of {_clock(total)}" if total > 0 else ""
        self._run.checkpoint(
            self._fraction, f"Decoding {self._label} - {_clock(position_seconds)}{of}"
        )


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"


_Way = Callable[[InputContainer, Sequence[av.AudioStream], Programme, _Progress], bool]
