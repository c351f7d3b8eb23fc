"""Shows reports and tables on the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.measure import Measurement
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text

if TYPE_CHECKING:
    from sync_analyzer.export.report.facts import Facts
    from sync_analyzer.export.report.table import Table

COLORS = {"pass": "green", "warn": "yellow", "fail": "red", "none": "magenta"}
_SHORT = 16
_ANY_WIDTH = 10_000
_FIRST_TO_GO = ("No.", "Samples at", "Master time", "Quality", "Time", "Confidence", "Rate")
"""Columns that a narrow terminal can do without, the most expendable first."""
MARKS = {"pass": "✓", "warn": "!", "fail": "✗", "none": "?"}


def show_facts(facts: Facts, *, console: Console | None = None) -> None:
    """Print what a report says, tables and sentences."""
    console = console or Console()
    console.print(_verdict(facts))
    tables = (
        facts.places,
        facts.tolerance,
        facts.segments,
        facts.edits,
        facts.uncovered,
        facts.methods,
    )
    for table in tables:
        if table is not None and table.rows:
            console.print(rich_table(table, width=console.width))
    for warning in facts.warnings:
        console.print(Text(f"note: {warning}", style="yellow"))


def _verdict(facts: Facts) -> Panel:
    color = COLORS.get(facts.status, "white")
    title = Text(f"{MARKS.get(facts.status, '')} {facts.status_text}", style=f"bold {color}")
    numbers = RichTable.grid(padding=(0, 3))
    for name, value in facts.key_numbers:
        numbers.add_row(Text(name, style="dim"), Text(value, style="bold"))
    body = Group(Text(facts.headline, style="bold"), Text(facts.action), Text(), numbers)
    subtitle = Text(facts.title, style="dim")
    return Panel(body, title=title, subtitle=subtitle, border_style=color, title_align="left")


def rich_table(table: Table, *, width: int = 120) -> RichTable:
    """Return a report's table as a terminal so wide shows it; no number is ever cut."""
    kept = [index for index in range(len(table.columns)) if _says(table, index)]
    for name in (None, *_FIRST_TO_GO):
        kept = [i for i in kept if name is None or not _may_go(table, i, name)]
        shown = _with_columns(table, kept)
        if _least_width(shown) <= width:
            break
    return shown


def _with_columns(table: Table, kept: Sequence[int]) -> RichTable:
    shown = RichTable(title=table.title, box=box.SIMPLE_HEAD, title_justify="left")
    for index in kept:
        longest = max(len(row[index]) for row in table.rows)
        numeric = index in table.numeric
        shown.add_column(
            table.columns[index],
            justify="right" if numeric else "left",
            min_width=longest if numeric or longest <= _SHORT else None,
        )
    for row in table.rows:
        shown.add_row(*(Text(row[index]) for index in kept))
    if table.note:
        shown.caption = table.note
    return shown


def _least_width(table: RichTable) -> int:
    console = Console(width=_ANY_WIDTH)
    return Measurement.get(console, console.options, table).minimum


def _says(table: Table, index: int) -> bool:
    """Tell whether a column holds anything beyond what goes without saying."""
    cells = {row[index] for row in table.rows}
    return cells != {""} and not (table.columns[index] == "Rate" and cells == {"1"})


def _may_go(table: Table, index: int, name: str) -> bool:
    """Tell whether this column is the named one; master time goes only beside its label."""
    labelled = name != "Master time" or "Programme" in table.columns
    return labelled and table.columns[index].startswith(name)
