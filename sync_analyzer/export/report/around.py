"""The correlation around the answer: the corrected dub against the master, where both sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from sync_analyzer.dsp.features import onset_flux
from sync_analyzer.dsp.mel import log_mel
from sync_analyzer.dsp.phat import phat_correlation
from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.report.excerpts import Samples, corrected, mono
from sync_analyzer.export.report.fit import placed_windows
from sync_analyzer.export.report.spectrogram import RATE_HZ
from sync_analyzer.export.report.svg import Drawing, Scale, round_ticks, tick_text
from sync_analyzer.media.track import Media
from sync_analyzer.report import SyncReport

REACH_SECONDS = 0.025
_PLACES = 8
_PLACE_SECONDS = 3.0
_FLUX_RATE_HZ = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """
    Correlation summed over short places, in standard deviations of its background.

    Of whitened waveforms; where the pitch was kept, of what begins in each band.

    ``distance_seconds`` is the shift still to apply, ascending within `REACH_SECONDS`.
    """

    distance_seconds: NDArray[np.float64]
    score: NDArray[np.float64]
    places: int

    @property
    def highest_seconds(self) -> float:
        """The shift at which the curve is highest."""
        return float(self.distance_seconds[int(self.score.argmax())])

    @property
    def said(self) -> str:
        """What the picture shows, as a sentence."""
        return (
            f"The corrected dub against the master at the {self.places} places of strongest "
            f"evidence; highest {abs(self.highest_seconds) * 1000:.1f} ms from the answer."
        )


def correlation_around(
    report: SyncReport, plan: CorrectionPlan, master: Media, dub: Media
) -> Around | None:
    """
    Return the correlation around the answer, None where no place has evidence.

    Raises:
        MediaError: one of the files cannot be read.
    """
    rate_hz = _FLUX_RATE_HZ if plan.pitch_preserved else RATE_HZ
    correlate = _flux_correlation if plan.pitch_preserved else _waveform_correlation
    places = _places(report, length_seconds=float(plan.master_seconds))
    total = np.zeros(2 * round(_PLACE_SECONDS * rate_hz) - 1)
    for at in places:
        start = max(0.0, at - _PLACE_SECONDS / 2)
        span = {"start_seconds": start, "length_seconds": _PLACE_SECONDS}
        total += correlate(mono(master, **span), corrected(plan, dub, **span))
    spread = float(total.std())
    if not places or spread == 0:
        return None
    middle, reach = len(total) // 2, round(REACH_SECONDS * rate_hz)
    return Around(
        distance_seconds=np.arange(-reach, reach + 1) / rate_hz,
        score=np.abs(total[middle - reach : middle + reach + 1]) / spread,
        places=len(places),
    )


def _waveform_correlation(master: Samples, dub: Samples) -> NDArray[np.float64]:
    curves, _ = phat_correlation([master], [dub], sample_rate_hz=RATE_HZ)
    return np.asarray(curves[0], np.float64)


def _flux_correlation(master: Samples, dub: Samples) -> NDArray[np.float64]:
    """Return the correlation of what begins in which band: a stretcher keeps no waveform."""
    pictures = [
        onset_flux(log_mel(samples, sample_rate_hz=RATE_HZ, hop_samples=RATE_HZ // _FLUX_RATE_HZ))
        for samples in (master, dub)
    ]
    bands = zip(pictures[0].T, pictures[1].T, strict=True)
    return np.asarray(sum(fftconvolve(one, other[::-1]) for one, other in bands), np.float64)


def _places(report: SyncReport, *, length_seconds: float) -> Sequence[float]:
    """Return the instants of strongest evidence that lie apart."""
    apart = max(_PLACE_SECONDS, length_seconds / (2 * _PLACES))
    chosen: list[float] = []
    for one in reversed(placed_windows(report)):
        at = one.window.master_seconds
        if one.residual_seconds is None or any(abs(at - other) < apart for other in chosen):
            continue
        chosen.append(at)
        if len(chosen) == _PLACES:
            break
    return chosen


def draw_around(around: Around, *, width: float, height: float = 190.0) -> str:
    """Return the SVG."""
    drawing = Drawing(width=width, height=height, label="Correlation around the answer")
    x = Scale(
        low=-1000 * REACH_SECONDS, high=1000 * REACH_SECONDS, first_px=66.0, last_px=width - 14.0
    )
    y = Scale(low=0.0, high=1.05 * float(around.score.max()), first_px=height - 40.0, last_px=22.0)
    ticks = round_ticks(x.low, x.high, at_most=8)
    for value in ticks:
        drawing.line((x(value), y.last_px), (x(value), y.first_px), class_="grid")
        place = (x(value), y.first_px + 17)
        drawing.text(place, tick_text(value, ticks), class_="tick", text_anchor="middle")
    levels = round_ticks(y.low, y.high, at_most=4)
    for value in levels:
        drawing.line((x.first_px, y(value)), (x.last_px, y(value)), class_="grid")
        place = (x.first_px - 7, y(value) + 4)
        drawing.text(place, tick_text(value, levels), class_="tick", text_anchor="end")
    drawing.line((x(0.0), y.last_px), (x(0.0), y.first_px), class_="answer")
    points = list(zip(map(x, 1000 * around.distance_seconds), map(y, around.score), strict=True))
    ends = [(x.last_px, y.first_px), (x.first_px, y.first_px)]
    drawing.path([*points, *ends], closed=True, class_="area")
    drawing.path(points, class_="curve")
    said = "corrected dub late ←   distance from the answer (ms)   → early"
    drawing.text((x.last_px, y.first_px + 34), said, class_="axis", text_anchor="end")
    drawing.text((x.first_px, y.last_px - 8), "Score", class_="axis")
    return drawing.markup()
