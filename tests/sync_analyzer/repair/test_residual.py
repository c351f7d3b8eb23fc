"""The residual is measured, not assumed: a wrong correction is found out."""

import dataclasses

import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.export.plan import plan_correction
from sync_analyzer.repair.residual import ResidualWindow, _strays_marked, measure_residual

RATE_HZ = 48_000


@pytest.fixture
def measured(tmp_path, make_music, make_report):
    """Return a measure of a file whose sound lies ``shift_samples`` later than it should."""

    def measure(shift_samples, *, voice_seed=None, flip=False):
        master = make_music(seconds=20)
        shifted = np.roll(master, shift_samples, axis=0) * (-1 if flip else 1)
        if voice_seed is not None:
            shifted = shifted + 1.5 * make_music(seconds=20, seed=voice_seed)
        sf.write(tmp_path / "master.wav", master, RATE_HZ, subtype="FLOAT")
        sf.write(tmp_path / "fixed.wav", shifted, RATE_HZ, subtype="FLOAT")
        report = make_report(
            tmp_path / "master.wav", tmp_path / "fixed.wav", segments=((0.0, 20.0, 0.0),)
        )
        plan = plan_correction(report)
        return measure_residual(report, plan, str(tmp_path / "fixed.wav"))

    return measure


@pytest.mark.parametrize("shift_samples", [0, 7, -480, 2400])
def test_what_is_left_is_found_with_its_sign(measured, shift_samples):
    said = measured(shift_samples).to_dict()

    assert said["windows_measured"] >= 8
    assert said["median_ms"] == pytest.approx(-1000 * shift_samples / RATE_HZ, abs=0.005)
    assert said["worst_ms"] == pytest.approx(1000 * abs(shift_samples) / RATE_HZ, abs=0.01)


def test_other_voices_and_polarity_do_not_matter(measured):
    said = measured(48, voice_seed=9, flip=True).to_dict()

    assert said["median_ms"] == pytest.approx(-1.0, abs=0.01)


def test_without_shared_sound_nothing_is_claimed(tmp_path, make_music, make_report):
    for name, seed in (("master", 1), ("fixed", 2)):
        sf.write(tmp_path / f"{name}.wav", make_music(seconds=12, seed=seed), RATE_HZ)
    report = make_report(
        tmp_path / "master.wav", tmp_path / "fixed.wav", segments=((0.0, 12.0, 0.0),)
    )

    said = measure_residual(report, plan_correction(report), str(tmp_path / "fixed.wav")).to_dict()

    assert said["windows_measured"] == 0
    assert said["worst_ms"] is None


def test_exact_repetition_says_nothing(tmp_path, make_music, make_report):
    loop = np.tile(make_music(seconds=0.05), (240, 1))
    for name, seed in (("master", 1), ("fixed", 2)):
        noise = 0.1 * np.random.default_rng(seed).standard_normal(loop.shape)
        sf.write(tmp_path / f"{name}.wav", np.clip(loop + noise, -1, 1), RATE_HZ)
    report = make_report(
        tmp_path / "master.wav", tmp_path / "fixed.wav", segments=((0.0, 12.0, 0.0),)
    )

    assert not measure_residual(report, plan_correction(report), report.dub_file).windows


def test_places_lie_between_the_windows_of_the_analysis(measured, monkeypatch):
    residual = measured(0)

    times = [window.master_seconds for window in residual.windows]
    assert min(np.diff(times)) > 0.5
    assert 0 < min(times) < 3
    assert max(times) > 15


def window(at, residual_ms):
    return ResidualWindow(master_seconds=at, residual_ms=residual_ms, score=50.0)


def test_a_lone_window_far_off_is_a_stray_and_a_stretch_is_not():
    good = [window(float(at), 0.0) for at in range(0, 40, 2)]
    lone = window(41.0, 60.0)
    stretch = [window(50.0, -30.0), window(54.0, -30.1)]

    marked = _strays_marked([*good, lone, *stretch])

    assert [w for w in marked if w.stray] == [dataclasses.replace(lone, stray=True)]


def test_what_wanders_by_itself_counts_whole():
    wander = [6.2, -1.9, 4.8, -3.1, 3.5, -5.6, 0.7, 7.3, -2.4, 1.5, -4.1, 2.2]

    marked = _strays_marked([window(10.0 * i, ms) for i, ms in enumerate(wander)])

    assert not [w for w in marked if w.stray]
