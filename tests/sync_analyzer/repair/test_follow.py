"""Copies laid where the master has them: samples untouched, splices unheard, files in place."""

import dataclasses
import itertools

import numpy as np
import pytest
import soundfile as sf
from splicer import stretched

from sync_analyzer.export.filters import FADE_SECONDS
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.media.probe import probe
from sync_analyzer.repair.follow import SEARCH_SECONDS, followed_plan
from sync_analyzer.repair.repair import repair
from sync_analyzer.repair.residual import measure_residual
from sync_analyzer.repair.wander import HOP_SAMPLES, Copy, Wander, measure_wander
from sync_analyzer.repair.wav_chunks import read_frame
from sync_analyzer.repair.wav_render import render
from sync_analyzer.repair.wav_samples import WavSamples, decoded
from sync_analyzer.repair.write import write_corrected
from sync_analyzer.run import Run

RATE_HZ = 48_000


def wander_of(*copies):
    return Wander(
        copies={0: tuple(copies)},
        frames_held_out=100,
        frames_clear=100,
        constant_median_ms=3.0,
        constant_p90_ms=6.0,
        followed_median_ms=0.0,
        worst_ms=8.0,
    )


def copy(at, lag_samples, *, sure=True):
    return Copy(master_seconds=at, lag_seconds=lag_samples / RATE_HZ, sure=sure)


@pytest.fixture
def followed(tmp_path, make_report):
    """Return a maker of the samples that come out when a dub's given copies are followed."""

    def make(dub, *copies):
        dub = dub if dub.ndim == 2 else dub[:, None]
        path = tmp_path / "dub.wav"
        sf.write(path, dub, RATE_HZ, subtype="FLOAT")
        seconds = round(len(dub) / 0.96 / RATE_HZ, 6)
        sf.write(tmp_path / "master.wav", np.zeros(int(seconds * RATE_HZ)), RATE_HZ)
        report = make_report(
            tmp_path / "master.wav", path, segments=((0.0, seconds, 0.0),), rate=0.96,
            named_rate="24/25", mode="pitch_preserved",
        )  # fmt: skip
        source = WavSamples(str(path), read_frame(str(path)), codec="pcm_f32le")
        plan = followed_plan(plan_correction(report), wander_of(*copies), [source])
        blocks = []
        render(plan, source, blocks.append, run=Run(), message="")
        samples = decoded(b"".join(blocks), codec="pcm_f32le").reshape(-1, dub.shape[1])
        return plan, samples

    return make


def sine(count, *, hz=500.0, start=0):
    return 0.5 * np.sin(2 * np.pi * hz * (np.arange(count) + start) / RATE_HZ)


def test_one_copy_without_lag_is_the_dub_itself(followed, make_music):
    dub = make_music(seconds=3)

    _, samples = followed(dub, copy(0.0, 0))

    assert np.array_equal(samples[: len(dub)], dub)
    assert not samples[len(dub) :].any()


def test_between_splices_samples_are_untouched(followed, make_music):
    dub = make_music(seconds=3)

    plan, samples = followed(dub, copy(0.0, 0), copy(0.5, -300), copy(1.0, 100))

    guard = 121
    for piece, lag in zip(plan.sounding, (0, -300, 100), strict=True):
        ends = (piece.master_start_seconds, piece.master_end_seconds)
        first, last = (int(end * RATE_HZ) for end in ends)
        inside = np.arange(first + guard, min(last - guard, 2 * RATE_HZ))
        assert np.array_equal(samples[inside], dub[inside + lag])


def test_a_splice_between_whole_periods_leaves_a_sine_a_sine(followed):
    """500 Hz has 96 samples a period: jumps of whole periods must not be heard at all."""
    dub = sine(3 * RATE_HZ)

    _, samples = followed(dub, copy(0.0, 0), copy(0.5, -384), copy(1.0, -96), copy(1.5, -480))

    sounding = samples[: 2 * RATE_HZ, 0]
    assert np.abs(sounding - sine(len(sounding))).max() < 1e-6


def test_a_copy_that_was_not_heard_gives_way_so_that_waves_fit(followed):
    _, sure = followed(sine(3 * RATE_HZ), copy(0.0, 0), copy(0.5, -384 - 48))
    _, unsure = followed(sine(3 * RATE_HZ), copy(0.0, 0), copy(0.5, -384 - 48, sure=False))

    start = slice(RATE_HZ // 2 - 480 - 240, RATE_HZ // 2 + 480 + 240)
    loud = [np.abs(one[start, 0]).reshape(-1, 96).max(axis=1).min() for one in (sure, unsure)]
    assert loud[0] < 0.3  # opposite waves cancel where they cross
    assert loud[1] > 0.499


def test_a_splice_goes_where_both_sides_differ_least(followed):
    """Noise all over, but for 10 ms within reach of the splice where both sides pause."""
    dub = 0.3 * np.random.default_rng(3).standard_normal(3 * RATE_HZ)
    dub[23_900:24_700] = 0

    plan, _ = followed(dub, copy(0.0, 0), copy(0.5, -300))

    place = int(plan.sounding[1].master_start_seconds * RATE_HZ)
    assert abs(place - 24_000) <= SEARCH_SECONDS * RATE_HZ
    assert 24_200 + 120 <= place <= 24_700 - 120


def test_copies_cover_the_piece_without_gap_and_never_too_short_to_fade(followed, make_music):
    rng = np.random.default_rng(5)
    at = np.cumsum(rng.uniform(0.0427, 0.2, 15))
    copies = [
        copy(float(one), int(lag)) for one, lag in zip(at, rng.integers(-400, 400, 15), strict=True)
    ]

    plan, _ = followed(make_music(seconds=3), copy(0.0, 0), *copies)

    for left, right in itertools.pairwise(plan.sounding):
        assert left.master_end_seconds == right.master_start_seconds
        assert left.duration_seconds > 0.02


def test_the_shortest_copy_has_room_for_its_crossfades_wherever_its_splices_go():
    shortest_seconds = 2 * HOP_SAMPLES / 24_000

    assert shortest_seconds - 2 * SEARCH_SECONDS > 4 * FADE_SECONDS


@pytest.fixture
def wandering(tmp_path, make_music, make_report, ffmpeg):
    """Return a maker of a report of a master and a dub that wanders, as a file of any kind."""

    def make(name="dub.wav", *, rate=0.96, subtype="PCM_24", channels=2, coding=(), seconds=24):
        master = make_music(seconds=seconds, channels=channels)
        dub, _ = stretched(master, rate=rate, seed=9)
        voice = 0.3 * make_music(seconds=seconds * 1.1, channels=channels, seed=10)[: len(dub)]
        sf.write(tmp_path / "master.wav", master, RATE_HZ, subtype="PCM_24")
        sf.write(tmp_path / "dub.wav", dub + voice, RATE_HZ, subtype=subtype)
        path = tmp_path / name
        if name != "dub.wav":
            ffmpeg("-i", tmp_path / "dub.wav", *coding, path)
        return make_report(
            tmp_path / "master.wav", path, segments=((0.0, seconds, 0.0),), rate=rate,
            named_rate={0.96: "24/25", 25 / 24: "25/24"}[rate], mode="pitch_preserved",
        )  # fmt: skip

    return make


def repaired(report, output):
    return repair(report, output_path=output, null_clips=False, analyze_again=False)


@pytest.mark.parametrize("rate", [0.96, 25 / 24])
def test_a_wandering_dub_comes_out_in_place(wandering, tmp_path, rate):
    report = wandering(rate=rate)
    write_corrected(report, plan_correction(report), output_path=tmp_path / "constant.wav")
    constant = measure_residual(report, plan_correction(report), str(tmp_path / "constant.wav"))

    said = repaired(report, tmp_path / "fixed.wav").to_dict()

    assert constant.to_dict()["worst_ms"] > 3.0
    assert said["residual"]["windows_measured"] >= 12
    assert said["residual"]["worst_ms"] < 0.1
    assert said["wander"]["followed"]
    assert said["wander"]["followed_median_ms"] < 0.1
    assert any(f"followed at {said['wander']['splices']} places" in n for n in said["notes"])
    assert sf.info(tmp_path / "fixed.wav").subtype == "PCM_24"
    assert sf.info(tmp_path / "fixed.wav").frames == 24 * RATE_HZ


@pytest.mark.parametrize(
    ("name", "channels", "coding", "limit_ms"),
    [
        ("dub.flac", 2, ("-sample_fmt", "s32"), 0.1),
        ("dub.flac", 6, ("-sample_fmt", "s16"), 0.1),
        ("dub.m4a", 2, ("-b:a", "256k"), 0.2),
        ("dub.ac3", 2, ("-b:a", "448k"), 0.2),
    ],
)
def test_other_containers_follow_too_and_stay_what_they_were(
    wandering, tmp_path, name, channels, coding, limit_ms
):
    report = wandering(name, channels=channels, coding=coding)
    output = tmp_path / f"fixed{name[3:]}"
    before = {path.name for path in tmp_path.iterdir()}

    said = repaired(report, output).to_dict()

    assert said["wander"]["followed"]
    assert said["residual"]["worst_ms"] < limit_ms
    was, now = probe(report.dub_file), probe(str(output))
    assert (now.codec, now.channels, now.layout) == (was.codec, was.channels, was.layout)
    assert {path.name for path in tmp_path.iterdir()} == before | {output.name}
    if name.endswith("flac"):
        assert sf.info(output).subtype == sf.info(report.dub_file).subtype


def test_mono_streams_of_a_film_get_the_same_splices(wandering, make_report, ffmpeg, tmp_path):
    report = wandering()
    film, output = tmp_path / "film.mxf", tmp_path / "fixed.mxf"
    source = "testsrc2=size=720x576:rate=25:duration=24"
    split = "[1:a]channelsplit=channel_layout=stereo[l][r]"
    inputs = ["-f", "lavfi", "-i", source, "-i", report.dub_file, "-filter_complex", split]
    maps = ["-map", "0:v", "-map", "[l]", "-map", "[r]"]
    ffmpeg(*inputs, *maps, "-c:v", "mpeg2video", "-c:a", "pcm_s16le", film)
    of_film = make_report(
        report.master_file, film, segments=((0.0, 24.0, 0.0),), rate=0.96, named_rate="24/25",
        mode="pitch_preserved",
    )  # fmt: skip

    said = repaired(of_film, output).to_dict()

    assert said["wander"]["followed"]
    assert said["residual"]["worst_ms"] < 0.1
    assert probe(str(output)).channels == 2


def test_what_is_not_worth_following_is_written_as_ever(wandering, tmp_path):
    report = wandering(seconds=12)
    plan = plan_correction(report)
    wander = dataclasses.replace(measure_wander(report, plan), constant_p90_ms=1.0)

    written = write_corrected(report, plan, output_path=tmp_path / "kept.wav", wander=wander)
    write_corrected(report, plan, output_path=tmp_path / "constant.wav")

    assert not written.followed
    assert (tmp_path / "kept.wav").read_bytes() == (tmp_path / "constant.wav").read_bytes()


def test_a_wav_of_other_samples_keeps_the_constant_speed_and_says_so(wandering, tmp_path):
    report = wandering(subtype="ULAW", seconds=16)

    said = repaired(report, tmp_path / "fixed.wav").to_dict()

    assert not said["wander"]["followed"]
    assert any("constant speed alone" in note for note in said["notes"])
