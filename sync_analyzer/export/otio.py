"""Writes the correction as an OpenTimelineIO timeline."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

from sync_analyzer.export.plan import CorrectionPlan, Piece
from sync_analyzer.export.registry import Export
from sync_analyzer.export.words import correction_lines, piece_sentence

Node = dict[str, Any]


def render(plan: CorrectionPlan) -> str:
    """
    Return the timeline as ``.otio`` JSON: the master, and the dub laid on it.

    Times are whole samples at the dub's rate; the start label is in frames.
    """
    start = {
        "OTIO_SCHEMA": "RationalTime.1",
        "rate": float(plan.programme.fps),
        "value": float(plan.programme.start_frame),
    }
    timeline = {
        "OTIO_SCHEMA": "Timeline.1",
        "name": f"{PurePath(plan.dub_file).stem} synced",
        "global_start_time": start,
        "metadata": {
            "sync_analyzer": {
                "frame_rate": str(plan.programme.fps),
                "drop_frame": plan.programme.clock.drop_frame,
                "correction": correction_lines(plan),
            }
        },
        "tracks": {
            "OTIO_SCHEMA": "Stack.1",
            "name": "tracks",
            "children": [_master_track(plan), _dub_track(plan)],
            "markers": [],
            "effects": [],
            "metadata": {},
            "source_range": None,
        },
    }
    return json.dumps(timeline, indent=2, ensure_ascii=False) + "\n"


def _master_track(plan: CorrectionPlan) -> Node:
    whole = _range(plan, start=Fraction(0), duration=plan.master_seconds)
    return _track("Master", [_clip(plan.master_file, whole, available=whole, metadata={})])


def _dub_track(plan: CorrectionPlan) -> Node:
    return _track("Dub", [_item(plan, piece) for piece in plan.pieces])


def _track(name: str, children: list[Node]) -> Node:
    return {
        "OTIO_SCHEMA": "Track.1",
        "name": name,
        "kind": "Audio",
        "children": children,
        "markers": [],
        "effects": [],
        "metadata": {},
        "source_range": None,
    }


def _item(plan: CorrectionPlan, piece: Piece) -> Node:
    if piece.dub_start_seconds is None:
        return {
            "OTIO_SCHEMA": "Gap.1",
            "name": piece.why,
            "source_range": _piece_range(plan, piece, start=Fraction(0)),
            "markers": [],
            "effects": [],
            "metadata": {},
        }
    available = _range(plan, start=Fraction(0), duration=plan.dub_seconds)
    chosen = _piece_range(plan, piece, start=piece.dub_start_seconds)
    note = {"correction": piece_sentence(piece), "rate": str(piece.rate)}
    clip = _clip(plan.dub_file, chosen, available=available, metadata={"sync_analyzer": note})
    if piece.rate != 1:
        clip["effects"] = [
            {
                "OTIO_SCHEMA": "LinearTimeWarp.1",
                "name": "speed",
                "effect_name": "LinearTimeWarp",
                "time_scalar": float(piece.rate),
                "metadata": {},
            }
        ]
    return clip


def _clip(path: str, chosen: Node, *, available: Node, metadata: Node) -> Node:
    return {
        "OTIO_SCHEMA": "Clip.2",
        "name": PurePath(path).name,
        "source_range": chosen,
        "media_references": {
            "DEFAULT_MEDIA": {
                "OTIO_SCHEMA": "ExternalReference.1",
                "name": PurePath(path).name,
                "target_url": Path(path).absolute().as_uri(),
                "available_range": available,
                "metadata": {},
            }
        },
        "active_media_reference_key": "DEFAULT_MEDIA",
        "markers": [],
        "effects": [],
        "metadata": metadata,
    }


def _piece_range(plan: CorrectionPlan, piece: Piece, *, start: Fraction) -> Node:
    """Return a range whose ends round alike for neighbours, so that no sample is lost."""
    rate_hz = plan.dub_sample_rate_hz
    length = round(piece.master_end_seconds * rate_hz) - round(piece.master_start_seconds * rate_hz)
    return _time_range(start=round(start * rate_hz), length=length, rate_hz=rate_hz)


def _range(plan: CorrectionPlan, *, start: Fraction, duration: Fraction) -> Node:
    rate_hz = plan.dub_sample_rate_hz
    return _time_range(
        start=round(start * rate_hz), length=round(duration * rate_hz), rate_hz=rate_hz
    )


def _time_range(*, start: int, length: int, rate_hz: int) -> Node:
    return {
        "OTIO_SCHEMA": "TimeRange.1",
        "start_time": _time(start, rate_hz=rate_hz),
        "duration": _time(length, rate_hz=rate_hz),
    }


def _time(value: int, *, rate_hz: int) -> Node:
    return {"OTIO_SCHEMA": "RationalTime.1", "rate": float(rate_hz), "value": float(value)}


EXPORT = Export(
    name="otio",
    summary="OpenTimelineIO timeline with the master and the dub laid on it, to the sample.",
    media_type="application/json",
    suffix=".otio",
    render=render,
)
