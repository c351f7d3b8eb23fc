"""
Measures by how much an encoder and its container delay sound, so that it can be taken back.

Nothing in some files declares this delay (raw AAC and AC-3, MPEG audio), and it depends on
the encoder's version. So a moment of noise goes the same way as the dub will, and is found.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np

from sync_analyzer.dsp.phat import phat_correlation
from sync_analyzer.errors import MediaError, RepairFailed
from sync_analyzer.export.encoders import encoder_for, is_lossless
from sync_analyzer.media.excerpt import read_mono
from sync_analyzer.media.probe import probe
from sync_analyzer.repair.command import encoding, is_kept
from sync_analyzer.repair.ffmpeg_process import read_from, run_ffmpeg
from sync_analyzer.repair.source import Source
from sync_analyzer.run import Run

_SECONDS = 2.0
_LONGEST_DELAY_SECONDS = 0.25
_CLEAR_SCORE = 20.0


def encoder_delay_samples(source: Source, *, stream: int | None, rate_hz: int, suffix: str) -> int:
    """
    Return by how many samples the written sound will lie late, 0 for lossless codecs.

    Raises:
        RepairFailed: the container cannot be written at all.
        AnalysisCancelled: the run was cancelled.
    """
    if all(is_lossless(encoder_for(one.codec)) for one in source.programme):
        return 0
    noise = np.random.default_rng(20).standard_normal(round(_SECONDS * rate_hz)) * 0.1
    with tempfile.TemporaryDirectory(prefix="sync_analyzer_") as folder:
        raw, coded = Path(folder, "noise.f32"), Path(folder, f"noise{suffix}")
        noise.astype("<f4").tofile(raw)
        run_ffmpeg(
            _arguments(source, raw=raw, coded=coded, rate_hz=rate_hz),
            output_path=str(coded),
            seconds=_SECONDS,
            run=Run(),
            message="",
        )
        try:
            media = probe(str(coded), stream=stream)
            heard = read_mono(media, start_seconds=0.0, duration_seconds=_SECONDS)
        except MediaError as error:
            raise RepairFailed(str(coded), error.message) from error
    return _delay(noise.astype(np.float32), heard, rate_hz=rate_hz)


def _arguments(source: Source, *, raw: Path, coded: Path, rate_hz: int) -> list[str]:
    arguments = ["-t", str(_SECONDS), *read_from(source.path)]
    arguments += ["-f", "f32le", "-ar", str(rate_hz), "-ch_layout", "mono", *read_from(raw)]
    late = f",asetpts=N/SR/TB+{source.lead_seconds:.9f}/TB" if source.lead_seconds else ""
    graphs = []
    for number, one in enumerate(source.programme):
        channels = "|".join(f"c{i}=c0" for i in range(one.channels))
        graphs.append(f"[1:a:0]pan={one.layout}|{channels}{late}[c{number}]")
        graphs.append(f"[0:{one.index}]anullsink")  # used, so that time stamps start alike
    arguments += ["-filter_complex", ";".join(graphs)]
    number = 0
    for one in source.streams:
        if one.programme:
            arguments += ["-map", f"[c{number}]"]
            number += 1
        elif is_kept(source, one) and one.kind in {"audio", "video"}:
            arguments += ["-map", f"0:{one.index}"]
    return [*arguments, *encoding(source), "-y", f"file:{coded}"]


def _delay(noise: np.ndarray, heard: np.ndarray, *, rate_hz: int) -> int:
    curves, first = phat_correlation([noise], [heard], sample_rate_hz=rate_hz)
    reach = round(_LONGEST_DELAY_SECONDS * rate_hz)
    middle = -first
    near = curves[0][middle - reach : middle + reach + 1]
    best = int(near.argmax())
    if near[best] < _CLEAR_SCORE:
        return 0
    return max(0, reach - best)
