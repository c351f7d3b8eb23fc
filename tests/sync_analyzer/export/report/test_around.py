"""The correlation around the answer is made of the corrected dub, with its sign."""

import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.report.around import correlation_around, draw_around
from sync_analyzer.media.probe import probe

RATE_HZ = 48_000


@pytest.fixture
def shown(reports, sound, tmp_path):
    """Return the curve of a dub that is 2 s late and reported to be late by so much else."""

    def make(*, said_seconds, dub_seed=3):
        master = sound(seconds=20)
        dub = np.pad(sound(seconds=20, seed=dub_seed), (2 * RATE_HZ, 0))
        for name, samples in (("master", master), ("dub", dub)):
            sf.write(tmp_path / f"{name}.wav", samples, RATE_HZ)
        files = {f"{name}_file": str(tmp_path / f"{name}.wav") for name in ("master", "dub")}
        report = reports["late"](
            segments=((0.0, 20.0, -said_seconds),), master_seconds=20.0, dub_seconds=22.0, **files
        )
        plan = plan_correction(report)
        return correlation_around(
            report, plan, probe(files["master_file"]), probe(files["dub_file"])
        )

    return make


@pytest.mark.parametrize(
    ("said_seconds", "left_ms"),
    [(2.0, 0.0), (2.01, 10.0), (1.99, -10.0)],
    ids=["right", "moved too far: now early", "not far enough: still late"],
)
def test_it_is_highest_where_the_corrected_dub_should_be(shown, said_seconds, left_ms):
    around = shown(said_seconds=said_seconds)

    assert 1000 * around.highest_seconds == pytest.approx(left_ms, abs=0.1)
    assert around.score.max() > 30
    assert f"highest {abs(left_ms):.1f} ms" in around.said


def test_a_stretched_dub_shows_when_things_begin(reports, sound, ffmpeg, tmp_path):
    sf.write(tmp_path / "master.wav", sound(seconds=20), RATE_HZ)
    stretch = "rubberband=tempo=1.0416666667:pitchq=quality"
    ffmpeg("-i", tmp_path / "master.wav", "-af", stretch, tmp_path / "dub.wav")
    files = {f"{name}_file": str(tmp_path / f"{name}.wav") for name in ("master", "dub")}
    report = reports["pal"](
        mode="pitch_preserved", segments=((0.0, 20.0, 0.0),), master_seconds=20.0,
        dub_seconds=19.2, **files,
    )  # fmt: skip
    plan = plan_correction(report)

    around = correlation_around(report, plan, *(probe(path) for path in files.values()))

    assert 1000 * around.highest_seconds == pytest.approx(0, abs=4)
    assert around.score.max() > 10


def test_unrelated_sound_has_no_summit(shown):
    around = shown(said_seconds=2.0, dub_seed=4)

    assert around.score.max() < 10


def test_it_is_drawn(shown):
    assert "distance from the answer (ms)" in draw_around(shown(said_seconds=2.0), width=400.0)
