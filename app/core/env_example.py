"""Writes ``.env.example`` from the settings, so that it lists every one with its default."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic_core import PydanticUndefined

from app.core.settings import PLACEHOLDER_SECRET_KEY, Settings

SECTION_BY_FIRST: Mapping[str, str] = MappingProxyType(
    {
        "debug": "Application settings",
        "secret_key": "Security",
        "mount_path": "File system",
        "enabled_methods": "Analysis settings",
        "max_concurrent_jobs": "Jobs",
        "ai_model_cache_dir": "AI settings",
        "log_level": "Logging",
        "enable_rate_limiting": "Rate limiting",
        "enable_caching": "Caching",
    }
)
HEAD = """\
# Every setting of the service, with its default. Copy this file to .env and change what you
# need; variables of the environment win over this file. Unknown names stop the start.
# Written by `python -m app env-example`; do not edit by hand.
"""


def env_example() -> str:
    """Return the whole file."""
    lines = [HEAD]
    for name, field in Settings.model_fields.items():
        if name in SECTION_BY_FIRST:
            lines.append(f"\n# {SECTION_BY_FIRST[name]}\n")
        lines += [f"# {line}\n" for line in textwrap.wrap(field.description or "", 90)]
        lines.append(_line(name, field.default) + "\n")
    return "".join(lines)


def _line(name: str, default: Any) -> str:
    if default is None or default is PydanticUndefined:
        shown = PLACEHOLDER_SECRET_KEY if name == "secret_key" else ""
        return f"# {name.upper()}={shown}"
    return f"{name.upper()}={written(default)}"


def written(value: Any) -> str:
    """Return a value as it is written in ``.env``."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return json.dumps(list(value))
    if isinstance(value, Path) and not value.is_absolute():
        return f"./{value}"
    return str(value)
