"""Writes the report as JSON: the result of the REST contract, and how it is labelled."""

from __future__ import annotations

import json

from sync_analyzer.export.report.material import Material
from sync_analyzer.export.report.registry import Report


def render(material: Material) -> bytes:
    """Return the whole result, with ``report`` beside it: labels, verdict and plan."""
    programme = material.programme
    plan = material.plan
    said = {
        "headline": material.facts.headline,
        "action": material.facts.action,
        "status": material.facts.status,
        "frame_rate": str(programme.fps),
        "frame_rate_assumed": programme.assumed,
        "drop_frame": programme.clock.drop_frame,
        "start_timecode": programme.label_at(0),
        "correction": [
            {
                "master_start_timecode": programme.label_at(piece.master_start_seconds),
                "master_end_timecode": programme.label_at(piece.master_end_seconds),
                "master_start_seconds": float(piece.master_start_seconds),
                "master_end_seconds": float(piece.master_end_seconds),
                "dub_start_seconds": (
                    None if piece.dub_start_seconds is None else float(piece.dub_start_seconds)
                ),
                "rate": str(piece.rate),
                "silent_because": piece.why or None,
            }
            for piece in (plan.pieces if plan else ())
        ],
    }
    everything = {**material.report.to_dict(), "report": said}
    return (json.dumps(everything, ensure_ascii=False, indent=2, allow_nan=False) + "\n").encode()


REPORT = Report(
    name="json",
    summary="The whole result with labels and the plan of the correction.",
    media_type="application/json",
    suffix=".json",
    render=render,
    with_sound=False,
)
