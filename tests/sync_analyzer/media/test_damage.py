"""Whatever is damaged, the answer is a track or an error with a sentence."""

import json
from pathlib import Path

import numpy as np
import pytest

from sync_analyzer.errors import MediaError
from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe

KINDS = ("sound.wav", "sound.m4a", "sound.mka", "sound.mp3", "sound.flac", "sound.ts", "sound.ogg")


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """Return the content with its end cut off, a hole in it, or bytes changed."""
    changed = bytearray(content)
    way = rng.integers(3)
    if way == 0:
        return bytes(changed[: rng.integers(1, len(changed))])
    if way == 1:
        first = int(rng.integers(len(changed)))
        del changed[first : first + int(rng.integers(1, 20_000))]
        return bytes(changed)
    reach = min(len(changed), int(rng.choice([64, 1000, len(changed)])))
    for position in rng.integers(reach, size=int(rng.choice([1, 20, 300]))):
        changed[position] = rng.integers(256)
    return bytes(changed)


@pytest.mark.parametrize("kind", KINDS)
def test_damage_ends_in_a_track_or_a_media_error(workbench, kind):
    whole = Path(workbench.make(f"whole_{kind}", "-i", "SOUND")).read_bytes()
    rng = np.random.default_rng(sum(kind.encode()))
    path = workbench.folder / f"damaged_{kind}"
    answers = set()

    for _ in range(25):
        path.write_bytes(damaged(whole, rng))
        try:
            track = decode(probe(str(path)), sample_rate_hz=8_000)
        except MediaError as error:
            answers.add(error.error_code)
        else:
            answers.add("track")
            assert np.isfinite(track.view("mid").samples).all()
            assert json.loads(json.dumps(dict(track.applied))) == track.applied

    assert "track" in answers
