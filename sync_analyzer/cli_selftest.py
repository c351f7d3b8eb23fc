"""``sync-analyzer selftest``: known disturbances of the user's own file, and what is recovered."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.cli_files import json_text
from sync_analyzer.cli_options import IN_SYNC, OUT_OF_TOLERANCE
from sync_analyzer.cli_progress import shown_run
from sync_analyzer.errors import AudioTooShort
from sync_analyzer.media.excerpt import read_excerpt
from sync_analyzer.media.probe import probe
from sync_analyzer.options import Options
from sync_analyzer.pipeline import analyze
from sync_analyzer.report import SyncReport
from sync_analyzer.timebase import describe

LIMIT_MS = 1.0
_LEAST_SECONDS = 20.0

Samples = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """
    One known change: ``make`` turns the master ``(n, channels)`` into the dub.

    ``offsets`` holds what has to be found: instants of the master as a share of its length,
    and the offset in seconds there, given its length.
    """

    name: str
    make: Callable[[Samples, int], Samples]
    offsets: Callable[[float], Sequence[tuple[float, float]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one disturbance came to; ``error_ms`` is the worst over its places."""

    name: str
    done: str
    found: str
    error_ms: float | None
    confidence: float
    passed: bool


def run_selftest(
    file: Path, *, seconds: float, start_seconds: float | None, as_json: bool, quiet: bool
) -> int:
    """Disturb, measure, compare and print; return 0 where everything was recovered."""
    media = probe(str(file))
    length = min(seconds, media.duration_seconds)
    if length < _LEAST_SECONDS:
        raise AudioTooShort(str(file), have_seconds=length, need_seconds=_LEAST_SECONDS)
    start = start_seconds if start_seconds is not None else (media.duration_seconds - length) / 2
    samples = read_excerpt(media, start_seconds=start, duration_seconds=length).T[:, :2]
    outcomes = []
    with (
        tempfile.TemporaryDirectory(prefix="sync_analyzer_") as folder,
        shown_run("Self-test", quiet=quiet or as_json) as run,
    ):
        master = _written(Path(folder, "master.wav"), samples, media.sample_rate_hz)
        for index, disturbance in enumerate(DISTURBANCES):
            run.checkpoint(index / len(DISTURBANCES), f"{disturbance.name}: measuring")
            changed = disturbance.make(samples, media.sample_rate_hz)
            dub = _written(Path(folder, "dub.wav"), changed, media.sample_rate_hz)
            report = analyze(str(master), str(dub), options=Options())
            outcomes.append(_outcome(disturbance, report, length_seconds=length))
    _show(outcomes, as_json=as_json)
    return IN_SYNC if all(outcome.passed for outcome in outcomes) else OUT_OF_TOLERANCE


def _written(path: Path, samples: Samples, rate_hz: int) -> Path:
    import soundfile  # noqa: PLC0415

    soundfile.write(path, samples, rate_hz, subtype="FLOAT")
    return path


def _outcome(disturbance: Disturbance, report: SyncReport, *, length_seconds: float) -> Outcome:
    wanted = disturbance.offsets(length_seconds)
    done = ", ".join(dict.fromkeys(describe(offset) for _, offset in wanted))
    found = [_offset_at(report, share * length_seconds) for share, _ in wanted]
    known = [
        float(abs(offset - target)) * 1000
        for offset, (_, target) in zip(found, wanted, strict=True)
        if offset is not None
    ]
    error = max(known) if len(known) == len(wanted) else None
    said = ", ".join(dict.fromkeys("nothing" if o is None else describe(o) for o in found))
    return Outcome(
        name=disturbance.name,
        done=done,
        found=said,
        error_ms=None if error is None else round(error, 4),
        confidence=report.confidence,
        passed=error is not None and error <= LIMIT_MS,
    )


def _offset_at(report: SyncReport, master_seconds: float) -> float | None:
    for segment in report.segments:
        if segment.master_start_seconds <= master_seconds < segment.master_end_seconds:
            into = master_seconds - segment.master_start_seconds
            return segment.offset_seconds + (1.0 - segment.rate) * into
    return None


def _shifted(seconds: float) -> Callable[[Samples, int], Samples]:
    """Return a maker of a dub that is late by so much, early where negative."""

    def make(samples: Samples, rate_hz: int) -> Samples:
        count = round(abs(seconds) * rate_hz)
        if seconds < 0:
            return samples[count:]
        return np.concatenate([np.zeros((count, samples.shape[1]), np.float32), samples])

    return make


def _at_speed(rate: float) -> Callable[[Samples, int], Samples]:
    """Return a maker of a dub that lasts ``rate`` times as long, pitch moved with it."""

    def make(samples: Samples, rate_hz: int) -> Samples:
        changed: Samples = soxr.resample(samples, rate_hz, rate_hz * rate, quality="VHQ")
        return changed

    return make


def _cut(samples: Samples, rate_hz: int) -> Samples:
    at = len(samples) // 2
    return np.concatenate([samples[:at], samples[at + 3 * rate_hz :]])


def _insert(samples: Samples, rate_hz: int) -> Samples:
    at = len(samples) // 2
    own = samples[: 4 * rate_hz][::-1] * np.float32(0.7)
    return np.concatenate([samples[:at], own, samples[at:]])


def _degraded(samples: Samples, rate_hz: int) -> Samples:
    """Half the level, upside down, with noise 20 dB below, 80 ms late."""
    level = float(np.sqrt(np.mean(samples**2)))
    noise = np.random.default_rng(1).standard_normal(samples.shape) * level * 0.1
    return _shifted(0.08)((-0.5 * samples + 0.5 * noise).astype(np.float32), rate_hz)


def _constant(offset_seconds: float) -> Callable[[float], Sequence[tuple[float, float]]]:
    return lambda length: [(0.5, offset_seconds)]


def _sloped(rate: float) -> Callable[[float], Sequence[tuple[float, float]]]:
    return lambda length: [(at, (1.0 - rate) * at * length) for at in (0.25, 0.75)]


DISTURBANCES: Sequence[Disturbance] = (
    Disturbance(name="nothing", make=_shifted(0.0), offsets=_constant(0.0)),
    Disturbance(name="one frame late", make=_shifted(0.04), offsets=_constant(-0.04)),
    Disturbance(name="2.456 s late", make=_shifted(2.456), offsets=_constant(-2.456)),
    Disturbance(name="1.234 s early", make=_shifted(-1.234), offsets=_constant(1.234)),
    Disturbance(name="145 ppm slow", make=_at_speed(1.000145), offsets=_sloped(1.000145)),
    Disturbance(name="PAL speed-up", make=_at_speed(24 / 25), offsets=_sloped(24 / 25)),
    Disturbance(name="3 s cut out", make=_cut, offsets=lambda length: [(0.25, 0.0), (0.8, 3.0)]),
    Disturbance(name="4 s put in", make=_insert, offsets=lambda length: [(0.25, 0.0), (0.8, -4.0)]),
    Disturbance(name="quiet, inverted, noisy", make=_degraded, offsets=_constant(-0.08)),
)


def _show(outcomes: Sequence[Outcome], *, as_json: bool) -> None:
    if as_json:
        print(json_text([asdict(outcome) for outcome in outcomes]))
        return
    from rich import box  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, caption=f"Passed: within {LIMIT_MS:g} ms everywhere")
    for name in ("Disturbance", "Done", "Found", "Error", "Confidence", ""):
        table.add_column(name, justify="right" if name in {"Error", "Confidence"} else "left")
    for one in outcomes:
        error = "-" if one.error_ms is None else f"{one.error_ms:.3f} ms"
        mark = Text("✓", style="green") if one.passed else Text("✗", style="red")
        cells = (one.name, one.done, one.found, error, f"{one.confidence:.1%}")
        table.add_row(*(Text(cell) for cell in cells), mark)
    Console().print(table)
