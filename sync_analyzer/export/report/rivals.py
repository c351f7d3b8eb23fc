"""The only place that ranks the answer of a correlation against its rivals in words."""

from __future__ import annotations

from sync_analyzer.export.report.correlation import curve_of, summits
from sync_analyzer.export.report.facts import amount
from sync_analyzer.export.report.table import Table
from sync_analyzer.report import SyncReport


def rivals_table(report: SyncReport) -> Table | None:
    """Return the scores of the answer, of other segments and of rivals, beside the answer's."""
    curve = curve_of(report)
    if curve is None:
        return None
    rows: list[tuple[str, ...]] = []
    best, number = 0.0, 0
    for summit in summits(report, curve):
        name = {"answer": "answer", "segment": "another segment"}.get(summit.kind)
        if summit.kind == "answer":
            best = summit.score
        if name is None:
            number += 1
            name = f"{'rival' if best > 0 else 'highest'} {number}"
        share = f"{100 * summit.score / best:.0f} %" if best > 0 else ""
        rows.append((name, amount(summit.offset_seconds), f"{summit.score:.2f}", share))
    table = Table(
        title="Answer and rivals",
        columns=("", "Dub is", "Score", "Of the answer"),
        rows=tuple(rows),
        numeric=frozenset({1, 2, 3}),
    )
    return table if best > 0 else table.without(3)
