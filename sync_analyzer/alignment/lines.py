"""A line through the two files, measured on the waveform: locking on it, and its evidence."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from sync_analyzer.derived import Derived
from sync_analyzer.dsp.half import Samples
from sync_analyzer.dsp.lagmap import Geometry, lag_map
from sync_analyzer.dsp.level import loudness_mask
from sync_analyzer.dsp.peaks import band_limited_peak
from sync_analyzer.dsp.tree import Ridge, best_ridge
from sync_analyzer.evidence import Line
from sync_analyzer.media.track import Track

T = TypeVar("T")

FRAME_SECONDS = 1.024
LONG_SECONDS = 360.0
"""Longer programmes hold evidence enough without overlapping frames."""
VERY_LONG_SECONDS = 480.0
"""Still longer ones are sampled: one frame, then as long without."""
WIDE_LAG_SECONDS = 0.128
NARROW_LAG_SECONDS = 0.016
SECTION_FRAMES = 128
LOCK_SCORE = 8.5
"""Score from which a ridge is no accident of the lags and slopes that were tried."""
CLEAR_SCORE = 40.0
"""Score from which steeper slopes need not be tried."""
PITCH_KEPT_BLUR_SECONDS = 0.02
NEAR_SAMPLES = 40
MIN_HALF_ROWS = 8
CLEAR_HALF_SCORE = 5.5
"""Height from which the peak of half a ridge says where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The views two tracks share, at one rate, and how long both last."""

    names: tuple[str, ...]
    master: tuple[Samples, ...]
    dub: tuple[Samples, ...]
    sample_rate_hz: int
    master_seconds: float
    dub_seconds: float
    confirmed: list[Locked] = field(default_factory=list)
    """Lines the waveform confirmed so far, whoever proposed them."""
    _derived: Derived = field(default_factory=Derived)

    def geometry(self, *, max_lag_seconds: float) -> Geometry:
        """Return the frame grid with room for delays up to ``max_lag_seconds``."""
        frame = int(2 ** round(np.log2(FRAME_SECONDS * self.sample_rate_hz)))
        seconds = max(self.master_seconds, self.dub_seconds)
        hop = frame // 2
        if seconds > LONG_SECONDS:
            hop = 2 * frame if seconds > VERY_LONG_SECONDS else frame
        return Geometry(
            sample_rate_hz=self.sample_rate_hz,
            frame_samples=frame,
            hop_samples=hop,
            max_lag_samples=round(max_lag_seconds * self.sample_rate_hz),
        )

    @property
    def hop_seconds(self) -> float:
        """Distance between frames."""
        return self.geometry(max_lag_seconds=0.0).hop_samples / self.sample_rate_hz

    def loud(self, which: str) -> NDArray[np.bool_]:
        """Return for each hop of ``master`` or ``dub`` whether it holds sound."""
        samples = self.master[0] if which == "master" else self.dub[0]
        hop = self.geometry(max_lag_seconds=0.0).hop_samples
        return self.derive(which, lambda: loudness_mask(samples, hop_samples=hop))

    def derive(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return ``make()``, computed once per pair and key."""
        return self._derived.get(key, make)

    def frames_of(self, line: Line) -> NDArray[np.int64]:
        """Return the frames whose centres the line finds inside both files."""
        hop = self.hop_seconds
        first = max(0.0, line.offset_seconds / line.rate)
        last = min(self.master_seconds, (self.dub_seconds + line.offset_seconds) / line.rate)
        return np.arange(
            max(0, int(np.ceil(first / hop - 0.5))), max(0, int(np.floor(last / hop - 0.5))) + 1
        )


def pair_of(master: Track, dub: Track) -> Pair:
    """Return the views both tracks have, ``mid`` first; one pair per two tracks."""
    return dub.derive(("pair", id(master)), lambda: _pair(master, dub))


def _pair(master: Track, dub: Track) -> Pair:
    names = tuple(
        name for name in ("mid", "side", "surround") if name in master.views and name in dub.views
    )
    return Pair(
        names=names,
        master=tuple(master.views[name].samples for name in names),
        dub=tuple(dub.views[name].samples for name in names),
        sample_rate_hz=master.views["mid"].sample_rate_hz,
        master_seconds=master.duration_seconds,
        dub_seconds=dub.duration_seconds,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """
    A line that the waveform confirms.

    ``polarity`` has one sign per view (0: the view was of no help). ``score`` is the
    ridge's, ``rows`` the combined map around the line, shape ``(n_frames, n_lags)``, and
    ``view_z`` each view's value on the line, shape ``(n_views, n_frames)``.
    """

    line: Line
    polarity: tuple[int, ...]
    score: float
    frames: NDArray[np.int64]
    rows: NDArray[np.float32]
    view_z: NDArray[np.float32]


def lock(
    pair: Pair,
    line: Line,
    *,
    frames: NDArray[np.int64],
    wanted: NDArray[np.bool_] | None = None,
    steep: bool = False,
    max_lag_seconds: float = WIDE_LAG_SECONDS,
) -> tuple[Line, tuple[int, ...], float] | None:
    """
    Return the line as the waveform has it nearby, with polarities and score.

    Args:
        pair: the two files.
        line: where to begin.
        frames: where to look, evenly spaced; the ridge may be absent from some of them.
        wanted: which of the frames to look at; all where it is left out.
        max_lag_seconds: how far from the line to look.
        steep: try slopes up to +-1200 ppm instead of +-500 ppm.

    Returns:
        None where no ridge stands out.
    """
    geometry = pair.geometry(max_lag_seconds=max_lag_seconds)
    if wanted is None or wanted.all():
        rows = _map(pair, line, frames, geometry)
        thinning = 1.0
    else:
        width = 2 * geometry.max_lag_samples + 1
        rows = np.zeros((len(pair.names), len(frames), width), np.float32)
        rows[:, wanted] = _map(pair, line, frames[wanted], geometry)
        thinning = float(np.sqrt(len(frames) / wanted.sum()))
    base_slopes: tuple[int, ...] = (0, -1, 1, -2, 2, -3, 3, -4, 4) if steep else (0, -1, 1)
    if line.pitch_kept:
        base_slopes = (0,)
    ridges = [best_ridge(view, base_slopes=base_slopes[:1]) for view in rows]
    if max(abs(ridge.score) for ridge in ridges) < CLEAR_SCORE and len(base_slopes) > 1:
        ridges = [best_ridge(view, base_slopes=base_slopes) for view in rows]
    best = int(np.argmax([abs(ridge.score) for ridge in ridges]))
    ridge = ridges[best]
    score = abs(ridge.score) * thinning
    if score < LOCK_SCORE:
        return None
    polarity = [0] * len(rows)
    for view, _ in enumerate(rows):
        along = _along(rows[view], ridge).sum() / np.sqrt(len(frames))
        if view == best or abs(along) > 4.0:
            polarity[view] = 1 if along >= 0 else -1
    if not line.pitch_kept:
        ridge = _settled(rows[best], ridge)
    return _moved(line, ridge, geometry, frames), tuple(polarity), score


def measure(
    pair: Pair, line: Line, *, polarity: Sequence[int], score: float, frames: NDArray[np.int64]
) -> Locked:
    """Return the evidence of every frame along a locked line."""
    narrow = NARROW_LAG_SECONDS * (4 if line.pitch_kept else 1)
    geometry = pair.geometry(max_lag_seconds=narrow)
    rows = _map(pair, line, frames, geometry)
    signs = np.asarray(polarity, np.float32)
    signed = rows * np.where(signs == 0, 1.0, signs)[:, None, None].astype(np.float32)
    middle = geometry.max_lag_samples
    view_z = signed[:, :, middle]
    weight = np.maximum(view_z.mean(axis=1), 0.0) + 1e-3
    weight = weight * (signs != 0)
    combined = np.tensordot(weight / np.sqrt(np.sum(weight**2)), signed, axes=(0, 0))
    return Locked(
        line=line,
        polarity=tuple(polarity),
        score=score,
        frames=frames,
        rows=combined.astype(np.float32),
        view_z=view_z,
    )


def _map(
    pair: Pair, line: Line, frames: NDArray[np.int64], geometry: Geometry
) -> NDArray[np.float32]:
    rows = lag_map(
        pair.master,
        pair.dub,
        geometry=geometry,
        frames=frames,
        rate=line.rate,
        offset_seconds=line.offset_seconds,
        pitch_kept=line.pitch_kept,
    )
    if line.pitch_kept:
        return _blurred(rows, round(PITCH_KEPT_BLUR_SECONDS * geometry.sample_rate_hz))
    np.clip(rows, -20.0, 30.0, out=rows)
    return rows


def _blurred(rows: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    """Return local energy in units of its own spread: a stretcher's splices move the peak."""
    energy = uniform_filter1d(np.minimum(rows, 12.0) ** 2, samples, axis=2, mode="nearest")
    centre = np.median(energy, axis=2, keepdims=True)
    spread = np.maximum(energy.std(axis=2, keepdims=True), 1e-6)
    return np.asarray((energy - centre) / spread, np.float32)


def _along(rows: NDArray[np.float32], ridge: Ridge) -> NDArray[np.float32]:
    columns = rows.shape[1] // 2 + np.round(
        ridge.lag_samples + ridge.slope * np.arange(len(rows))
    ).astype(np.int64)
    inside = (columns >= 0) & (columns < rows.shape[1])
    along = rows[np.flatnonzero(inside), columns[inside]]
    return np.asarray(along, np.float32)


def _settled(rows: NDArray[np.float32], ridge: Ridge) -> Ridge:
    """
    Return the ridge as it lies between the lags and slopes that were tried.

    Half a sample beside a whitened peak a third of its height is gone: lines that fit
    equally well must not differ by where their peaks fall between the samples.
    """
    columns = rows.shape[1] // 2 + np.round(
        ridge.lag_samples + ridge.slope * np.arange(len(rows))
    ).astype(np.int64)
    inside = np.flatnonzero((columns >= NEAR_SAMPLES) & (columns < rows.shape[1] - NEAR_SAMPLES))
    if len(inside) == 0:
        return ridge
    near = columns[inside, None] + np.arange(-NEAR_SAMPLES, NEAR_SAMPLES + 1)
    curves = np.sign(ridge.score) * rows[inside[:, None], near]
    # What rounding the columns took away from each row, and what is measured on top.
    rounded = columns[inside] - rows.shape[1] // 2 - ridge.slope * inside
    halves = [np.arange(len(inside))]
    if len(inside) >= 2 * MIN_HALF_ROWS:
        halves = np.array_split(halves[0], 2)
    found = []
    for half in halves:
        shift, height = band_limited_peak(curves[half].sum(axis=0) / np.sqrt(len(half)))
        if abs(shift) > 1.5 or height < CLEAR_HALF_SCORE:
            return ridge
        found.append((float(inside[half].mean()), float(rounded[half].mean()) + shift))
    if len(found) == 1:
        return replace(ridge, lag_samples=found[0][1])
    (first, lag), (second, later) = found
    growth = (later - lag) / (second - first)
    return replace(ridge, lag_samples=lag - growth * first, slope=ridge.slope + growth)


def _moved(line: Line, ridge: Ridge, geometry: Geometry, frames: NDArray[np.int64]) -> Line:
    """Return the line corrected by a ridge whose rows are ``frames``."""
    step_samples = geometry.hop_samples * (frames[-1] - frames[0]) / max(len(frames) - 1, 1)
    growth = ridge.slope / step_samples if step_samples else 0.0
    start = float(geometry.centre_seconds(frames[:1])[0])
    delay = ridge.lag_samples / geometry.sample_rate_hz - growth * start
    return delayed(line, delay_seconds=delay, growth=growth)


def delayed(line: Line, *, delay_seconds: float, growth: float = 0.0) -> Line:
    """
    Return the line whose dub runs later by ``delay_seconds + growth * master_time``.

    Delays are in the map's own time: the dub's for a pitch-kept line, else the master's.
    """
    scale = 1.0 if line.pitch_kept else line.rate
    return replace(
        line,
        rate=line.rate + scale * growth,
        offset_seconds=line.offset_seconds - scale * delay_seconds,
    )
