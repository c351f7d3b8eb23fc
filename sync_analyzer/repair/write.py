"""Writes the corrected dub: the same container, codec, depth, channels and tags as before."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from sync_analyzer.errors import InvalidOption, RepairFailed
from sync_analyzer.export.encoders import FALLBACK, encoder_for, is_lossless
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.media.probe import probe
from sync_analyzer.media.track import Media
from sync_analyzer.repair.atomic import appearing
from sync_analyzer.repair.command import Label, container_arguments, graph_of
from sync_analyzer.repair.ffmpeg_process import read_from, run_ffmpeg, stream_ffmpeg
from sync_analyzer.repair.follow import followed_plan
from sync_analyzer.repair.follow_container import follow_in_container
from sync_analyzer.repair.label import label_of
from sync_analyzer.repair.priming import encoder_delay_samples
from sync_analyzer.repair.source import Source, look_at
from sync_analyzer.repair.wander import Wander
from sync_analyzer.repair.wav_chunks import (
    header_bytes,
    read_frame,
    spoken_of,
    trailer_bytes,
)
from sync_analyzer.repair.wav_render import can_render, render
from sync_analyzer.repair.wav_samples import CODECS, WavSamples
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run

_MESSAGE = "Writing the corrected dub"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written, and what a person should know about it."""

    path: Path
    notes: tuple[str, ...]
    start_label: str | None
    followed: bool = False


def write_corrected(
    report: SyncReport,
    plan: CorrectionPlan,
    *,
    output_path: Path,
    wander: Wander | None = None,
    overwrite: bool = False,
    run: Run | None = None,
) -> Written:
    """
    Write the dub as the plan says, atomically.

    Args:
        report: where the files and their streams are named.
        plan: what belongs where.
        output_path: a new file with the dub's suffix, or ``.wav`` for its sound alone.
        wander: followed where that is worth it; None writes the plan's constant speed.
        overwrite: replace what is there, never an input.
        run: is told of progress and may cancel.

    Raises:
        OutputExists, RepairFailed, InvalidOption, MediaError: nothing was written.
        AnalysisCancelled: the run was cancelled; nothing was written.
    """
    run = run or Run()
    stream = (report.media.get("dub") or {}).get("stream")
    media = probe(report.dub_file, stream=stream)
    source = look_at(report.dub_file, stream=stream, zero_seconds=media.zero_seconds)
    as_wav = _is_wav(output_path.suffix, media)
    if not as_wav and output_path.suffix.lower() != Path(report.dub_file).suffix.lower():
        if output_path.suffix.lower() != ".wav":
            raise InvalidOption(
                "output",
                value=str(output_path),
                expected=f"a name ending in {Path(report.dub_file).suffix} or .wav",
            )
        source = _sound_alone(source)
    plan = dataclasses.replace(plan, dub_container=source.container)
    label, label_notes = label_of(report, plan)
    inputs = (report.master_file, report.dub_file)
    if wander is not None and not _can_follow(wander, media, as_wav=as_wav):
        wander = None
    write = _write_wav if as_wav else _write_container
    with appearing(output_path, inputs=inputs, overwrite=overwrite) as temporary:
        notes = write(plan, source, media, temporary, wander=wander, label=label, run=run)
    return Written(
        path=output_path,
        notes=(*notes, *label_notes, *_picture_notes(plan, source)),
        start_label=None if label is None else label.text,
        followed=wander is not None,
    )


def _can_follow(wander: Wander, media: Media, *, as_wav: bool) -> bool:
    """Tell whether the wander is worth following, and the samples are such that it can be."""
    return wander.worth_following and (not as_wav or media.codec in CODECS)


def _is_wav(suffix: str, media: Media) -> bool:
    """Tell whether the samples can be written between the chunks of the dub's own WAV."""
    same = suffix.lower() in {".wav", ".wave", ".bwf", ".rf64", ".bw64"}
    return same and media.container == "wav" and media.codec.startswith("pcm_")


def _sound_alone(source: Source) -> Source:
    """Return the dub's streams only, to be written as lossless WAV."""
    kept = tuple(
        dataclasses.replace(
            one, codec=one.codec if one.codec.startswith("pcm_") else _pcm_for(one.bits)
        )
        for one in source.programme[:1]
    )
    return dataclasses.replace(source, streams=kept, lead_seconds=0.0)


def _pcm_for(bits: int) -> str:
    return "pcm_s16le" if bits == 16 else FALLBACK


def _write_wav(
    plan: CorrectionPlan,
    source: Source,
    media: Media,
    temporary: Path,
    *,
    wander: Wander | None,
    label: Label | None,
    run: Run,
) -> Sequence[str]:
    frame = read_frame(source.path)
    if frame is None:
        raise RepairFailed(str(temporary), "the dub's WAV header makes no sense")
    samples = round(plan.master_seconds * plan.dub_sample_rate_hz)
    reference = None if label is None else label.samples
    with temporary.open("wb") as file:
        file.write(header_bytes(frame, samples=samples, time_reference=reference))
        if wander is not None or can_render(plan, codec=media.codec):
            stored = WavSamples(source.path, frame, codec=media.codec)
            moves = plan if wander is None else followed_plan(plan, wander, [stored])
            render(moves, stored, file.write, run=run, message=_MESSAGE)
        else:
            size = samples * frame.block_bytes
            _stream_samples(plan, source, media, file, total_bytes=size, run=run)
        file.write(trailer_bytes(frame, samples=samples, time_reference=reference))
    said = spoken_of(frame.dropped)
    return [said] if said else []


def _stream_samples(
    plan: CorrectionPlan,
    source: Source,
    media: Media,
    file: BinaryIO,
    *,
    total_bytes: int,
    run: Run,
) -> None:
    """Let ffmpeg carry the plan out, where sound is stretched or not plain."""
    arguments = [*read_from(source.path), "-filter_complex", graph_of(plan, source)]
    raw_format = media.codec.removeprefix("pcm_")
    arguments += ["-map", "[c0]", "-c:a", media.codec, "-f", raw_format, "pipe:1"]
    written = stream_ffmpeg(
        arguments,
        file.write,
        output_path=str(file.name),
        total_bytes=total_bytes,
        run=run,
        message=_MESSAGE,
    )
    if written != total_bytes:
        raise RepairFailed(str(file.name), f"{written} bytes came where {total_bytes} belong")


def _write_container(
    plan: CorrectionPlan,
    source: Source,
    media: Media,
    temporary: Path,
    *,
    wander: Wander | None,
    label: Label | None,
    run: Run,
) -> Sequence[str]:
    delay = encoder_delay_samples(
        source, stream=media.stream, rate_hz=plan.dub_sample_rate_hz, suffix=temporary.suffix
    )
    with tempfile.TemporaryDirectory(dir=temporary.parent, prefix=".sync_analyzer_") as folder:
        corrected: Sequence[Path] = ()
        if wander is not None:
            corrected = follow_in_container(
                plan, wander, source, folder=Path(folder), run=run.part(0.5), message=_MESSAGE
            )
        arguments = container_arguments(
            plan,
            source,
            output_path=str(temporary),
            label=label,
            advance_samples=delay,
            corrected=corrected,
        )
        run_ffmpeg(
            arguments,
            output_path=str(temporary),
            seconds=float(plan.master_seconds),
            run=run.part(1.0),
            message=_MESSAGE,
        )
    return list(_codec_notes(source, delay, rate_hz=plan.dub_sample_rate_hz))


def _codec_notes(source: Source, delay: int, *, rate_hz: int) -> Sequence[str]:
    notes = []
    for one in source.programme:
        encoder = encoder_for(one.codec)
        if encoder == FALLBACK and one.codec != FALLBACK:
            notes.append(f"{one.codec} cannot be written; the sound was written as {FALLBACK}.")
        elif not is_lossless(encoder):
            name = one.codec.removesuffix("float")
            notes.append(f"The sound was encoded again as {name}, which loses a little.")
    if delay:
        notes.append(
            f"The encoder delays sound by {delay} samples ({1000 * delay / rate_hz:.3f} ms); "
            "that much was cut off at the front, so that the sound lies in place."
        )
    others = [one for one in source.streams if one.kind == "audio" and not one.programme]
    if others:
        notes.append(f"{len(others)} other audio streams were copied as they are.")
    return list(dict.fromkeys(notes))


def _picture_notes(plan: CorrectionPlan, source: Source) -> Sequence[str]:
    if not source.has_picture:
        return []
    moved = len(plan.sounding) > 1 or plan.rate != Fraction(1)
    if not moved:
        return []
    return [
        "The dub's own picture was copied unchanged; the corrected sound fits the master's "
        "picture, which runs at another speed or edit."
    ]
