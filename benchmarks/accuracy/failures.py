"""List what went wrong, one line a pair, with what every method said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.accuracy.scoring import Judgement

BAR_SECONDS = {"c_processed": 0.005, "f_stretch": 0.020, "m": 0.005, "m_stretch": 0.020}
"""Tolerance by subcategory where it is not 1 ms."""

BAR_PPM = {"pitch_preserved": 50.0}
"""Tolerance of the rate by mode where it is not 5 ppm."""


def bar_seconds(judgement: Judgement) -> float:
    """Return the tolerance the pair is held to."""
    return BAR_SECONDS.get(judgement.pair.subcategory, 0.001)


def failed(judgement: Judgement) -> bool:
    """Whether the pair misses its bar, or a crash hides behind a refusal."""
    if judgement.failure_kind in ("crash", "timeout") or judgement.false_match:
        return True
    return judgement.pair.is_match and (
        not judgement.within(bar_seconds(judgement))
        or _segments_failed(judgement)
        or _speed_failed(judgement)
    )


def _speed_failed(judgement: Judgement) -> bool:
    if judgement.rate_error_ppm is None:
        return False
    bar_ppm = BAR_PPM.get(judgement.pair.truth.get("mode", "same"), 5.0)
    return (
        judgement.rate_error_ppm > bar_ppm
        or judgement.named_right is False
        or judgement.mode_right is False
    )


def _segments_failed(judgement: Judgement) -> bool:
    score = judgement.segments
    if score is None or max(score.expected, score.reported) < 2:
        return False
    return score.found[-1] < score.expected or score.true[-1] < score.reported


def describe(judgement: Judgement) -> str:
    """Return one Markdown item that says what was expected and what came."""
    pair, record = judgement.pair, judgement.record
    what = _what(judgement)
    methods = " ".join(
        f"{name} {_seconds(one['offset_seconds'])}@{one['confidence']:.2f}"
        for name, one in (record.get("methods") or {}).items()
    )
    confidence = record.get("confidence")
    lines = [
        f"- **{pair.key}** ({pair.subcategory}) {what}; "
        f"confidence {'-' if confidence is None else f'{confidence:.3f}'}; {pair.truth['notes']}",
        f"  - truth {_seconds(pair.truth.get('offset_seconds'))} rate {pair.rate:.8f}; said "
        f"{_seconds(record.get('offset_seconds'))} rate {record.get('rate')} "
        f"{record.get('verdict')} {record.get('mode')} {record.get('named_rate') or ''}",
    ]
    if len(pair.segments) > 1 or len(record.get("segments") or ()) > 1:
        lines += [f"  - true: {_list(pair.segments)}", f"  - said: {_list(record.get('segments'))}"]
    if methods:
        lines.append(f"  - {methods}")
    if record.get("failure"):
        lines.append(f"  - {record['failure']['code']}: {record['failure']['message']}")
    return "\n".join(lines)


def _what(judgement: Judgement) -> str:
    if judgement.failure_kind in ("crash", "timeout"):
        return str(judgement.failure_kind).upper()
    if judgement.false_match:
        return "FALSE MATCH"
    if judgement.missed:
        return "no answer"
    score = judgement.segments
    assert score is not None
    assert judgement.error_seconds is not None
    return (
        f"error {judgement.error_seconds * 1e3:.2f} ms, rate {judgement.rate_error_ppm:.1f} ppm, "
        f"segments found {score.found[-1]}/{score.expected} true {score.true[-1]}/{score.reported}"
    )


def _seconds(value: float | None) -> str:
    return "none" if value is None else f"{value:+.4f} s"


def _list(segments: Sequence[Mapping[str, Any]] | None) -> str:
    return " ".join(
        f"[{s['master_start']:.2f}-{s['master_end']:.2f} {s['offset_seconds']:+.4f}]"
        for s in segments or ()
    )


def page(judgements: Sequence[Judgement], *, title: str) -> str:
    """Return every failure as one Markdown page, worst kinds first."""
    wrong = sorted((j for j in judgements if failed(j)), key=_order)
    return "\n".join(
        [
            f"# {title}",
            "",
            f"{len(wrong)} of {len(judgements)} pairs",
            "",
            *map(describe, wrong),
            "",
        ]
    )


def _order(judgement: Judgement) -> tuple[int, float]:
    crash = judgement.failure_kind in ("crash", "timeout")
    wrong_and_sure = not judgement.right and judgement.confidence is not None
    return (0 if crash else 1 if wrong_and_sure else 2, -(judgement.confidence or 0.0))
