"""The only place that puts together the ffmpeg command of a repair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sync_analyzer.export.encoders import encoder_for, is_lossless
from sync_analyzer.export.filters import filter_graph, placing_graph
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.repair.ffmpeg_process import read_from
from sync_analyzer.repair.source import Source, SourceStream

_LOSSY_BITS_PER_CHANNEL = 128_000
_WITHOUT_DATA_STREAMS = ("mov", "mxf", "mp4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A start label to write: as text for containers, in samples for broadcast WAV."""

    text: str
    samples: int


def graph_of(plan: CorrectionPlan, source: Source, *, advance_samples: int = 0) -> str:
    """Return the filter graph with one output pad ``c0``, ``c1``, ... per programme stream."""
    computed = any(piece.rate != 1 for piece in plan.sounding)
    graphs = []
    for number, stream in enumerate(source.programme):
        graph = filter_graph(
            plan,
            source=f"0:{stream.index}",
            sink=f"c{number}",
            stream_start_seconds=plan.dub_stream_start_seconds,
            advance_samples=advance_samples,
            delay_seconds=source.lead_seconds,
            dither=computed and stream.sample_format.startswith("s16"),
        )
        graphs.append(_renamed(graph, number))
    return ";\n".join(graphs)


def placed_graph_of(plan: CorrectionPlan, source: Source, *, advance_samples: int) -> str:
    """Return `graph_of` for streams that lie corrected in files of their own, inputs 1, 2, ..."""
    graphs = []
    for number, stream in enumerate(source.programme):
        graphs += [
            placing_graph(
                plan,
                source=f"{number + 1}:a:0",
                sink=f"c{number}",
                advance_samples=advance_samples,
                delay_seconds=source.lead_seconds,
            ),
            f"[0:{stream.index}]anullsink",  # used, so that time stamps start alike
        ]
    return ";\n".join(graphs)


def _renamed(graph: str, number: int) -> str:
    """Return the graph with its inner pads told apart from those of other streams."""
    if number == 0:
        return graph
    for letter in "spj":
        graph = graph.replace(f"[{letter}", f"[x{number}{letter}")
    return graph


def container_arguments(
    plan: CorrectionPlan,
    source: Source,
    *,
    output_path: str,
    label: Label | None,
    advance_samples: int,
    corrected: Sequence[Path] = (),
) -> list[str]:
    """
    Return the arguments that write the same container: pictures copied, dub corrected.

    ``corrected`` are files with the programme's streams where they are corrected already.
    """
    arguments = read_from(source.path)
    for path in corrected:
        arguments += read_from(path)
    make = placed_graph_of if corrected else graph_of
    graph = make(plan, source, advance_samples=advance_samples)
    arguments += ["-filter_complex", graph, *mapping(source), *encoding(source)]
    arguments += ["-map_metadata", "0", "-map_chapters", "0"]
    if label is not None:
        arguments += ["-metadata", f"timecode={label.text}"]
        if source.has_picture:
            arguments += ["-metadata:s:v:0", f"timecode={label.text}"]
    return [*arguments, "-max_muxing_queue_size", "9999", "-y", f"file:{output_path}"]


def mapping(source: Source) -> list[str]:
    """Return the ``-map`` of every kept stream in file order, and of its tags."""
    arguments: list[str] = []
    place = corrected = 0
    for stream in source.streams:
        if not is_kept(source, stream):
            continue
        if stream.programme:
            arguments += ["-map", f"[c{corrected}]"]
            corrected += 1
        else:
            arguments += ["-map", f"0:{stream.index}"]
        arguments += [f"-map_metadata:s:{place}", f"0:s:{stream.index}"]
        place += 1
    return arguments


def is_kept(source: Source, stream: SourceStream) -> bool:
    """Tell whether the stream is carried over; timecode tracks are written anew."""
    if stream.kind == "data":
        return not source.container.startswith(_WITHOUT_DATA_STREAMS)
    return stream.kind in {"audio", "video", "subtitle", "attachment"}


def encoding(source: Source) -> list[str]:
    """Return codec arguments: all streams copied but the dub's, which keep codec and depth."""
    arguments = ["-c", "copy"]
    number = 0
    for stream in source.streams:
        if stream.kind != "audio":
            continue
        if stream.programme:
            arguments += _encoder_arguments(stream, number=number)
        number += 1
    return arguments


def _encoder_arguments(stream: SourceStream, *, number: int) -> Sequence[str]:
    encoder = encoder_for(stream.codec)
    arguments = [f"-c:a:{number}", encoder]
    if encoder in {"dca", "truehd"}:
        arguments += ["-strict", "-2"]
    if is_lossless(encoder):
        if not encoder.startswith("pcm_") and stream.sample_format:
            arguments += [f"-sample_fmt:a:{number}", stream.sample_format]
        return arguments
    bit_rate = stream.bit_rate or _LOSSY_BITS_PER_CHANNEL * max(1, stream.channels)
    return [*arguments, f"-b:a:{number}", str(bit_rate)]
