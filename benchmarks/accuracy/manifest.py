"""The only place that reads a corpus: its manifest, its files, its truth."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from sync_analyzer.timebase import NAMED_RATES


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """One master and dub with what is true about them (``truth`` is the manifest's entry)."""

    set_name: str
    directory: Path
    truth: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Name the pair among all sets of one run."""
        return f"{self.set_name}/{self.truth['id']}"

    @property
    def category(self) -> str:
        """Letter of the category."""
        return str(self.truth["category"])

    @property
    def subcategory(self) -> str:
        """Finer name inside the category."""
        return str(self.truth.get("subcategory") or self.category)

    @property
    def master_path(self) -> str:
        """Where the master lies."""
        return str(self.directory / self.truth["master"])

    @property
    def dub_path(self) -> str:
        """Where the dub lies."""
        return str(self.directory / self.truth["dub"])

    @property
    def is_match(self) -> bool:
        """Whether the two share a programme."""
        return bool(self.truth["match"])

    @property
    def segments(self) -> Sequence[Mapping[str, float]]:
        """True segments, in the master's order; empty for an unrelated pair."""
        return self.truth.get("segments") or ()

    @property
    def rate(self) -> float:
        """Dub seconds per master second."""
        return float(self.truth.get("rate") or 1.0)

    @property
    def named_rate(self) -> str | None:
        """Name of the speed change when it is one of the named ones, else None."""
        for name, fraction in NAMED_RATES.items():
            if abs(self.rate - float(Fraction(fraction))) < 1e-9:
                return name
        return None

    @property
    def uncertainty_seconds(self) -> float:
        """How far the processing itself moved the sound about the stated truth."""
        return float(self.truth.get("truth_uncertainty_s") or 0.0)


def read_jsonl(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a file with one JSON object a line."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def read_pairs(
    directories: Iterable[Path], *, only: Collection[str] = (), ids: Collection[str] = ()
) -> list[Pair]:
    """
    Return the pairs of several corpora, in the manifests' order.

    Args:
        directories: corpora, each with its ``MANIFEST.jsonl``.
        only: categories or subcategories to keep; empty keeps all.
        ids: pair ids to keep; empty keeps all.
    """
    pairs = [
        Pair(set_name=directory.name, directory=directory, truth=entry)
        for directory in (Path(d).resolve() for d in directories)
        for entry in read_jsonl(directory / "MANIFEST.jsonl")
    ]
    return [
        pair
        for pair in pairs
        if (not only or pair.category in only or pair.subcategory in only)
        and (not ids or pair.truth["id"] in ids)
    ]
