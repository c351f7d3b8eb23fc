"""The only place that says which mixes of a file the repair compares."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

from sync_analyzer.media.excerpt import read_excerpt
from sync_analyzer.media.track import Media

RATE_HZ = 24_000


def views(
    media: Media, *, start_seconds: float, duration_seconds: float
) -> Sequence[NDArray[np.float32]]:
    """
    Return mid and, of more than one channel, left minus right, at `RATE_HZ`.

    Raises:
        MediaError: the file cannot be read any more.
    """
    channels = read_excerpt(media, start_seconds=start_seconds, duration_seconds=duration_seconds)
    mixes = [channels.mean(axis=0)]
    if len(channels) > 1:
        mixes.append(channels[0] - channels[1])
    length = round(duration_seconds * RATE_HZ)
    resampled = [soxr.resample(one, media.sample_rate_hz, RATE_HZ) for one in mixes]
    return [np.pad(one[:length], (0, max(0, length - len(one)))) for one in resampled]
