"""Which methods and models requests may name, and what the operator left switched on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.services.errors import MethodDisabled
from sync_analyzer import registry, tolerance
from sync_analyzer.ai import catalogue as ai
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.errors import UnknownDetector

AI_METHOD = "ai"
"""The value of ``methods`` that stands for the model named by ``ai_model``."""


def method_names() -> tuple[str, ...]:
    """Return every value of ``methods``; the first call imports the detectors."""
    return (*registry.methods(), AI_METHOD)


def ai_model_names() -> tuple[str, ...]:
    """Return every value of ``ai_model``; imports no model."""
    return tuple(sorted(ai.CARDS))


def tolerance_profile_names() -> tuple[str, ...]:
    """Return every value of ``tolerance_profile``."""
    return tuple(tolerance.PROFILES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """What this installation offers."""

    enabled_methods: tuple[str, ...]
    enabled_ai_models: tuple[str, ...]
    ai_config: AiConfig

    def default_methods(self) -> tuple[str, ...]:
        """Return the classical methods that are switched on."""
        return tuple(name for name in registry.methods() if name in self.enabled_methods)

    def default_ai_model(self) -> str:
        """Return the shipped model, or the first one that is switched on."""
        if "spectral" in self.enabled_ai_models or not self.enabled_ai_models:
            return "spectral"
        return self.enabled_ai_models[0]

    def check_methods(self, methods: Sequence[str]) -> None:
        """
        Pass methods that exist and are switched on.

        Raises:
            UnknownDetector: one does not exist.
            MethodDisabled: one is not in ENABLED_METHODS.
        """
        known = method_names()
        for name in methods:
            if name not in known:
                raise UnknownDetector(name, known=known)
            if name not in self.enabled_methods:
                raise MethodDisabled(name, setting="ENABLED_METHODS", enabled=self.enabled_methods)

    def check_ai_model(self, name: str) -> None:
        """
        Pass a model that exists and is switched on.

        Raises:
            UnknownDetector: it does not exist.
            MethodDisabled: it is not in ENABLED_AI_MODELS.
        """
        if name not in ai_model_names():
            raise UnknownDetector(name, known=ai_model_names())
        if name not in self.enabled_ai_models:
            raise MethodDisabled(name, setting="ENABLED_AI_MODELS", enabled=self.enabled_ai_models)

    def check_provided(self, name: str) -> None:
        """
        Pass a model whose packages and weights are here.

        Raises:
            DetectorUnavailable: with the command that provides them.
        """
        if not self.ai_config.download:
            ai.provided(name, self.ai_config)
