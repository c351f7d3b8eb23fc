"""The only place that turns an analysis into the scorer's record, failures included."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def from_result(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return the scorer's record of a finished analysis (`SyncReport.to_dict`)."""
    speed = result["speed"] or {}
    return {
        "offset_seconds": result["consensus_offset"]["offset_seconds"],
        "rate": speed.get("rate"),
        "segments": [
            {
                "master_start": segment["master_start_seconds"],
                "master_end": segment["master_end_seconds"],
                "offset_seconds": segment["offset_seconds"],
                "rate": segment["rate"],
                "confidence": segment["confidence"],
            }
            for segment in result["segments"]
        ]
        or None,
        "match": result["match"],
        "confidence": result["overall_confidence"],
        "verdict": result["verdict"],
        "mode": speed.get("mode"),
        "named_rate": speed.get("named_rate"),
        "drift_ppm_interval": speed.get("drift_ppm_interval"),
        "offset_interval_seconds": result["consensus_offset"]["interval_seconds"],
        "methods": {
            entry["method"]: {
                "offset_seconds": entry["offset"]["offset_seconds"],
                "confidence": entry["offset"]["confidence"],
            }
            for entry in result["method_results"]
        },
        "features": result["provenance"].get("confidence_features"),
        "sync_status": result["sync_status"],
        "findings": result["findings"],
        "warnings": result["warnings"],
    }


def from_failure(*, kind: str, code: str, message: str) -> dict[str, Any]:
    """
    Return the scorer's record of a pair that gave no result.

    Args:
        kind: ``refused`` (an error the library raises on purpose), ``crash`` or ``timeout``.
        code: the error's short name.
        message: what a person reads.
    """
    return {
        "offset_seconds": None,
        "rate": None,
        "segments": None,
        "match": False if kind == "refused" else None,
        "confidence": None,
        "failure": {"kind": kind, "code": code, "message": message},
    }
