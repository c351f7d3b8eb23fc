"""Writes the correction as a Final Cut Pro XML document."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path, PurePath
from xml.etree import ElementTree as ET

from sync_analyzer.export.on_frames import FramedPiece, framed
from sync_analyzer.export.plan import CorrectionPlan, Piece
from sync_analyzer.export.registry import Export
from sync_analyzer.export.words import correction_lines, piece_sentence

VERSION = "1.8"
"""Understood by everything that reads FCPXML today."""


def render(plan: CorrectionPlan) -> str:
    """
    Return the project: a storyline of gaps and stretches of the dub.

    Places on the timeline are whole frames; where a stretch begins inside the dub is exact
    to the sample. All times are fractions of a second.
    """
    root = ET.Element("fcpxml", version=VERSION)
    resources = ET.SubElement(root, "resources")
    ET.SubElement(resources, "format", id="r1", frameDuration=_frame_duration(plan))
    dub_name = PurePath(plan.dub_file).name
    ET.SubElement(
        resources,
        "asset",
        id="r2",
        name=dub_name,
        src=Path(plan.dub_file).absolute().as_uri(),
        start=_time(_dub_zero(plan)),
        duration=_time(_on_samples(plan, plan.dub_seconds)),
        format="r1",
        hasAudio="1",
        audioSources="1",
        audioChannels=str(plan.dub_channels),
        audioRate=str(plan.dub_sample_rate_hz),
    )
    event = ET.SubElement(ET.SubElement(root, "library"), "event", name="Sync correction")
    project = ET.SubElement(event, "project", name=f"{PurePath(plan.dub_file).stem} synced")
    clock = plan.programme.clock
    sequence = ET.SubElement(
        project,
        "sequence",
        format="r1",
        tcStart=_time(plan.programme.start_seconds),
        tcFormat="DF" if clock.drop_frame else "NDF",
        duration=_time(clock.seconds(clock.nearest_frame(plan.master_seconds))),
        audioRate=_audio_rate(plan.dub_sample_rate_hz),
    )
    ET.SubElement(sequence, "note").text = " ".join(correction_lines(plan))
    spine = ET.SubElement(sequence, "spine")
    for placed in framed(plan):
        _add(plan, placed, spine)
    ET.indent(root)
    body = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE fcpxml>\n{body}\n'


def _add(plan: CorrectionPlan, placed: FramedPiece, spine: ET.Element) -> None:
    clock, piece = plan.programme.clock, placed.piece
    place = {
        "offset": _time(plan.programme.start_seconds + clock.seconds(placed.first_frame)),
        "duration": _time(clock.seconds(placed.end_frame - placed.first_frame)),
    }
    if placed.dub_seconds is None:
        ET.SubElement(spine, "gap", {**place, "name": piece.why, "start": "0s"})
        return
    own_start = _on_samples(plan, placed.dub_seconds / piece.rate)
    own = {
        "ref": "r2",
        "name": PurePath(plan.dub_file).name,
        "start": _time(_dub_zero(plan) + own_start),
        "format": "r1",
        "audioRole": "dialogue",
    }
    clip = ET.SubElement(spine, "asset-clip", {**place, **own})
    ET.SubElement(clip, "note").text = piece_sentence(piece)
    if piece.rate != 1:
        _add_speed(plan, piece, clip)


def _add_speed(plan: CorrectionPlan, piece: Piece, clip: ET.Element) -> None:
    """Map the clip's own time to the dub's: ``dub = zero + rate * (time - zero)``."""
    zero, length = _dub_zero(plan), _on_samples(plan, plan.dub_seconds)
    kept = "1" if plan.pitch_preserved else "0"
    time_map = ET.Element("timeMap", preservesPitch=kept)
    clip.insert(1, time_map)
    for own, dub in ((zero, zero), (zero + length / piece.rate, zero + length)):
        ET.SubElement(time_map, "timept", time=_time(own), value=_time(dub), interp="linear")


def _dub_zero(plan: CorrectionPlan) -> Fraction:
    """Return the dub's own start label in seconds."""
    return plan.programme.clock.seconds(plan.dub_start_frame)


def _frame_duration(plan: CorrectionPlan) -> str:
    fps = plan.programme.fps
    scale = 1 if fps.denominator > 1 else 100
    return f"{fps.denominator * scale}/{fps.numerator * scale}s"


def _on_samples(plan: CorrectionPlan, seconds: Fraction) -> Fraction:
    return Fraction(round(seconds * plan.dub_sample_rate_hz), plan.dub_sample_rate_hz)


def _time(seconds: Fraction) -> str:
    if seconds.denominator == 1:
        return f"{seconds.numerator}s"
    return f"{seconds.numerator}/{seconds.denominator}s"


def _audio_rate(rate_hz: int) -> str:
    """
    Return the nearest rate that a sequence may have.

    >>> _audio_rate(44_100), _audio_rate(22_050)
    ('44.1k', '32k')
    """
    known = {32_000: "32k", 44_100: "44.1k", 48_000: "48k", 88_200: "88.2k", 96_000: "96k"}
    known |= {176_400: "176.4k", 192_000: "192k"}
    return known[min(known, key=lambda one: abs(one - rate_hz))]


EXPORT = Export(
    name="fcpxml",
    summary="Final Cut Pro XML project, on the programme's start label.",
    media_type="application/xml",
    suffix=".fcpxml",
    render=render,
)
