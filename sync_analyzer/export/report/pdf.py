"""Writes the report as a PDF of A4 pages: charts first, then tables, then where it comes from."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from sync_analyzer.export.report import figures
from sync_analyzer.export.report.material import Material
from sync_analyzer.export.report.registry import Report
from sync_analyzer.export.report.rivals import rivals_table
from sync_analyzer.export.report.table import Table

A4_INCHES = (8.27, 11.69)
_LINE = 0.0148
_ROW = 0.0165
_LEFT, _RIGHT, _BOTTOM, _TOP = 0.07, 0.95, 0.06, 0.95


def render(material: Material) -> bytes:
    """Return the PDF file."""
    import matplotlib as mpl  # noqa: PLC0415
    from matplotlib.backends.backend_pdf import PdfPages  # noqa: PLC0415

    file = io.BytesIO()
    title = f"Sync report: {material.facts.title}"
    style = mpl.rc_context(figures.STYLE)
    with (
        style,
        figures.missing_glyphs_allowed(),
        PdfPages(file, metadata={"Title": title}) as pages,
    ):
        sheets = [_first_page(material), *_sound_pages(material), *_table_pages(material)]
        for number, sheet in enumerate(sheets, start=1):
            _number_page(sheet, material, number=number, count=len(sheets))
            pages.savefig(sheet)
    return file.getvalue()


def _page() -> Any:
    from matplotlib.figure import Figure  # noqa: PLC0415

    return Figure(figsize=A4_INCHES, facecolor="white")


def _number_page(page: Any, material: Material, *, number: int, count: int) -> None:
    page.text(_LEFT, 0.03, material.facts.title, fontsize=6.5, color=figures.SOFT)
    page.text(_RIGHT, 0.03, f"{number} / {count}", fontsize=6.5, color=figures.SOFT, ha="right")


def _first_page(material: Material) -> Any:
    page, facts = _page(), material.facts
    color = figures.STATUS.get(facts.status, figures.INK)
    page.text(_LEFT, _TOP, facts.status_text, color=color, fontsize=11, weight="bold")
    page.text(_LEFT, 0.925, facts.headline, fontsize=17, weight="bold", va="center")
    at = 0.9
    for line in textwrap.wrap(facts.action, 98):
        page.text(_LEFT, at, line, fontsize=9, va="center")
        at -= _LINE
    at -= 0.012
    for index, (name, value) in enumerate(facts.key_numbers):
        x = _LEFT + (index % 3) * (_RIGHT - _LEFT) / 3
        y = at - (index // 3) * 0.037
        page.text(x, y, name, color=figures.SOFT, fontsize=7)
        page.text(x, y - 0.014, value, fontsize=9.5, weight="bold")
    at -= 0.037 * -(-len(facts.key_numbers) // 3) + 0.02
    grid = page.add_gridspec(
        2,
        1,
        left=_LEFT,
        right=_RIGHT,
        top=at,
        bottom=at - 0.37,
        height_ratios=[2.4, 1],
        hspace=0.22,
    )
    figures.offsets(page.add_subplot(grid[0]), page.add_subplot(grid[1]), material)
    top = at - 0.37 - 0.06
    below = page.add_gridspec(1, 1, left=_LEFT, right=_RIGHT, top=top, bottom=top - 0.17)
    figures.correlations(page, below[0], material)
    return page


def _sound_pages(material: Material) -> Iterator[Any]:
    sound = material.sound
    if sound.master_peaks is None and sound.dub_peaks is None:
        return
    page = _page()
    title = "Waveforms and worst places" if sound.worst else "Waveforms"
    page.text(_LEFT, _TOP, title, fontsize=12, weight="bold")
    rows = iter(
        page.add_gridspec(
            3, 1, left=_LEFT, right=_RIGHT, top=0.92, bottom=_BOTTOM + 0.01, hspace=0.26
        )
    )
    if sound.close_up is not None:
        lanes = next(rows).subgridspec(3, 1, hspace=0.5)
        axes = [page.add_subplot(lanes[index]) for index in range(3)]
        figures.close_up(axes, sound.close_up, material)
    _whole_programme(page, next(rows), material)
    if sound.worst:
        _worst_places(page, next(rows), material)
    yield page


def _worst_places(page: Any, cell: Any, material: Material) -> None:
    places = cell.subgridspec(2, 3, hspace=0.08, wspace=0.14)
    for column, place in enumerate(material.sound.worst):
        for row, which in enumerate(("master", "corrected")):
            figures.worst_place(page.add_subplot(places[row, column]), place, material, which=which)


def _whole_programme(page: Any, cell: Any, material: Material) -> None:
    sound = material.sound
    lanes = [("master", sound.master_peaks), ("delivered", sound.dub_peaks)]
    if material.plan is not None:
        lanes.append(("corrected", sound.dub_peaks))
    shown = [(lane, peaks) for lane, peaks in lanes if peaks is not None]
    rows = cell.subgridspec(len(shown), 1, hspace=0.5)
    for index, (lane, peaks) in enumerate(shown):
        axes = page.add_subplot(rows[index])
        figures.programme_wave(axes, peaks, material, lane=lane)
        if index == len(shown) - 1:
            figures.programme_axis(axes, material)
            axes.tick_params(labelbottom=True)


def _table_pages(material: Material) -> Iterator[Any]:
    """Yield pages filled from top to bottom with the tables and notes, broken where full."""
    page, at = _page(), _TOP
    for lines in _blocks(material):
        for index, line in enumerate(lines):
            keep = 4 if index == 0 else 1
            if at - keep * _ROW < _BOTTOM:
                yield page
                page, at = _page(), _TOP
            at -= _ROW * (1.7 if line.heading and at < _TOP else 1.0)
            _write(page, line, at)
        at -= 0.6 * _ROW
    yield page


class _Line:
    """One line of a table page: cells at relative places, or running text."""

    def __init__(
        self, cells: Sequence[tuple[float, str, bool]], *, heading: bool = False, soft: bool = False
    ) -> None:
        self.cells = cells
        self.heading = heading
        self.soft = soft


def _write(page: Any, line: _Line, at: float) -> None:
    for place, text, right in line.cells:
        page.text(
            _LEFT + place * (_RIGHT - _LEFT),
            at,
            text,
            fontsize=10 if line.heading else 7,
            weight="bold" if line.heading else "normal",
            color=figures.SOFT if line.soft else figures.INK,
            ha="right" if right else "left",
        )


def _blocks(material: Material) -> Iterator[list[_Line]]:
    facts = material.facts
    tables = (
        *(facts.places, facts.rates, facts.tolerance, facts.segments, facts.edits),
        *(facts.uncovered, facts.methods, rivals_table(material.report)),
    )
    for table in tables:
        if table is not None and table.rows:
            yield list(_table_lines(table))
    notes = (*facts.recommendations, *facts.warnings, *material.sound.missing)
    if notes:
        yield [_Line([(0.0, "Notes", False)], heading=True), *_running(notes)]
    for table in (facts.files, facts.provenance):
        yield list(_table_lines(table))


def _running(notes: Sequence[str]) -> Iterator[_Line]:
    for note in notes:
        for index, text in enumerate(textwrap.wrap(note, 128)):
            yield _Line([(0.0, "•" if index == 0 else "", False), (0.015, text, False)])


def _table_lines(table: Table) -> Iterator[_Line]:
    yield _Line([(0.0, table.title, False)], heading=True)
    edges = _edges(table)
    if any(table.columns):
        yield _Line(_cells(table, table.columns, edges), soft=True)
    for row in table.rows:
        wrapped = [
            textwrap.wrap(text, max(6, int(145 * (edges[i + 1] - edges[i])) - 1)) or [""]
            for i, text in enumerate(row)
        ]
        for index in range(max(len(parts) for parts in wrapped)):
            texts = [parts[index] if index < len(parts) else "" for parts in wrapped]
            yield _Line(_cells(table, texts, edges))
    if table.note:
        yield _Line([(0.0, table.note, False)], soft=True)


def _edges(table: Table) -> list[float]:
    """Return where columns begin (0..1), by the longest text in each, and the right edge."""
    widths = [
        min(46, max(len(name), *(len(row[i]) for row in table.rows), 4)) + 2
        for i, name in enumerate(table.columns)
    ]
    total = max(sum(widths), 100)
    edges = [0.0]
    for width in widths:
        edges.append(edges[-1] + width / total)
    return edges


def _cells(
    table: Table, texts: Sequence[str], edges: Sequence[float]
) -> list[tuple[float, str, bool]]:
    cells = []
    for i, text in enumerate(texts):
        right = i in table.numeric
        cells.append((edges[i + 1] - 0.015 if right else edges[i], text, right))
    return cells


REPORT = Report(
    name="pdf",
    summary="A4 pages with charts, tables and provenance.",
    media_type="application/pdf",
    suffix=".pdf",
    render=render,
)
