"""Follows a wander in the sound of any container: decoded, copies laid in place, as WAV files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from sync_analyzer.errors import RepairFailed
from sync_analyzer.export.filters import decoding_graph, total_samples
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.repair.ffmpeg_process import read_from, run_ffmpeg
from sync_analyzer.repair.follow import followed_plan
from sync_analyzer.repair.source import Source
from sync_analyzer.repair.wander import Wander
from sync_analyzer.repair.wav_chunks import WavFrame, header_bytes, read_frame, trailer_bytes
from sync_analyzer.repair.wav_render import render
from sync_analyzer.repair.wav_samples import WavSamples
from sync_analyzer.run import Run

_DECODE, _RENDER = 0.3, 0.7
_CODECS: Mapping[str, str] = MappingProxyType(
    {"u8": "pcm_u8", "s16": "pcm_s16le", "s32": "pcm_s32le", "dbl": "pcm_f64le"}
)
_OTHER_CODEC = "pcm_f32le"


def follow_in_container(
    plan: CorrectionPlan, wander: Wander, source: Source, *, folder: Path, run: Run, message: str
) -> Sequence[Path]:
    """
    Return WAV files with the dub's streams, corrected, in ``folder``.

    Samples are held in the format that the dub's decoder gives, so that nothing is rounded.

    Raises:
        RepairFailed: the dub cannot be decoded by ffmpeg.
        AnalysisCancelled: the run was cancelled.
    """
    codecs = _codecs(source)
    written = [folder / f"corrected_{number}.wav" for number in range(len(codecs))]
    with tempfile.TemporaryDirectory(dir=folder) as inner:
        decoded = [Path(inner, f"decoded_{number}.wav") for number in range(len(codecs))]
        _decode(plan, source, decoded, run=run.part(_DECODE), message=message)
        sounds = [_opened(path, codec=codec) for path, codec in zip(decoded, codecs, strict=True)]
        followed = followed_plan(plan, wander, [samples for _, samples in sounds])
        for path, (frame, samples) in zip(written, sounds, strict=True):
            part = run.part(_RENDER / len(sounds))
            with path.open("wb") as file:
                count = total_samples(plan)
                file.write(header_bytes(frame, samples=count))
                render(followed, samples, file.write, run=part, message=message)
                file.write(trailer_bytes(frame, samples=count))
    return written


def _opened(path: Path, *, codec: str) -> tuple[WavFrame, WavSamples]:
    frame = read_frame(str(path))
    if frame is None:
        raise RepairFailed(str(path), "ffmpeg gave no sound to correct")
    return frame, WavSamples(str(path), frame, codec=codec)


def _codecs(source: Source) -> list[str]:
    """Return the format in which each stream's samples are held."""
    formats = [stream.sample_format.removesuffix("p") for stream in source.programme]
    return [_CODECS.get(one, _OTHER_CODEC) for one in formats]


def _decode(
    plan: CorrectionPlan, source: Source, paths: Sequence[Path], *, run: Run, message: str
) -> None:
    graphs = [
        decoding_graph(plan, source=f"0:{stream.index}", sink=f"d{number}")
        for number, stream in enumerate(source.programme)
    ]
    arguments = [*read_from(source.path), "-filter_complex", ";".join(graphs)]
    for number, (path, codec) in enumerate(zip(paths, _codecs(source), strict=True)):
        arguments += ["-map", f"[d{number}]", "-c:a", codec, "-map_metadata", "-1"]
        arguments += ["-rf64", "auto", "-f", "wav", "-y", f"file:{path}"]
    run_ffmpeg(
        arguments,
        output_path=str(paths[0]),
        seconds=float(plan.dub_seconds),
        run=run,
        message=message,
    )
