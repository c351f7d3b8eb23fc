"""A time-stretcher of known copies: what `atempo` and its like do, with the truth kept."""

import numpy as np

FADE_SAMPLES = 240


def stretched(master, *, rate, seed, most_ms=8.0, rate_hz=48_000, copy_seconds=(0.15, 0.35)):
    """
    Return the master at ``rate`` dub seconds per master second, and its copies.

    Args:
        master: shape ``(n, channels)``.
        rate: of the dub; 0.96 makes it shorter.
        seed: of lengths and places.
        most_ms: how far a copy's middle lies at most from the constant speed.
        rate_hz: of the samples.
        copy_seconds: shortest and longest copy.

    Returns:
        the dub, and for each copy its first dub sample and the master sample less it.
    """
    rng = np.random.default_rng(seed)
    length = int(len(master) * rate)
    dub = np.zeros((length + FADE_SAMPLES, master.shape[1]))
    copies, at = [], 0
    while at < length:
        size = min(int(rng.uniform(*copy_seconds) * rate_hz), length - at)
        middle = at + size / 2
        ahead = round(middle / rate - middle + rng.uniform(-most_ms, most_ms) * rate_hz / 1000)
        taken = np.clip(np.arange(at, at + size + FADE_SAMPLES) + ahead, 0, len(master) - 1)
        gains = np.ones((len(taken), 1))
        if at:
            gains[:FADE_SAMPLES, 0] = np.linspace(0, 1, FADE_SAMPLES)
        gains[-FADE_SAMPLES:, 0] = np.linspace(1, 0, FADE_SAMPLES)
        dub[at : at + len(taken)] += gains * master[taken]
        copies.append((at, ahead))
        at += size
    return dub[:length].astype(np.float32), copies
