"""Decodes one file in one streamed pass to the views that detectors compare (`Track`)."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import av
from av.container import InputContainer
from av.stream import Discard

from sync_analyzer.errors import UndecodableMedia
from sync_analyzer.media.container import open_container, reason
from sync_analyzer.media.finish import finished, lost_content
from sync_analyzer.media.probe import choose_streams
from sync_analyzer.media.programme import Programme
from sync_analyzer.media.resample import Allocate
from sync_analyzer.media.track import Media, Track
from sync_analyzer.media.views import Mix
from sync_analyzer.run import Run

_REPORT_EVERY_SECONDS = 0.2


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
    allocate: Allocate | None = None

    def run(self, run: Run) -> Track:
        """Return the track; raises as `decode` does."""
        programme = self._pass(run)
        rescue = lost_content(programme)
        if rescue is not None:
            programme = self._pass(run, only_mix=rescue)
        return finished(programme)

    def _pass(self, run: Run, *, only_mix: Mix | None = None) -> Programme:
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
                allocate=self.allocate,
            )
            progress = _Progress(run, self.progress_label, self.media.duration_seconds)
            _pump(container, chosen, programme, progress)
            programme.finish()
        if not programme.levels.samples:
            raise UndecodableMedia(self.media.path, "no sample of its audio could be decoded")
        return programme


def _pump(
    container: InputContainer,
    chosen: Sequence[av.AudioStream],
    programme: Programme,
    progress: _Progress,
) -> None:
    """Take the chosen streams' packets through their decoders to their timelines."""
    timelines = {s.index: t for s, t in zip(chosen, programme.timelines, strict=True)}
    clock = time.monotonic
    due = clock()
    try:
        for packet in _packets(container, chosen):
            timeline = timelines[packet.stream.index]
            if not timeline.started:
                timeline.applied.skipped_samples += _skipped_samples(packet)
            try:
                for frame in packet.decode():
                    timeline.place(frame)
            except av.FFmpegError as error:
                programme.failed(reason(error))
            if clock() >= due:
                progress.report(programme.position_seconds)
                due = clock() + _REPORT_EVERY_SECONDS
    except av.FFmpegError as error:
        programme.failed(reason(error))
        for stream, timeline in zip(chosen, programme.timelines, strict=True):
            for frame in stream.decode(None):
                timeline.place(frame)


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

    def report(self, position_seconds: float) -> None:
        """Report the position; raise `AnalysisCancelled` where the run was cancelled."""
        total = self._duration_seconds
        fraction = position_seconds / total if total > 0 else 0.0
        of = f" of {_clock(total)}" if total > 0 else ""
        self._run.checkpoint(fraction, f"Decoding {self._label} - {_clock(position_seconds)}{of}")


def _clock(seconds: float) -> str:
    whole = int(seconds)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
