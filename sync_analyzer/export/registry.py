"""
Finds exports: a module of this package that binds ``EXPORT`` is one format.

An export writes a `CorrectionPlan` down in the language of another program.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath
from types import MappingProxyType

from sync_analyzer.errors import InvalidOption
from sync_analyzer.export.plan import CorrectionPlan


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One format: its name on the wire, one sentence, and the function that writes it."""

    name: str
    summary: str
    media_type: str
    suffix: str
    render: Callable[[CorrectionPlan], str]

    def file_name(self, plan: CorrectionPlan) -> str:
        """Return a good name for the written file."""
        return f"{PurePath(plan.dub_file).stem}_synced{self.suffix}"


@cache
def exports() -> Mapping[str, Export]:
    """Return every format by its wire name."""
    package_name = __name__.rpartition(".")[0]
    package = importlib.import_module(package_name)
    found: dict[str, Export] = {}
    for module_info in pkgutil.iter_modules(package.__path__):
        if module_info.ispkg:
            continue
        module = importlib.import_module(f"{package_name}.{module_info.name}")
        bound = getattr(module, "EXPORT", None)
        if isinstance(bound, Export):
            found[bound.name] = bound
    return MappingProxyType(dict(sorted(found.items())))


def export(name: str) -> Export:
    """
    Return one format.

    Raises:
        InvalidOption: no export has this name.
    """
    try:
        return exports()[name]
    except KeyError:
        raise InvalidOption(
            "format", value=name, expected=f"one of {', '.join(exports())}"
        ) from None
