"""The only place that makes the correlation over offset that people look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy.fft
from numpy.typing import NDArray

from sync_analyzer.dsp.features import Features, retimed, spectral_contrast
from sync_analyzer.dsp.mel import log_mel
from sync_analyzer.evidence import Curve, Evidence
from sync_analyzer.media.track import Track
from sync_analyzer.search import hop_seconds_for

_POINTS = 2000


def shown_curve(
    evidence: Sequence[Evidence], *, master: Track, dub: Track, rate: float
) -> dict[str, Any] | None:
    """
    Return the correlation to show for an answer of this speed, None where there is none.

    The finest method's curve, which compares the files at the same speed. Where the answer's
    speed would smear its peak by more than a frame of the features, a curve with that speed
    undone takes its place.

    Args:
        evidence: of all methods.
        master: the master.
        dub: the dub.
        rate: dub seconds per master second; 1 where there is no answer.

    Returns:
        ``method``, ``rate``, ``offset_seconds`` (at master time 0, ascending) and ``score``.
    """
    curves = [one for one in evidence if one.curve is not None]
    if not curves:
        return None
    finest = min(curves, key=lambda one: one.resolution_seconds)
    method, curve = finest.detector, finest.curve
    assert curve is not None
    hop_seconds = hop_seconds_for(master, dub)
    smeared = abs(1.0 - rate) * master.duration_seconds > hop_seconds
    if smeared:
        method, curve = "spectral", _at_speed(master, dub, rate=rate, hop_seconds=hop_seconds)
    return {
        "method": method,
        "rate": rate if smeared else 1.0,
        "offset_seconds": [round(float(x), 5) for x in curve.offset_seconds],
        "score": [round(float(y), 3) for y in curve.score],
    }


def _at_speed(master: Track, dub: Track, *, rate: float, hop_seconds: float) -> Curve:
    """Return the correlation of spectral features, the dub's speed undone, over all offsets."""
    ours = _features(master, hop_seconds)
    theirs = retimed(_features(dub, hop_seconds), rate=rate)
    values = _correlation(ours, theirs)
    values -= np.median(values)
    values /= 1.4826 * float(np.median(np.abs(values))) + 1e-6
    bucket = max(1, -(-len(values) // _POINTS))
    count = len(values) // bucket
    best = values[: count * bucket].reshape(count, bucket).argmax(axis=1)
    at = best + np.arange(count) * bucket
    # Frames of the played dub are in master time; offsets are in dub time.
    shift = (at - (len(theirs) - 1)) * hop_seconds
    return Curve(offset_seconds=rate * shift, score=values[at].astype(np.float64))


def _features(track: Track, hop_seconds: float) -> Features:
    wave = track.views["mid"]
    picture = track.derive(
        ("log_mel", "mid", hop_seconds),
        lambda: log_mel(
            wave.samples,
            sample_rate_hz=wave.sample_rate_hz,
            hop_samples=round(hop_seconds * wave.sample_rate_hz),
        ),
    )
    return spectral_contrast(picture)


def _correlation(master: Features, dub: Features) -> NDArray[np.float32]:
    """Return the sum over bands at every lag, from ``1 - len(dub)`` to ``len(master) - 1``."""
    lags = len(master) + len(dub) - 1
    size = scipy.fft.next_fast_len(lags, real=True)
    cross = np.zeros(size // 2 + 1, np.complex64)
    for ours, theirs in zip(master.T, dub.T, strict=True):
        cross += scipy.fft.rfft(ours, size) * np.conj(scipy.fft.rfft(theirs, size))
    circular = scipy.fft.irfft(cross, size)
    return np.concatenate([circular[size - len(dub) + 1 :], circular[: len(master)]])
