"""Keeps account of each channel's level and makes its samples usable."""

from __future__ import annotations

import math

from sync_analyzer.media.samples import LARGEST, Channels, energy, made_finite

SILENT_DB = -90.0


class Levels:
    """What was seen in the channels of one programme."""

    def __init__(self) -> None:
        self.samples = 0
        self.nonfinite_samples = 0
        self.clipped_samples = 0
        self._energies: dict[str, float] = {}
        self._counts: dict[str, int] = {}

    def checked(self, channels: Channels, *, names: tuple[str, ...]) -> Channels:
        """Return the channels with every sample finite and within `LARGEST`."""
        usable: Channels = []
        for name, samples in zip(names, channels, strict=True):
            power = energy(samples)
            if not power <= LARGEST**2:
                samples, nonfinite, clipped = made_finite(samples)
                self.nonfinite_samples += nonfinite
                self.clipped_samples += clipped
                power = energy(samples)
            self._energies[name] = self._energies.get(name, 0.0) + power
            self._counts[name] = self._counts.get(name, 0) + len(samples)
            usable.append(samples)
        self.samples += len(channels[0])
        return usable

    def decibels(self) -> dict[str, float | None]:
        """Return each channel's RMS level in dB of full scale; ``None`` for digital silence."""
        return {name: decibels(power, self._counts[name]) for name, power in self._energies.items()}


def decibels(energy_sum: float, count: int) -> float | None:
    """Return the RMS level in dB of full scale, or ``None`` where there is no energy."""
    if not count or energy_sum <= 0:
        return None
    return round(10 * math.log10(energy_sum / count), 1)


def is_silent(level_db: float | None) -> bool:
    """Tell whether the level lies below -90 dB of full scale."""
    return level_db is None or level_db < SILENT_DB
