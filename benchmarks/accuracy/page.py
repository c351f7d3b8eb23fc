"""Print one run as tables, and write them into the accuracy page between its markers."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.accuracy import tables
from benchmarks.accuracy.confidence import Reliability
from benchmarks.accuracy.scoring import Judgement


def render(
    judgements: Sequence[Judgement], found: Reliability | None, *, heading: str = "###"
) -> str:
    """Return every table of one run as Markdown."""
    parts = [
        (f"{heading} Offset at master time 0", tables.offsets(judgements, tables.by_category)),
        (f"{heading} The same by kind", tables.offsets(judgements, tables.by_subcategory)),
        (f"{heading} Speed", tables.rates(judgements)),
        (f"{heading} Segments of edited pairs", _segments(judgements)),
    ]
    if found is not None:
        parts.append((f"{heading} Confidence", tables.confidence(found)))
    return "\n\n".join(f"{title}\n\n{body}" for title, body in parts)


def _segments(judgements: Sequence[Judgement]) -> str:
    steps = tables.invented_steps(judgements)
    return (
        tables.segments(judgements)
        + f"\n\nAnswered pairs without edits said to have several segments: {steps}."
    )


def replace_block(page_path: Path, *, name: str, body: str) -> None:
    """
    Put ``body`` between the page's markers ``<!-- name -->`` and ``<!-- /name -->``.

    Raises:
        ValueError: the page has no such markers.
    """
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    text = page_path.read_text(encoding="utf-8")
    before, found_opening, rest = text.partition(opening)
    _, found_closing, after = rest.partition(closing)
    if not (found_opening and found_closing):
        raise ValueError(f"{page_path} has no {opening} … {closing}")
    page_path.write_text(f"{before}{opening}\n{body}\n{closing}{after}", encoding="utf-8")
