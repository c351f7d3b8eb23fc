"""Writes the correction as a shell script that moves subtitles made for the dub."""

from __future__ import annotations

import shlex
from fractions import Fraction
from pathlib import PurePath

from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.registry import Export
from sync_analyzer.export.words import correction_lines


def render(plan: CorrectionPlan) -> str:
    """
    Return a POSIX shell script with one ffmpeg command that retimes a subtitle file.

    Each cue moves with the dub's sound: by the offset of the stretch it begins in, its
    length by the speed. A cue inside material that the correction leaves out stays in the
    file at the place of the cut, with no duration.
    """
    stem = PurePath(plan.dub_file).stem
    comments = [f"# {line}".replace("\n", " ") for line in correction_lines(plan)]
    place, length = timing_expressions(plan)
    bitstream_filter = f"setts=ts='{place}':duration='{length}'"
    return "\n".join(
        [
            "#!/bin/sh",
            *comments,
            "# usage: sh THIS_SCRIPT [SUBTITLES_OF_THE_DUB [OUTPUT]]",
            "set -eu",
            f"subtitles=${{1:-{shlex.quote(stem + '.srt')}}}",
            f"output=${{2:-{shlex.quote(stem + '_synced.srt')}}}",
            'if [ -e "$output" ]; then echo "$output exists already" >&2; exit 1; fi',
            'exec "${FFMPEG:-ffmpeg}" -nostdin -n -i "file:$subtitles" -map 0:s:0 -c copy \\',
            f"  -bsf:s {shlex.quote(bitstream_filter)} " + '"file:$output"',
            "",
        ]
    )


def timing_expressions(plan: CorrectionPlan) -> tuple[str, str]:
    """Return FFmpeg expressions for a cue's new start and new duration, in its time base."""
    place, length = "PTS", "DURATION"
    in_dub_order = sorted(plan.sounding, key=lambda piece: piece.dub_start_seconds or 0)
    for index, piece in reversed(list(enumerate(in_dub_order))):
        assert piece.dub_start_seconds is not None
        assert piece.dub_end_seconds is not None
        start = _number(piece.master_start_seconds)
        rate = f"*{piece.rate.denominator}/{piece.rate.numerator}"
        own_place = f"round(({start}+(PTS*TB-{_number(piece.dub_start_seconds)}){rate})/TB)"
        own_length = f"round(DURATION{rate})"
        last = index == len(in_dub_order) - 1
        if last:
            place, length = own_place, own_length
        else:
            inside = f"lt(PTS*TB,{_number(piece.dub_end_seconds)})"
            place, length = (
                f"if({inside},{own_place},{place})",
                f"if({inside},{own_length},{length})",
            )
        before = f"lt(PTS*TB,{_number(piece.dub_start_seconds)})"
        place, length = f"if({before},round({start}/TB),{place})", f"if({before},0,{length})"
    return place, length


def _number(seconds: Fraction) -> str:
    return f"{float(seconds):.6f}"


EXPORT = Export(
    name="srt_shift",
    summary="Shell script with the ffmpeg command that moves the dub's subtitles.",
    media_type="text/x-shellscript",
    suffix="_subtitles.sh",
    render=render,
)
