"""Turn judgements into the tables of the accuracy page, as Markdown."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from benchmarks.accuracy.confidence import Reliability
from benchmarks.accuracy.scoring import Judgement
from benchmarks.accuracy.segment_scoring import TOLERANCES_SECONDS as SEGMENT_TOLERANCES

TOLERANCES_SECONDS = (0.001, 0.005, 0.020, 0.040, 0.100)

CATEGORY_WORDS = {
    "a": "a identical",
    "b": "b re-encoded",
    "c": "c dubs",
    "d": "d sparse beds",
    "e": "e rooms, noise, clipping",
    "f": "f speed",
    "g": "g edits",
    "h": "h excerpts, overlap",
    "i": "i unrelated",
    "j": "j loops",
    "k": "k containers",
    "l": "l malformed",
    "m": "m combinations",
    "n": "n long programmes",
}

Row = Sequence[str]


def markdown(header: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table; the first column is left, the others right aligned."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def grouped(
    judgements: Sequence[Judgement], name: Callable[[Judgement], str]
) -> dict[str, list[Judgement]]:
    """Return the judgements by name, in alphabetical order."""
    groups: dict[str, list[Judgement]] = defaultdict(list)
    for judgement in judgements:
        groups[name(judgement)].append(judgement)
    return dict(sorted(groups.items()))


def by_category(judgement: Judgement) -> str:
    """Name the row of a table by category."""
    return CATEGORY_WORDS.get(judgement.pair.category, judgement.pair.category)


def by_subcategory(judgement: Judgement) -> str:
    """Name the row of a table by subcategory."""
    return judgement.pair.subcategory


def _share(count: int, total: int) -> str:
    return "-" if not total else f"{count}/{total}"


def _milliseconds(seconds: float | None) -> str:
    if seconds is None or not math.isfinite(seconds):
        return "-"
    value = seconds * 1e3
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if len(values) else None


def offsets(judgements: Sequence[Judgement], name: Callable[[Judgement], str]) -> str:
    """Return success at each tolerance, the errors of what was answered, and the refusals."""
    header = [
        "", "pairs", *(f"≤ {t * 1e3:g} ms" for t in TOLERANCES_SECONDS),
        "median ms", "worst ms", "no answer", "false match", "crash",
    ]  # fmt: skip
    groups = {**grouped(judgements, name), "**all**": list(judgements)}
    return markdown(header, [[label, *_offset_row(group)] for label, group in groups.items()])


def _offset_row(group: Sequence[Judgement]) -> list[str]:
    true = [j for j in group if j.pair.is_match]
    unrelated = [j for j in group if not j.pair.is_match]
    errors = [j.error_seconds for j in true if j.error_seconds is not None]
    return [
        str(len(group)),
        *(_share(sum(j.within(t) for j in true), len(true)) for t in TOLERANCES_SECONDS),
        _milliseconds(_median(errors)),
        _milliseconds(max(errors, default=None)),
        _share(sum(j.missed for j in true), len(true)),
        _share(sum(j.false_match for j in unrelated), len(unrelated)),
        str(sum(j.failure_kind in ("crash", "timeout") for j in group)),
    ]


def rates(judgements: Sequence[Judgement]) -> str:
    """Return the errors of the rate and the right names, by subcategory, of answered pairs."""
    header = ["", "answered", "median ppm", "worst ppm", "named right", "mode right"]
    rows = []
    answered = [j for j in judgements if j.rate_error_ppm is not None]
    moved = [j for j in answered if j.pair.rate != 1.0]
    groups = {
        **grouped(moved, by_subcategory),
        "every other pair": [j for j in answered if j.pair.rate == 1.0],
    }
    for label, group in groups.items():
        ppm = [j.rate_error_ppm or 0.0 for j in group]
        modes = [j.mode_right for j in group if j.mode_right is not None]
        rows.append(
            [
                label,
                str(len(group)),
                "-" if not ppm else f"{np.median(ppm):.2f}",
                "-" if not ppm else f"{max(ppm):.1f}",
                _share(sum(bool(j.named_right) for j in group), len(group)),
                _share(sum(modes), len(modes)),
            ]
        )
    return markdown(header, rows)


def segments(judgements: Sequence[Judgement]) -> str:
    """Return how many segments were found and true, and how near the boundaries lie."""
    marks = [f"{t * 1e3:g} ms" for t in SEGMENT_TOLERANCES]
    header = [
        "", "pairs", *(f"found ≤ {m}" for m in marks), *(f"true ≤ {m}" for m in marks),
        "boundary median ms", "boundary worst ms",
    ]  # fmt: skip
    edited = [j for j in judgements if len(j.pair.segments) > 1]
    groups = {**grouped(edited, by_subcategory), "**all**": edited}
    rows = []
    for label, group in groups.items():
        scores = [j.segments for j in group if j.segments is not None]
        distances = [d for s in scores for d in s.boundary_seconds if math.isfinite(d)]
        expected, reported = sum(s.expected for s in scores), sum(s.reported for s in scores)
        kinds = range(len(marks))
        rows.append(
            [
                label,
                str(len(group)),
                *(_share(sum(s.found[k] for s in scores), expected) for k in kinds),
                *(_share(sum(s.true[k] for s in scores), reported) for k in kinds),
                _milliseconds(_median(distances)),
                _milliseconds(max(distances, default=None)),
            ]
        )
    return markdown(header, rows)


def invented_steps(judgements: Sequence[Judgement]) -> int:
    """Return how many answered pairs without edits were said to have several segments."""
    return sum(
        j.error_seconds is not None
        and len(j.pair.segments) == 1
        and len(j.record.get("segments") or ()) > 1
        for j in judgements
    )


def confidence(found: Reliability) -> str:
    """Return the reliability table and, under it, the four numbers that sum it up."""
    table = markdown(
        ["confidence", "answers", "mean confidence", "right (≤ 20 ms)"],
        [
            [f"{b.low:g} to {b.high:g}", str(b.count), f"{b.mean_confidence:.3f}",
             f"{b.right_fraction:.3f}"]
            for b in found.bins
        ],
    )  # fmt: skip
    return "\n".join(
        [
            table,
            "",
            f"- Expected calibration error: {found.calibration_error:.4f}; "
            f"Brier score: {found.brier:.4f}.",
            f"- Confident and wrong (error above 20 ms at 0.95 or more): "
            f"{found.sure_wrong} of {found.sure}.",
            f"- Right answers at 0.9 or more: {found.right_high} of {found.right}.",
        ]
    )
