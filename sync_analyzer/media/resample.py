"""Mixes channels to views, resamples them and keeps them as float16."""

from __future__ import annotations

import math
import mmap

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.dsp.half import narrow
from sync_analyzer.media.samples import LARGEST, Channels, energy
from sync_analyzer.media.views import Mix

_SKIP_SECONDS = 2.0
_MARGIN_SAMPLES = 4096


class ViewStore:
    """
    Float16 arrays, one a view, in pages of their own.

    Pages that were never written cost no memory, so silence is free. They are ordinary
    ones: numpy asks for huge pages, which take three times as long to come by on machines
    that hand unused memory back to their host.
    """

    def __init__(self, *, expected_samples: int) -> None:
        self._expected_samples = expected_samples
        self._arrays: dict[str, NDArray[np.float16]] = {}
        self.energies: dict[str, float] = {}

    def write(self, name: str, start: int, samples: NDArray[np.float32]) -> None:
        """Put ``samples`` at index ``start``; they are used up."""
        stop = start + len(samples)
        if name not in self._arrays:
            self._arrays[name] = _silence(self._expected_samples)
            self.energies[name] = 0.0
        array = self._arrays[name]
        if stop > len(array):
            longer = _silence(max(stop, len(array) + len(array) // 4))
            longer[: len(array)] = array
            self._arrays[name] = array = longer
        power = energy(samples)
        if power > LARGEST**2:
            np.clip(samples, -LARGEST, LARGEST, out=samples)
        narrow(samples, array[start:stop])
        self.energies[name] += power

    def finished(self, name: str, *, count: int) -> NDArray[np.float16]:
        """Return the first ``count`` samples of the view and let go of it."""
        array = self._arrays.pop(name)
        if count > len(array):
            return np.concatenate([array, np.zeros(count - len(array), np.float16)])
        return array[:count]


def _silence(count: int) -> NDArray[np.float16]:
    """Return zeros on ordinary pages."""
    return np.frombuffer(mmap.mmap(-1, max(2 * count, mmap.PAGESIZE)), np.float16, count)


class ViewWriter:
    """
    Takes one run of channels at one rate and writes its views from ``start_sample`` on.

    Output sample ``k`` lies at ``start + k / output_rate_hz`` exactly: soxr's streams have
    no delay.
    """

    def __init__(
        self,
        mix: Mix,
        *,
        input_rate_hz: int,
        output_rate_hz: int,
        start_sample: int,
        store: ViewStore,
    ) -> None:
        self._mix = mix
        self._store = store
        self._input_rate_hz = input_rate_hz
        self._output_rate_hz = output_rate_hz
        self._used = np.flatnonzero(np.any(mix.weights != 0, axis=0))
        self._mix_late = len(self._used) <= len(mix.views)
        self._period_samples = input_rate_hz // math.gcd(input_rate_hz, output_rate_hz)
        self._origin = start_sample
        self._written = start_sample
        self._fed = 0
        self._width = len(self._used) if self._mix_late else len(mix.views)
        self._streams = self._new_streams()

    @property
    def end_sample(self) -> int:
        """Where the output ends, known exactly once `finish` was called."""
        return self._written

    def write(self, channels: Channels) -> None:
        """Take the next block of all channels."""
        self._fed += len(channels[0])
        sources = [channels[c] for c in self._used]
        if not self._mix_late:
            sources = _mixed(self._mix.weights[:, self._used], sources)
        self._push(sources, last=False)

    def silence(self, count: int) -> None:
        """Take ``count`` samples of silence in every channel."""
        if count > _SKIP_SECONDS * self._input_rate_hz:
            count -= self._skip(count)
        while count > 0:
            step = min(count, self._input_rate_hz)
            zeros = np.zeros(step, np.float32)
            self._fed += step
            self._push([zeros] * self._width, last=False)
            count -= step

    def finish(self) -> None:
        """Give out the resamplers' tails."""
        empty = np.zeros(0, np.float32)
        self._push([empty] * self._width, last=True)

    def _skip(self, count: int) -> int:
        """Leave out whole periods of a long silence; return how many samples that was."""
        margin = -(self._fed + _MARGIN_SAMPLES) % self._period_samples + _MARGIN_SAMPLES
        periods = (count - margin) // self._period_samples
        if periods <= 0:
            return 0
        self.silence(margin)
        self.finish()
        skipped = periods * self._period_samples
        total = self._fed + skipped
        self._origin += (
            total
            // self._period_samples
            * (self._output_rate_hz * self._period_samples // self._input_rate_hz)
        )
        self._written = self._origin
        self._fed = 0
        self._streams = self._new_streams()
        return margin + skipped

    def _new_streams(self) -> list[soxr.ResampleStream]:
        if self._input_rate_hz == self._output_rate_hz:
            return []
        return [
            soxr.ResampleStream(self._input_rate_hz, self._output_rate_hz, 1, "float32", "HQ")
            for _ in range(self._width)
        ]

    def _push(self, sources: Channels, *, last: bool) -> None:
        if self._streams:
            sources = [
                stream.resample_chunk(source, last=last)
                for stream, source in zip(self._streams, sources, strict=True)
            ]
        if not sources or not len(sources[0]):
            return
        if self._mix_late:
            sources = _mixed(self._mix.weights[:, self._used], sources)
        for name, samples in zip(self._mix.views, sources, strict=True):
            self._store.write(name, self._written, samples)
        self._written += len(sources[0])


def _mixed(weights: NDArray[np.float32], sources: Channels) -> Channels:
    """Return ``weights @ sources``, row by row, in new arrays, without BLAS threads."""
    mixed: Channels = []
    for row in weights:
        parts = [(weight, one) for weight, one in zip(row, sources, strict=True) if weight]
        total = parts[0][1] * parts[0][0]
        for weight, one in parts[1:]:
            total += one * weight
        mixed.append(total)
    return mixed
