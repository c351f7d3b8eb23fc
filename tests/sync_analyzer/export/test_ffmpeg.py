"""The ffmpeg script, run by ffmpeg itself and measured again."""

import math
import os
import subprocess
from fractions import Fraction

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.export.filters import resampling_rates
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.export.registry import export

RATE_HZ = 48_000


def run_script(report, folder):
    script = folder / "fix.sh"
    script.write_text(export("ffmpeg").render(plan_correction(report)), encoding="utf-8")
    output = folder / "fixed.wav"
    environment = {**os.environ, "FFMPEG": imageio_ffmpeg.get_ffmpeg_exe()}
    command = ["sh", str(script), report.dub_file, str(output)]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=60)
    samples, rate_hz = sf.read(output, dtype="float32")
    return samples, rate_hz


def write(path, samples, *, rate_hz=RATE_HZ):
    sf.write(path, np.clip(samples, -1, 1), rate_hz, subtype="PCM_16")
    return str(path)


def pcm16(samples):
    return np.round(np.clip(samples, -1, 1) * 32767) / 32768


def test_a_late_dub_comes_out_in_place_bit_for_bit(reports, sound, tmp_path):
    master = sound(seconds=60)
    dub = np.concatenate([np.zeros(2 * RATE_HZ, np.float32), master])
    dub_file = write(tmp_path / "dub.wav", np.stack([dub, -dub], 1))

    fixed, rate_hz = run_script(reports["late"](dub_file=dub_file), tmp_path)

    before, _ = sf.read(dub_file, dtype="float32")
    assert rate_hz == RATE_HZ
    assert fixed.shape == (60 * RATE_HZ, 2)
    assert np.array_equal(fixed, before[2 * RATE_HZ :])


def test_an_early_dub_is_delayed_by_its_offset(reports, sound, tmp_path):
    master = sound(seconds=60)
    dub_file = write(tmp_path / "dub.wav", master[int(1.5 * RATE_HZ) :])

    fixed, _ = run_script(reports["early"](dub_file=dub_file), tmp_path)

    before, _ = sf.read(dub_file, dtype="float32")
    assert len(fixed) == 60 * RATE_HZ
    assert not fixed[: int(1.5 * RATE_HZ)].any()
    assert np.array_equal(fixed[int(1.5 * RATE_HZ) :], before)


@pytest.mark.parametrize("at_seconds", [5.0, 30.0, 52.0])
def test_cuts_and_inserts_are_undone(reports, sound, measure, tmp_path, at_seconds):
    master = sound(seconds=60)
    own = sound(seconds=4, seed=9)
    parts = [np.zeros(RATE_HZ // 5, np.float32), master[: 20 * RATE_HZ]]
    parts += [master[int(27.5 * RATE_HZ) : 40 * RATE_HZ], own, master[40 * RATE_HZ :]]
    dub_file = write(tmp_path / "dub.wav", np.concatenate(parts))

    fixed, _ = run_script(reports["edited"](dub_file=dub_file), tmp_path)

    assert len(fixed) == 60 * RATE_HZ
    assert not fixed[int(20.01 * RATE_HZ) : int(27.5 * RATE_HZ)].any()
    assert abs(measure(master, fixed, at_seconds=at_seconds)) <= 1 / RATE_HZ
    around = slice(int(at_seconds * RATE_HZ), int((at_seconds + 3) * RATE_HZ))
    assert np.abs(fixed[around] - master[around]).max() < 1e-4


def test_a_pal_speed_up_is_slowed_down_again(reports, sound, measure, ffmpeg, tmp_path):
    master = sound(seconds=60)
    write(tmp_path / "master.wav", master)
    dub_file = tmp_path / "dub.wav"
    faster = f"asetrate={RATE_HZ * 25 // 24},aresample={RATE_HZ}:resampler=soxr,atrim=start=0.5"
    ffmpeg("-i", tmp_path / "master.wav", "-af", faster, dub_file)

    fixed, _ = run_script(reports["pal"](dub_file=str(dub_file)), tmp_path)

    assert len(fixed) == 60 * RATE_HZ
    for at_seconds in (3.0, 30.0, 55.0):
        assert abs(measure(master, fixed, at_seconds=at_seconds)) < 1e-4


@pytest.mark.parametrize("rate", [0.96, 25 / 24])
def test_a_stretched_dub_is_stretched_back_to_the_millisecond(reports, measure, tmp_path, rate):
    master, dub = clicks(rate=1.0), clicks(rate=rate)
    dub_file = write(tmp_path / "dub.wav", dub)
    report = reports["pal"](
        dub_file=dub_file, mode="pitch_preserved", rate=rate, segments=((0.0, 60.0, 0.0),),
        dub_seconds=len(dub) / RATE_HZ,
    )  # fmt: skip

    fixed, _ = run_script(report, tmp_path)

    pair = envelope(master), envelope(fixed)
    for at_seconds in (3.0, 20.0, 40.0, 55.0):
        assert abs(measure(*pair, at_seconds=at_seconds, whitened=False)) < 1.2e-3


@pytest.mark.parametrize(("mode", "said"), [("pitch_preserved", 1), ("resampled", 0)])
def test_the_script_says_that_it_follows_no_wander(reports, mode, said):
    report = reports["pal"](mode=mode)

    script = export("ffmpeg").render(plan_correction(report))

    assert script.count("how a stretcher wandered about it is followed by") == said


def clicks(*, rate):
    """Return the same short bursts at times ``rate`` apart: stretched with their pitch kept."""
    rng = np.random.default_rng(4)
    samples = np.zeros(int(60 * rate * RATE_HZ), np.float32)
    at = 0.3
    while at < 59.5:
        burst = rng.standard_normal(960) * np.exp(-np.arange(960) / 240)
        start = round(at * rate * RATE_HZ)
        samples[start : start + 960] += 0.3 * burst
        at += rng.uniform(0.15, 0.5)
    return samples


def envelope(samples):
    power = np.convolve(np.square(samples), np.hanning(240), "same")
    return np.sqrt(np.maximum(power, 0)) - np.sqrt(power.mean())


def test_a_clock_drift_is_taken_out(reports, sound, measure, ffmpeg, tmp_path):
    master = sound(seconds=60)
    write(tmp_path / "master.wav", master)
    dub_file = tmp_path / "dub.wav"
    slower = "aresample=192000:resampler=soxr,asetrate=191972,aresample=48000:resampler=soxr"
    ffmpeg("-i", tmp_path / "master.wav", "-af", f"{slower},adelay=delays=9600S:all=1", dub_file)

    report = reports["drift"](dub_file=str(dub_file), rate=192_000 / 191_972)
    fixed, _ = run_script(report, tmp_path)

    shifts = [measure(master, fixed, at_seconds=at) for at in (2.0, 30.0, 55.0)]
    assert max(abs(shift) for shift in shifts) <= 2 / RATE_HZ


@pytest.mark.parametrize(("suffix", "codec"), [("ac3", "ac3"), ("aac", "aac"), ("mp2", "mp2")])
def test_a_raw_stream_comes_out_in_place_though_its_encoder_delays(
    reports, sound, measure, ffmpeg, tmp_path, suffix, codec
):
    master = sound(seconds=12)
    write(tmp_path / "dub.wav", np.pad(master, (2 * RATE_HZ, 0)))
    dub_file = str(tmp_path / f"dub.{suffix}")
    ffmpeg("-i", tmp_path / "dub.wav", "-c:a", codec, "-b:a", "192k", dub_file)
    report = reports["late"](
        dub_file=dub_file, segments=((0.0, 12.0, -2.0),), master_seconds=12.0, dub_seconds=14.0
    )
    container = "mp3" if suffix == "mp2" else suffix
    report.media["dub"].update(codec=codec, container=container)
    script = tmp_path / "fix.sh"
    script.write_text(export("ffmpeg").render(plan_correction(report)), encoding="utf-8")
    environment = {**os.environ, "FFMPEG": imageio_ffmpeg.get_ffmpeg_exe()}
    fixed_file = tmp_path / f"fixed.{suffix}"

    subprocess.run(["sh", script, dub_file, fixed_file], check=True, env=environment, timeout=60)

    for name in ("dub", "fixed"):
        ffmpeg("-i", tmp_path / f"{name}.{suffix}", "-c:a", "pcm_s16le", tmp_path / f"{name}.wav")
    before, after = (sf.read(tmp_path / f"{name}.wav")[0] for name in ("dub", "fixed"))
    assert measure(before[2 * RATE_HZ :], after, at_seconds=4.0) == pytest.approx(0, abs=1e-4)


def test_the_script_never_overwrites(reports, sound, tmp_path):
    dub_file = write(tmp_path / "dub.wav", sound(seconds=3))
    report = reports["late"](dub_file=dub_file, master_seconds=3.0, dub_seconds=3.0)
    script = tmp_path / "fix.sh"
    script.write_text(export("ffmpeg").render(plan_correction(report)), encoding="utf-8")
    environment = {**os.environ, "FFMPEG": imageio_ffmpeg.get_ffmpeg_exe()}

    command = ["sh", str(script), dub_file, dub_file]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60)

    assert done.returncode != 0
    assert sf.info(dub_file).frames == 3 * RATE_HZ


def test_names_cannot_break_out_of_the_script(reports, sound, tmp_path):
    folder = tmp_path / "a 'b' $(touch oops) `touch oops`"
    folder.mkdir()
    dub_file = write(folder / "dub\n# é.wav", sound(seconds=3))
    report = reports["late"](dub_file=dub_file, master_seconds=3.0, dub_seconds=3.0)
    script = tmp_path / "fix.sh"
    script.write_text(export("ffmpeg").render(plan_correction(report)), encoding="utf-8")

    environment = {**os.environ, "FFMPEG": imageio_ffmpeg.get_ffmpeg_exe()}
    subprocess.run(["sh", str(script)], check=True, env=environment, cwd=tmp_path, timeout=60)

    assert (folder / "dub\n# é_synced.wav").exists()
    assert not (tmp_path / "oops").exists()


@pytest.mark.parametrize(
    "rate", [Fraction(24, 25), Fraction(960, 1001), Fraction(1001, 1000), Fraction(147, 160)]
)
@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 22_050])
def test_named_rates_are_reached_exactly_in_one_step(rate, rate_hz):
    ((first_hz, as_hz),) = resampling_rates(rate, rate_hz=rate_hz, duration_seconds=7200)

    assert Fraction(as_hz, first_hz) == rate
    assert rate_hz <= first_hz < 2 * rate_hz


@pytest.mark.parametrize("ppm", [0.05, 0.5, -0.5, 3.1, -17.77, 145.233, 998.1])
def test_measured_rates_are_reached_to_a_hundredth_of_a_millisecond_in_an_hour(ppm):
    rate = Fraction(round((1 + ppm * 1e-6) * 10**9), 10**9)

    steps = resampling_rates(rate, rate_hz=48_000, duration_seconds=3600)

    reached = math.prod(as_hz / first_hz for first_hz, as_hz in steps)
    assert abs(reached - float(rate)) * 3600 < 1e-5
