"""Finds reports: a module of this package that binds ``REPORT`` is one format."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePath
from types import MappingProxyType

from sync_analyzer.errors import InvalidOption
from sync_analyzer.export.report.material import Material, gather
from sync_analyzer.report import SyncReport
from sync_analyzer.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One format: its name on the wire, one sentence, and the function that writes it."""

    name: str
    summary: str
    media_type: str
    suffix: str
    render: Callable[[Material], bytes]
    with_sound: bool = True

    def file_name(self, report: SyncReport) -> str:
        """Return a good name for the written file."""
        return f"{PurePath(report.dub_file).stem}_sync_report{self.suffix}"


@cache
def report_formats() -> Mapping[str, Report]:
    """Return every format by its wire name."""
    package_name = __name__.rpartition(".")[0]
    package = importlib.import_module(package_name)
    found: dict[str, Report] = {}
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package_name}.{module_info.name}")
        bound = getattr(module, "REPORT", None)
        if isinstance(bound, Report):
            found[bound.name] = bound
    return MappingProxyType(dict(sorted(found.items())))


def report_format(name: str) -> Report:
    """
    Return one format.

    Raises:
        InvalidOption: no report has this name.
    """
    try:
        return report_formats()[name]
    except KeyError:
        raise InvalidOption(
            "format", value=name, expected=f"one of {', '.join(report_formats())}"
        ) from None


def render_report(
    report: SyncReport,
    *,
    format_name: str,
    frame_rate: str | None = None,
    cache_dir: Path | None = None,
    files: Mapping[str, str] | None = None,
    run: Run | None = None,
) -> bytes:
    """
    Return a finished report as a file of one format; arguments as `material.gather`.

    Raises:
        InvalidOption: no such format or frame rate.
        AnalysisCancelled: the run was cancelled.
    """
    chosen = report_format(format_name)
    material = gather(
        report,
        with_sound=chosen.with_sound,
        frame_rate=frame_rate,
        cache_dir=cache_dir,
        files=files,
        run=run,
    )
    return chosen.render(material)
