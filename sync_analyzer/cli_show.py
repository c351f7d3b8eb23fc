"""Shows reports and tables on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich import box
from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table as RichTable
from rich.text import Text

if TYPE_CHECKING:
    from sync_analyzer.export.report.facts import Facts
    from sync_analyzer.export.report.table import Table

COLORS = {"pass": "green", "warn": "yellow", "fail": "red", "none": "magenta"}
_WIDE, _SHORT = 100, 16
MARKS = {"pass": "✓", "warn": "!", "fail": "✗", "none": "?"}


def show_facts(facts: Facts, *, console: Console | None = None) -> None:
    """Print what a report says, tables and sentences."""
    console = console or Console()
    console.print(_verdict(facts))
    tables = (facts.places, facts.segments, facts.edits, facts.uncovered, facts.methods)
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
    """Return a report's table as a terminal so wide shows it; short cells never break."""
    shown = RichTable(title=table.title, box=box.SIMPLE_HEAD, title_justify="left")
    kept = [index for index in range(len(table.columns)) if width >= _WIDE or _says(table, index)]
    for index in kept:
        longest = max(len(row[index]) for row in table.rows)
        shown.add_column(
            table.columns[index],
            justify="right" if index in table.numeric else "left",
            min_width=longest if longest <= _SHORT else None,
        )
    for row in table.rows:
        shown.add_row(*(Text(row[index]) for index in kept))
    if table.note:
        shown.caption = table.note
    return shown


def _says(table: Table, index: int) -> bool:
    """Tell whether a narrow terminal should show this column."""
    name = table.columns[index]
    same_speed = name == "Rate" and all(row[index] == "1" for row in table.rows)
    return not (name == "No." or name.startswith("Samples") or same_speed)
