"""From a track to its sequence of embeddings, window by window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.ai.batching import Batcher
from sync_analyzer.ai.encoder import Array, Encoder
from sync_analyzer.media.track import Waveform

SILENCE_DB = -75.0
"""A frame this far below the loud parts of its file says nothing."""
LEAST_RMS = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Embeddings:
    """
    Embeddings of one file, one per ``step_seconds``.

    ``frames`` has shape ``(n_frames, n_dimensions)``; ``heard`` marks the frames that were
    embedded and are not silent; the others are zero. Frame ``i`` is centred on second
    ``(i + 1/2) * step_seconds``. ``windows`` counts how often the network ran.
    """

    frames: Array
    heard: NDArray[np.bool_]
    step_seconds: float
    windows: int
    embedded: int
    """Frames that were embedded, silent ones included."""

    @property
    def times_seconds(self) -> NDArray[np.float64]:
        """Centres of the frames."""
        return np.asarray((np.arange(len(self.frames)) + 0.5) * self.step_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Read ``frames`` from ``read_frame`` on; keep ``[keep_frame, stop_frame)`` of the file."""

    read_frame: int
    frames: int
    keep_frame: int
    stop_frame: int


def plan_windows(
    spans: Sequence[tuple[int, int]],
    *,
    window_frames: int,
    margin_frames: int,
    block_frames: int,
    salt: int,
) -> list[Window]:
    """
    Return windows that cover the spans, with their margins thrown away.

    A window is as long as what it keeps needs, a whole number of blocks up to
    ``window_frames``, which are whole blocks too.

    What a network adds by position inside a window would repeat at the window step, and
    two files on one grid would agree on it at lag 0. So the steps are irregular, drawn
    from ``salt``, which differs between master and dub. The spans are ascending
    ``[first, stop)`` frames of the file.
    """
    rng = np.random.default_rng(salt)
    longest = window_frames - 2 * margin_frames
    windows = []
    for first, stop in spans:
        at = first
        while at < stop:
            kept = min(stop - at, round(longest * rng.uniform(0.8, 1.0)))
            blocks = -(-(kept + 3 * margin_frames) // block_frames)
            length = min(window_frames, blocks * block_frames)
            lead = int(rng.integers(margin_frames, length - kept - margin_frames + 1))
            windows.append(
                Window(
                    read_frame=at - lead,
                    frames=length,
                    keep_frame=at,
                    stop_frame=at + kept,
                )
            )
            at += kept
    return windows


def loudness(wave: Waveform) -> float:
    """Return the RMS of the louder half of the file's seconds, 0 for silence."""
    second = wave.sample_rate_hz
    powers = [
        float(np.mean(np.square(wave.read(start, min(start + second, len(wave.samples))))))
        for start in range(0, len(wave.samples), second)
    ]
    if not powers:
        return 0.0
    loud = np.sort(powers)[len(powers) // 2 :]
    return float(np.sqrt(np.mean(loud)))


def embed(
    wave: Waveform,
    encoder: Encoder,
    *,
    batch_size: int,
    spans_seconds: Sequence[tuple[float, float]] | None,
    salt: int,
    model: str,
    before_window: Callable[[int, int], None],
) -> Embeddings:
    """
    Return the embeddings of the whole file or of some spans of it, ascending and apart.

    Windows computed together are equally long, one alone only as long as it must be.
    ``salt`` differs between files that are compared with each other. ``before_window`` is
    called with the number (from 1) and count of windows; it may raise to stop. ``model``
    is the name errors give.
    """
    step_seconds = encoder.step_samples / encoder.sample_rate_hz
    total = int(wave.duration_seconds / step_seconds)
    spans = [
        (max(0, int(first / step_seconds)), min(total, int(np.ceil(stop / step_seconds))))
        for first, stop in (spans_seconds or [(0.0, wave.duration_seconds)])
    ]
    windows = _windows_for(encoder, spans, alone=batch_size == 1, salt=salt)
    frames = np.zeros((total, encoder.dimensions), np.float32)
    heard = np.zeros(total, np.bool_)
    level = loudness(wave)
    if level < LEAST_RMS:
        windows = []
    batcher = Batcher(encoder.encode, batch_size=batch_size, model=model)
    done = 0
    while done < len(windows):
        group = windows[done : done + batcher.batch_size]
        for number in range(done, done + len(group)):
            before_window(number + 1, len(windows))
        samples = [_read(wave, encoder, window) / level for window in group]
        for window, read, found in zip(group, samples, batcher.run(samples), strict=True):
            kept = slice(
                window.keep_frame - window.read_frame, window.stop_frame - window.read_frame
            )
            loud = _loud_frames(read, step_samples=encoder.step_samples)[kept]
            heard[window.keep_frame : window.stop_frame] = loud
            frames[window.keep_frame : window.stop_frame] = found[kept] * loud[:, None]
        done += len(group)
    return Embeddings(
        frames=frames,
        heard=heard,
        step_seconds=step_seconds,
        windows=len(windows),
        embedded=sum(window.stop_frame - window.keep_frame for window in windows),
    )


def _windows_for(
    encoder: Encoder, spans: Sequence[tuple[int, int]], *, alone: bool, salt: int
) -> list[Window]:
    window_frames = round(encoder.window_seconds * encoder.sample_rate_hz) // encoder.step_samples
    return plan_windows(
        spans,
        window_frames=window_frames,
        margin_frames=round(encoder.margin_seconds * encoder.sample_rate_hz / encoder.step_samples),
        block_frames=encoder.block_samples // encoder.step_samples if alone else window_frames,
        salt=salt,
    )


def _read(wave: Waveform, encoder: Encoder, window: Window) -> Array:
    """Return one window at the encoder's rate, silence outside the file."""
    step = encoder.step_samples / encoder.sample_rate_hz * wave.sample_rate_hz
    start = round(window.read_frame * step)
    samples = wave.read(start, start + round(window.frames * step))
    if wave.sample_rate_hz != encoder.sample_rate_hz:
        samples = soxr.resample(samples, wave.sample_rate_hz, encoder.sample_rate_hz)
    wanted = window.frames * encoder.step_samples
    return np.asarray(np.pad(samples, (0, max(0, wanted - len(samples))))[:wanted], np.float32)


def _loud_frames(samples: Array, *, step_samples: int) -> NDArray[np.bool_]:
    """Tell which frames of a window at RMS 1 are not silence."""
    count = len(samples) // step_samples
    power = np.mean(np.square(samples[: count * step_samples].reshape(count, -1)), axis=1)
    return np.asarray(power > 10.0 ** (SILENCE_DB / 10.0), np.bool_)
