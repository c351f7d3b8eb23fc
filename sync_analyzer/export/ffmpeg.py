"""Writes the correction as a shell script with one ffmpeg command."""

from __future__ import annotations

import shlex
from pathlib import PurePath

from sync_analyzer.export.encoders import encoder_for, raw_delay_samples
from sync_analyzer.export.filters import filter_graph
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.registry import Export
from sync_analyzer.export.words import correction_lines

_CONSTANT = (
    "Undoes a constant speed: how a stretcher wandered about it is followed by "
    "`sync-analyzer repair` only."
)


def render(plan: CorrectionPlan) -> str:
    """
    Return a POSIX shell script that writes the corrected dub.

    The script takes the dub and the output as optional arguments, copies pictures and
    refuses to overwrite. Sample positions hold for the dub's own sample rate.
    """
    dub = PurePath(plan.dub_file)
    output = dub.with_name(f"{dub.stem}_synced{dub.suffix}")
    lines = correction_lines(plan)
    if plan.pitch_preserved and any(piece.rate != 1 for piece in plan.sounding):
        lines.append(_CONSTANT)
    comments = [f"# {line}".replace("\n", " ") for line in lines]
    graph = filter_graph(
        plan,
        source=f"0:a:{plan.dub_stream or 0}",
        stream_start_seconds=plan.dub_stream_start_seconds,
        advance_samples=raw_delay_samples(
            encoder_for(plan.dub_codec), container=plan.dub_container
        ),
    )
    return "\n".join(
        [
            "#!/bin/sh",
            *comments,
            "# usage: sh THIS_SCRIPT [DUB [OUTPUT]]",
            "set -eu",
            f"dub=${{1:-{_quoted(str(dub))}}}",
            f"output=${{2:-{_quoted(str(output))}}}",
            'if [ -e "$output" ]; then echo "$output exists already" >&2; exit 1; fi',
            'exec "${FFMPEG:-ffmpeg}" -nostdin -n -i "file:$dub" -filter_complex '
            + shlex.quote("\n" + graph + "\n")
            + " \\",
            "  -map '0:v?' -map '[out]' -map '0:s?' -c copy"
            + f" -c:a {encoder_for(plan.dub_codec)} -map_metadata 0 "
            + '"file:$output"',
            "",
        ]
    )


def _quoted(path: str) -> str:
    """Return the path safe inside ``${1:-...}``, where double quotes already work."""
    return shlex.quote(path)


EXPORT = Export(
    name="ffmpeg",
    summary="Shell script with the ffmpeg command that writes the corrected dub.",
    media_type="text/x-shellscript",
    suffix=".sh",
    render=render,
)
