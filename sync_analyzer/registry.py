"""Finds detectors: a module of `core` or `ai` that binds ``DETECTOR`` is one."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from sync_analyzer.detector import Detector as Detector
from sync_analyzer.errors import UnknownDetector


@cache
def _bound_in(package_name: str) -> Mapping[str, type[Detector]]:
    found: dict[str, type[Detector]] = {}
    package = importlib.import_module(package_name)
    for module_info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package_name}.{module_info.name}")
        detector = getattr(module, "DETECTOR", None)
        if detector is not None:
            found[detector.spec.name] = detector
    return MappingProxyType(dict(sorted(found.items())))


def methods() -> Mapping[str, type[Detector]]:
    """Return the classical detectors by wire name (the values of ``methods``)."""
    return _bound_in("sync_analyzer.core")


def ai_models() -> Mapping[str, type[Detector]]:
    """Return the neural detectors by wire name (the values of ``ai_model``)."""
    return _bound_in("sync_analyzer.ai")


def method(name: str) -> type[Detector]:
    """
    Return one classical detector.

    Raises:
        UnknownDetector: no method has this name.
    """
    return _one(methods(), name)


def ai_model(name: str) -> type[Detector]:
    """
    Return one neural detector.

    Raises:
        UnknownDetector: no AI model has this name.
    """
    return _one(ai_models(), name)


def _one(known: Mapping[str, type[Detector]], name: str) -> type[Detector]:
    try:
        return known[name]
    except KeyError:
        raise UnknownDetector(name, known=tuple(known)) from None
