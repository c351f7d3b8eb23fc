"""Every container's sound comes out where its presentation timeline puts it."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.io import wavfile

from sync_analyzer.errors import AnalysisCancelled, UndecodableMedia
from sync_analyzer.media.decode import decode
from sync_analyzer.media.probe import probe
from sync_analyzer.run import Run

RATE_HZ = 48_000
ANALYSIS_HZ = 8_000
HALF_MS = 0.0005
UNDELAYED = {
    "aac.m4a": ("-c:a", "aac"),
    "alac.m4a": ("-c:a", "alac"),
    "lame.mp3": ("-c:a", "libmp3lame"),
    "opus.opus": ("-c:a", "libopus"),
    "opus.webm": ("-c:a", "libopus"),
    "opus.mka": ("-c:a", "libopus"),
    "aac.mka": ("-c:a", "aac"),
    "vorbis.ogg": ("-c:a", "libvorbis"),
    "vorbis.mka": ("-c:a", "libvorbis"),
    "flac.flac": ("-c:a", "flac"),
    "wave64.w64": ("-c:a", "pcm_s24le"),
    "rf64.wav": ("-c:a", "pcm_s16le", "-rf64", "always"),
    "bext.wav": ("-c:a", "pcm_s32le", "-write_bext", "1"),
    "double.wav": ("-c:a", "pcm_f64le"),
    "eight_bit.wav": ("-c:a", "pcm_u8"),
    "aiff.aiff": ("-c:a", "pcm_s24be"),
    "caf.caf": ("-c:a", "pcm_s16be"),
    "wavpack.wv": ("-c:a", "wavpack"),
    "resampled_44.wav": ("-ar", "44100"),
    "resampled_192.flac": ("-ar", "192000"),
    "resampled_96.wav": ("-ar", "96000", "-c:a", "pcm_s24le"),
    "resampled_8.wav": ("-ar", "8000"),
}
DELAYED = {
    "aac.mp4": ("-c:a", "aac"),
    "aac.ts": ("-c:a", "aac"),
    "aac.mkv": ("-c:a", "aac"),
    "aac.flv": ("-c:a", "aac"),
    "ac3.mkv": ("-c:a", "ac3"),
    "mp3.mp4": ("-c:a", "libmp3lame"),
    "opus.mp4": ("-c:a", "libopus"),
    "pcm.mov": ("-c:a", "pcm_s24le"),
    "fragments.mp4": ("-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"),
}
UNDECLARED = {
    "aac.aac": ("aac", 1024),
    "ac3.ac3": ("ac3", 256),
    "eac3.eac3": ("eac3", 256),
    "mp2.mp2": ("mp2", 481),
}


@pytest.mark.parametrize("name", UNDELAYED)
def test_sound_alone_begins_at_zero(workbench, name):
    path = workbench.make(name, "-i", "SOUND", *UNDELAYED[name])

    assert workbench.delay_seconds(path) == pytest.approx(0.0, abs=0.00005)


@pytest.mark.parametrize("name", DELAYED)
def test_sound_half_a_second_after_the_picture_lies_there(workbench, name):
    path = workbench.delayed(f"delayed_{name}", *DELAYED[name])

    assert probe(path).zero == "video start"
    assert workbench.delay_seconds(path) == pytest.approx(0.5, abs=HALF_MS)


def test_an_mxf_of_two_mono_streams_is_one_stereo_programme(workbench):
    split = ("-filter_complex", "[1:a]channelsplit[l][r]", "-map", "0:v", "-map", "[l]")
    picture = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=3", "-i", "SOUND")
    path = workbench.make("two.mxf", *picture, *split, "-map", "[r]", "-c:v", "mpeg2video")

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    stereo = decode(probe(workbench.wav), sample_rate_hz=ANALYSIS_HZ)
    assert track.media.stream is None
    for view in ("mid", "side"):
        ours, theirs = (one.views[view].read(0, 24_000) for one in (track, stereo))
        assert np.abs(ours - theirs).max() < 1e-3


@pytest.mark.parametrize("name", UNDECLARED)
def test_a_delay_that_no_header_declares_is_named(workbench, name):
    codec, delay_samples = UNDECLARED[name]
    path = workbench.make(name, "-i", "SOUND", "-c:a", codec)

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    possible = track.applied["possible_codec_delay_seconds"]
    assert possible == pytest.approx(delay_samples / RATE_HZ)
    assert workbench.delay_seconds(path) == pytest.approx(possible, abs=0.0001)


def test_declared_priming_is_removed_and_reported(workbench):
    path = workbench.make("primed.m4a", "-i", "SOUND", "-c:a", "aac")

    applied = decode(probe(path), sample_rate_hz=ANALYSIS_HZ).applied

    assert applied["skipped_seconds"] == pytest.approx(1024 / RATE_HZ)
    assert applied["possible_codec_delay_seconds"] == 0.0


def test_a_cut_by_edit_list_moves_the_sound(workbench):
    whole = workbench.make("whole.m4a", "-i", "SOUND", "-c:a", "aac")
    cut = workbench.make("cut.m4a", "-ss", "1.237", "-i", whole, "-c", "copy")

    assert workbench.delay_seconds(cut) == pytest.approx(-1.237, abs=0.0001)


def remuxed(source_path: str, path: str, *, without: tuple[float, float]) -> str:
    """Copy the packets to another file, except those that start within a stretch."""
    first, last = without
    with av.open(source_path) as source, av.open(path, "w") as target:
        stream = target.add_stream_from_template(source.streams.audio[0])
        for packet in source.demux(source.streams.audio[0]):
            if packet.dts is not None and not first <= packet.pts * packet.time_base < last:
                packet.stream = stream
                target.mux(packet)
    return path


def test_a_hole_in_the_time_stamps_becomes_silence(workbench):
    source = workbench.make("whole.m4a", "-i", "SOUND", "-c:a", "aac")
    whole = remuxed(source, str(workbench.folder / "all.mkv"), without=(9, 9))
    holed = remuxed(source, str(workbench.folder / "holed.mkv"), without=(1.0, 1.5))

    track = decode(probe(holed), sample_rate_hz=ANALYSIS_HZ)

    (gap,) = track.applied["gaps"]
    assert gap["duration_seconds"] == pytest.approx(24 * 1024 / RATE_HZ, abs=0.0001)
    assert "filled with silence" in track.warnings[0]
    heard, expected = (workbench.mid(path) for path in (holed, whole))
    assert np.abs(heard[8_500:11_900]).max() < 1e-6
    assert np.abs(heard[13_000:] - expected[13_000:]).max() < 0.002


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    click_seconds=st.floats(0.1, 0.9),
    rate_hz=st.sampled_from([8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000]),
    analysis_hz=st.sampled_from([8_000, 16_000, 22_050]),
)
def test_a_click_lands_at_its_time(tmp_path, click_seconds, rate_hz, analysis_hz):
    """Wherever a click is and whatever the rates, it is found within half a sample."""
    times = np.arange(rate_hz) / rate_hz
    click = np.exp(-0.5 * ((times - click_seconds) / 0.001) ** 2).astype(np.float32)
    wavfile.write(tmp_path / "click.wav", rate_hz, click)

    view = decode(probe(str(tmp_path / "click.wav")), sample_rate_hz=analysis_hz).view("mid")

    found = view.read(0, len(view.samples)).astype(np.float64) ** 2
    centre = (found * np.arange(len(found))).sum() / found.sum()
    assert centre == pytest.approx(click_seconds * analysis_hz, abs=0.1)


def test_numbers_that_are_none_become_zero_and_are_counted(workbench):
    samples = workbench.sound.copy()
    samples[1000, 0], samples[2000:2003, 1], samples[3000, 0] = np.nan, np.inf, 3e38
    path = workbench.write("broken.wav", samples)

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    assert track.applied["nonfinite_samples"] == 4
    assert track.applied["clipped_samples"] == 1
    assert any("not numbers" in warning for warning in track.warnings)
    assert np.isfinite(track.view("mid").samples).all()


def test_a_file_cut_short_is_read_to_its_end_and_said_to_be_short(workbench):
    whole = Path(workbench.wav).read_bytes()
    path = workbench.folder / "short.wav"
    path.write_bytes(whole[: len(whole) // 2])

    track = decode(probe(str(path)), sample_rate_hz=ANALYSIS_HZ)

    assert track.applied["truncated"]
    assert "cut short: it promises 3.000 s" in track.warnings[0]
    assert track.duration_seconds == pytest.approx(1.5, abs=0.1)


def test_a_movie_cut_short_is_read_to_its_end(workbench):
    whole = workbench.make("fast.mp4", "-i", "SOUND", "-c:a", "aac", "-movflags", "+faststart")
    content = Path(whole).read_bytes()
    path = workbench.folder / "short.mp4"
    path.write_bytes(content[: len(content) * 2 // 3])

    track = decode(probe(str(path)), sample_rate_hz=ANALYSIS_HZ)

    assert track.applied["truncated"]
    assert 1.0 < track.duration_seconds < 2.5


def test_a_length_field_of_all_ones_is_no_length(workbench):
    content = bytearray(Path(workbench.wav).read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = content[4:8] = b"\xff\xff\xff\xff"
    path = workbench.folder / "endless.wav"
    path.write_bytes(content)

    track = decode(probe(str(path)), sample_rate_hz=ANALYSIS_HZ)

    assert track.duration_seconds == pytest.approx(3.0)
    assert track.warnings == ()


def test_bytes_that_do_not_decode_are_skipped_with_a_warning(workbench):
    whole = workbench.make("clean.ts", "-i", "SOUND", "-c:a", "ac3")
    content = bytearray(Path(whole).read_bytes())
    middle = len(content) // 188 // 2 * 188
    for packet in range(middle, middle + 40 * 188, 188):
        content[packet + 4 : packet + 188] = bytes(184)
    path = workbench.folder / "damaged.ts"
    path.write_bytes(content)

    track = decode(probe(str(path)), sample_rate_hz=ANALYSIS_HZ)

    assert track.warnings
    assert track.duration_seconds == pytest.approx(3.0, abs=0.1)
    assert workbench.delay_seconds(str(path)) == pytest.approx(256 / RATE_HZ, abs=0.0003)


def test_sound_on_one_channel_of_eight_reaches_mid(workbench):
    samples = np.zeros((RATE_HZ, 8), np.int16)
    samples[:, 3] = workbench.sound[:RATE_HZ, 0] * 20_000
    path = workbench.write("eight.wav", samples)

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    assert np.abs(track.view("mid").samples).max() > 0.02
    assert track.applied["channels"]["silent"] == ["1", "2", "3", "5", "6", "7", "8"]


def test_sound_on_the_lfe_alone_reaches_mid(workbench):
    layout = "pan=5.1|FL=0*c0|FR=0*c0|FC=0*c0|LFE=c0|BL=0*c0|BR=0*c0"
    path = workbench.make("lfe.wav", "-i", "SOUND", "-af", layout)

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    assert track.applied["channels"]["mid_from"] == "LFE"
    assert np.abs(track.view("mid").samples).max() > 0.2


def test_opposite_channels_do_not_cancel_to_nothing(workbench):
    left = workbench.sound[:, :1]
    path = workbench.write("opposite.wav", np.concatenate([left, -left], axis=1))

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    assert np.abs(track.view("mid").samples).max() > 0.2


@pytest.mark.parametrize("inverted", [0, 1], ids=["left", "right"])
def test_of_two_channels_one_inverted_the_difference_is_the_middle(workbench, inverted):
    left, right = workbench.sound[:, 0], 0.2 * workbench.sound[::-1, 0]
    sound = np.stack([left + right, left - right], axis=1) / 2
    upright = decode(probe(workbench.write("up.wav", sound)), sample_rate_hz=ANALYSIS_HZ)
    sound[:, inverted] *= -1
    path = workbench.write("inverted.wav", sound)

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    sign = 1 - 2 * (inverted == 0)
    for view in ("mid", "side"):
        found, wanted = track.view(view).samples, upright.view(view).samples
        assert np.abs(sign * found.astype(np.float32) - wanted).max() < 1e-3
    assert track.applied["channels"]["one_inverted"]
    assert track.applied["channels"]["mid_from"] == "FL - FR"
    assert any("inverted" in warning for warning in track.warnings)
    assert not upright.applied["channels"]["one_inverted"]
    assert not upright.warnings


def test_dual_mono_has_no_side(workbench):
    path = workbench.write("dual.wav", np.repeat(workbench.sound[:, :1], 2, axis=1))

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    assert list(track.views) == ["mid"]
    assert track.applied["channels"]["dual_mono"]


@pytest.mark.parametrize(
    ("layout", "views"),
    [
        ("mono", ["mid"]),
        ("stereo", ["mid", "side"]),
        ("3.0", ["mid", "side", "front", "centre"]),
        ("quad", ["mid", "side", "surround"]),
        ("5.1", ["mid", "side", "front", "centre", "surround"]),
        ("5.1(side)", ["mid", "side", "front", "centre", "surround"]),
        ("7.1", ["mid", "side", "front", "centre", "surround"]),
    ],
)
def test_each_layout_gives_the_views_it_has(workbench, layout, views):
    count = av.AudioLayout(layout).nb_channels
    tones = "|".join(f"0.2*sin({200 + 100 * c}*2*PI*t)" for c in range(count))
    path = workbench.make(
        f"{count}_{layout.strip(')').replace('(', '_')}.wav",
        *("-f", "lavfi", "-i", f"aevalsrc={tones}:s=48000:d=1:c={layout}"),
    )

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    assert list(track.views) == views


def test_only_the_views_asked_for_are_computed(workbench):
    track = decode(probe(workbench.wav), sample_rate_hz=ANALYSIS_HZ, views=["mid"])

    assert list(track.views) == ["mid"]


def test_the_same_file_gives_the_same_samples(workbench):
    first, second = (workbench.mid(workbench.wav) for _ in range(2))

    assert np.array_equal(first, second)


def test_silence_is_kept_as_silence(workbench):
    path = workbench.write("silence.wav", np.zeros((RATE_HZ, 2), np.int16))

    track = decode(probe(path), sample_rate_hz=ANALYSIS_HZ)

    assert list(track.views) == ["mid"]
    assert len(track.view("mid").samples) == ANALYSIS_HZ
    assert track.applied["channels"]["levels_db"] == {"FL": None, "FR": None}


def test_progress_names_the_file_and_its_time(workbench):
    said = []

    decode(
        probe(workbench.wav),
        sample_rate_hz=ANALYSIS_HZ,
        run=Run(progress=lambda fraction, message: said.append((fraction, message))),
        progress_label="Dub",
    )

    assert said[0] == (0.0, "Decoding dub - 00:00:00 of 00:00:03")


def test_a_cancelled_run_stops(workbench):
    with pytest.raises(AnalysisCancelled):
        decode(probe(workbench.wav), sample_rate_hz=ANALYSIS_HZ, run=Run(cancelled=lambda: True))


def test_a_file_whose_packets_all_fail_is_an_error(workbench):
    whole = workbench.make("clean.ac3.mka", "-i", "SOUND", "-c:a", "flac")
    content = bytearray(Path(whole).read_bytes())
    start = content.index(b"fLaC") + 400
    media = probe(whole)
    content[start:] = bytes(len(content) - start)
    Path(whole).write_bytes(content)

    with pytest.raises(UndecodableMedia):
        decode(media, sample_rate_hz=ANALYSIS_HZ)
