"""A titled table of strings, as every report format shows it."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """``numeric`` holds the indices of right-aligned columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    note: str = ""

    def without(self, column: int) -> Table:
        """Return the table without one column."""
        return replace(
            self,
            columns=self.columns[:column] + self.columns[column + 1 :],
            rows=tuple(row[:column] + row[column + 1 :] for row in self.rows),
            numeric=frozenset(i - (i > column) for i in self.numeric if i != column),
        )
