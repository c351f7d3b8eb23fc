"""The only place that reads short stretches of both files as a report compares them."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.export.plan import CorrectionPlan
from sync_analyzer.export.report.spectrogram import RATE_HZ
from sync_analyzer.media.excerpt import read_mono
from sync_analyzer.media.track import Media

Samples = NDArray[np.float32]


def mono(media: Media, *, start_seconds: float, length_seconds: float) -> Samples:
    """Return a stretch of a file as it is, mono at `RATE_HZ`; silence where it has ended."""
    samples = read_mono(media, start_seconds=start_seconds, duration_seconds=length_seconds)
    wanted = round(length_seconds * RATE_HZ)
    found: Samples = soxr.resample(samples, media.sample_rate_hz, RATE_HZ)[:wanted]
    return np.pad(found, (0, wanted - len(found))).astype(np.float32)


def corrected(
    plan: CorrectionPlan, dub: Media, *, start_seconds: float, length_seconds: float
) -> Samples:
    """
    Return a stretch of the dub as it sounds once corrected: pieces moved, speed undone.

    A speed change is undone by resampling here even where the repair keeps the pitch: this
    is a picture of when things happen.
    """
    out = np.zeros(round(length_seconds * RATE_HZ), np.float32)
    end = start_seconds + length_seconds
    for piece in plan.sounding:
        first = max(start_seconds, float(piece.master_start_seconds))
        last = min(end, float(piece.master_end_seconds))
        dub_first = plan.dub_seconds_at(first)
        if last <= first or dub_first is None:
            continue
        rate = float(piece.rate)
        taken = read_mono(dub, start_seconds=dub_first, duration_seconds=rate * (last - first))
        heard = soxr.resample(taken, dub.sample_rate_hz * rate, RATE_HZ)
        at = round((first - start_seconds) * RATE_HZ)
        heard = heard[: len(out) - at]
        out[at : at + len(heard)] = heard
    return out
