"""The only place that lists where an answer comes from: files, streams, versions, options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sync_analyzer.export.report.table import Table
from sync_analyzer.export.words import clock_text
from sync_analyzer.report import SyncReport


def files(report: SyncReport) -> Table:
    """Return what both files are, side by side."""
    sides = [report.media.get(side) or {} for side in ("master", "dub")]
    rows: list[tuple[str, ...]] = [("File", report.master_file, report.dub_file)]
    for name, say in _FILE_ROWS:
        said = [say(side) for side in sides]
        if any(said):
            rows.append((name, *(text or "-" for text in said)))
    return Table(title="Files", columns=("", "Master", "Dub"), rows=tuple(rows))


def provenance(report: SyncReport) -> Table:
    """Return every field of the provenance, nested names joined by dots."""
    rows = tuple(_flat("", report.provenance))
    return Table(title="Provenance", columns=("", ""), rows=rows)


def _flat(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key, item in value.items():
        name = f"{prefix}{str(key).replace('_', ' ')}"
        if isinstance(item, Mapping):
            yield from _flat(f"{name}: ", item)
        elif isinstance(item, list | tuple):
            yield name, ", ".join(str(one) for one in item) or "-"
        else:
            yield name, "-" if item is None else str(item)


def _stream(side: Mapping[str, Any]) -> str:
    number = side.get("stream")
    count = side.get("stream_count")
    if number is None:
        return f"all {count} (mono, one programme)" if count else ""
    return f"{number} of {count}, from 0" if count else str(number)


def _audio(side: Mapping[str, Any]) -> str:
    parts = [
        str(side.get("codec") or ""),
        f"{side['sample_rate_hz']} Hz" if side.get("sample_rate_hz") else "",
        f"{side['channels']} channels" if side.get("channels") else "",
        f"({side['layout']})" if side.get("layout") else "",
    ]
    return " ".join(part for part in parts if part)


def _picture(side: Mapping[str, Any]) -> str:
    rate = side.get("frame_rate")
    if not rate:
        return ""
    return f"{rate} fps{', drop-frame' if side.get('drop_frame') else ''}"


def _zero(side: Mapping[str, Any]) -> str:
    start = side.get("start_seconds")
    if start is None:
        return ""
    return f"{side.get('zero') or 'container start'}; audio begins {start * 1000:.1f} ms after it"


def _applied(side: Mapping[str, Any]) -> str:
    applied = side.get("applied") or {}
    said = []
    for key, value in applied.items():
        if key == "decoded_seconds":
            continue
        if isinstance(value, int | float) and not isinstance(value, bool) and value:
            said.append(f"{key.replace('_', ' ')} {value:g}")
        elif isinstance(value, list) and value:
            said.append(f"{len(value)} {key.replace('_', ' ')}")
    return "; ".join(said)


def _length(side: Mapping[str, Any]) -> str:
    seconds = side.get("decoded_seconds") or side.get("duration_seconds")
    return clock_text(float(seconds)) if seconds else ""


def _size(side: Mapping[str, Any]) -> str:
    size = side.get("size_bytes")
    return f"{size:,} bytes" if size else ""


_FILE_ROWS = (
    ("Length", _length),
    ("Size", _size),
    ("Container", lambda side: str(side.get("container") or "")),
    ("Audio", _audio),
    ("Stream", _stream),
    ("Picture", _picture),
    ("Start label", lambda side: str(side.get("start_timecode") or "")),
    ("Time zero", _zero),
    ("Applied", _applied),
    ("Content", lambda side: str(side.get("hash") or side.get("content_hash") or "")),
)
