"""Writes the account of a finished pass: the `Track`, what was applied, and warnings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from sync_analyzer.media.levels import SILENT_DB, decibels, is_silent
from sync_analyzer.media.programme import Programme
from sync_analyzer.media.track import Track, Waveform
from sync_analyzer.media.views import Mix

_GUESSED_DURATION = {"aac", "mp3", "ac3", "eac3", "dts", "truehd", "mlp", "mp2", "flv", "mpeg"}
_BARE = {"aac", "ac3", "eac3", "dts", "mp2", "mp3", "asf"}
_ENCODER_DELAY_SAMPLES = {
    "aac": 1024,
    "ac3": 256,
    "eac3": 256,
    "dca": 512,
    "mp2": 481,
    "wmav1": 2048,
    "wmav2": 2048,
}
"""What the common encoders of FFmpeg put in front, where the container cannot declare it."""

INVERTED_DB = 6.0
_SHORT_SECONDS = 0.5
_MOST_LISTED = 100


def lost_content(programme: Programme) -> Mix | None:
    """
    Return a mix that saves sound which the channel arithmetic left out of ``mid``, if any.

    Sound on the LFE alone, or on left and right in opposite phase, is not in ``mid``; the
    loudest channel then takes its place.
    """
    names = programme.sink.first_names
    if not is_silent(_view_levels(programme)["mid"]):
        return None
    levels = programme.levels.decibels()
    heard = [name for name in names if not is_silent(levels.get(name))]
    if not heard:
        return None
    loudest = max(heard, key=lambda name: levels[name] or 0.0)
    weights = np.array([[float(name == loudest) for name in names]], np.float32)
    return Mix(views=("mid",), channels=names, weights=weights)


def finished(programme: Programme) -> Track:
    """Return the track of a pass that has ended."""
    levels = _view_levels(programme)
    source = {name: name for name in levels}
    if _is_one_inverted(programme, levels):
        source = {"mid": "side", "side": "mid"}
        levels = {name: levels[source[name]] for name in levels}
    mid_db = levels["mid"]
    kept = [name for name in levels if name == "mid" or _is_heard(levels[name], mid_db)]
    sink = programme.sink
    samples = sink.end_sample
    rate_hz = sink.sample_rate_hz
    views = {
        name: Waveform(
            samples=sink.store.finished(source[name], count=samples), sample_rate_hz=rate_hz
        )
        for name in kept
    }
    applied = _applied(programme, levels)
    return Track(
        media=programme.media,
        views=views,
        duration_seconds=sink.end_seconds,
        applied=applied,
        warnings=tuple(_warnings(programme, applied)),
    )


def _view_levels(programme: Programme) -> dict[str, float | None]:
    store = programme.sink.store
    return {
        name: decibels(power, programme.sink.end_sample) for name, power in store.energies.items()
    }


def _is_one_inverted(programme: Programme, levels: dict[str, float | None]) -> bool:
    """
    Tell whether one of two channels is inverted.

    What a mix has in its middle is then in the difference of its channels: no programme has
    its difference so much louder otherwise, as it would vanish from every single loudspeaker.
    """
    mid, side = levels["mid"], levels.get("side")
    return (
        len(programme.sink.first_names) == 2
        and mid is not None
        and side is not None
        and side - mid >= INVERTED_DB
    )


def _is_heard(level_db: float | None, mid_db: float | None) -> bool:
    if level_db is None or is_silent(level_db):
        return False
    return mid_db is None or level_db - mid_db >= SILENT_DB


def _applied(programme: Programme, view_levels: dict[str, float | None]) -> dict[str, Any]:
    media = programme.media
    first = programme.timelines[0].applied
    rate_hz = media.sample_rate_hz
    return {
        "zero": media.zero,
        "zero_seconds": media.zero_seconds,
        "shift_seconds": first.shift_seconds,
        "trimmed_before_zero_seconds": first.trimmed_before_zero_seconds,
        "skipped_seconds": first.skipped_samples / rate_hz,
        "gaps": _listed(first.gaps),
        "gaps_total_seconds": sum(length for _, length in first.gaps),
        "overlaps": _listed(first.overlaps),
        "overlaps_total_seconds": sum(length for _, length in first.overlaps),
        "discontinuities": _listed(first.discontinuities),
        "decoded_seconds": programme.levels.samples / len(programme.timelines) / rate_hz,
        "nonfinite_samples": programme.levels.nonfinite_samples,
        "clipped_samples": programme.levels.clipped_samples,
        "decode_errors": programme.failures,
        "possible_codec_delay_seconds": _codec_delay(programme),
        "truncated": _is_truncated(programme),
        "channels": _channels(programme, view_levels),
    }


def _channels(programme: Programme, view_levels: dict[str, float | None]) -> dict[str, Any]:
    levels = programme.levels.decibels()
    names = programme.sink.first_names
    two = len(names) == 2
    inverted = _is_one_inverted(programme, _view_levels(programme))
    return {
        "names": list(names),
        "layouts": programme.layouts or [programme.media.layout],
        "levels_db": levels,
        "silent": [name for name, level in levels.items() if is_silent(level)],
        "view_levels_db": view_levels,
        "dual_mono": two and not _is_heard(view_levels.get("side"), view_levels["mid"]),
        "mid_from": programme.rescued_from or (f"{names[0]} - {names[1]}" if inverted else None),
        "one_inverted": inverted,
    }


def _codec_delay(programme: Programme) -> float:
    """Return how late encoders of this codec put the sound where nothing in the file says so."""
    media = programme.media
    if programme.timelines[0].applied.skipped_samples or media.container not in _BARE:
        return 0.0
    return _ENCODER_DELAY_SAMPLES.get(media.codec, 0) / media.sample_rate_hz


def _listed(spans: list[tuple[float, float]]) -> list[dict[str, float]]:
    return [
        {"at_seconds": round(at, 6), "duration_seconds": round(length, 6)}
        for at, length in spans[:_MOST_LISTED]
    ]


def _is_truncated(programme: Programme) -> bool:
    media = programme.media
    if media.missing_seconds > 0:
        return True
    return missing_seconds(programme) > max(_SHORT_SECONDS, 0.005 * media.duration_seconds)


def missing_seconds(programme: Programme) -> float:
    """Return how far the sound ends before its promised end, 0 where nothing is promised."""
    media = programme.media
    if media.container in _GUESSED_DURATION or media.duration_seconds <= 0:
        return 0.0
    if "matroska" in media.container and "DURATION" not in media.tags:
        return 0.0  # only the length of the whole file is known, picture included
    return media.start_seconds + media.duration_seconds - programme.position_seconds


def _warnings(programme: Programme, applied: dict[str, Any]) -> Iterator[str]:
    media = programme.media
    if applied["truncated"]:
        promised = media.duration_seconds + media.missing_seconds
        yield (
            f"The file is cut short: it promises {promised:.3f} s of audio and holds "
            f"{applied['decoded_seconds']:.3f} s."
        )
    if applied["gaps"]:
        yield (
            f"{len(programme.timelines[0].applied.gaps)} gap(s) in the audio's time stamps, "
            f"{applied['gaps_total_seconds']:.3f} s in all, were filled with silence."
        )
    if applied["overlaps"]:
        yield (
            f"{applied['overlaps_total_seconds']:.3f} s of audio overlapped what came before "
            "and was left out."
        )
    if applied["discontinuities"]:
        yield (
            f"The audio's time stamps jump {len(applied['discontinuities'])} time(s); the sound "
            "was taken as continuous there."
        )
    if applied["channels"]["one_inverted"]:
        yield (
            "One of the two channels is inverted: their difference is louder than their sum by "
            f"{INVERTED_DB:.0f} dB and more. The difference was taken as the middle of the mix."
        )
    if programme.levels.nonfinite_samples:
        yield f"{programme.levels.nonfinite_samples} samples were not numbers and were set to 0."
    if programme.levels.clipped_samples:
        yield f"{programme.levels.clipped_samples} samples were out of all range and were clipped."
    if programme.failures:
        yield f"{programme.failures} packet(s) could not be decoded: {programme.first_failure}."
    if len(programme.layouts) > 1:
        yield f"The channel layout changes on the way: {', '.join(programme.layouts)}."
