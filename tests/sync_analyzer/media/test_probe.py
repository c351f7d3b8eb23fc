"""What a file is, before anything is decoded."""

from fractions import Fraction

import numpy as np
import pytest

from sync_analyzer.errors import AudioStreamNotFound, NoAudioStream, UndecodableMedia
from sync_analyzer.media.probe import probe

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r={rate}:d=2")


def movie(workbench, name, *arguments, rate="25"):
    picture = [one.format(rate=rate) for one in PICTURE]
    sound = ("-i", "SOUND", "-map", "0:v", "-map", "1:a")
    return workbench.make(name, *picture, *sound, *arguments)


def test_a_wav_is_described(workbench):
    media = probe(workbench.wav)

    assert (media.codec, media.channels, media.sample_rate_hz) == ("pcm_f32le", 2, 48_000)
    assert media.duration_seconds == pytest.approx(3.0)
    assert (media.stream, media.stream_count) == (0, 1)
    assert (media.zero, media.start_seconds) == ("container start", 0.0)
    assert media.frame_rate is None


@pytest.mark.parametrize(
    ("rate", "exact"),
    [
        ("24000/1001", Fraction(24000, 1001)),
        ("24", Fraction(24)),
        ("25", Fraction(25)),
        ("30000/1001", Fraction(30000, 1001)),
        ("60000/1001", Fraction(60000, 1001)),
    ],
)
@pytest.mark.parametrize("ending", ["mkv", "mp4", "ts"])
def test_the_frame_rate_is_exact(workbench, rate, exact, ending):
    path = movie(workbench, f"rate.{ending}", "-c:v", "mpeg4", rate=rate)

    assert probe(path).frame_rate == exact


def test_the_start_label_is_read_with_its_way_of_counting(workbench):
    label = ("-c:v", "mpeg4", "-timecode")
    whole = movie(workbench, "label.mov", *label, "10:00:00:00")
    dropped = movie(workbench, "drop.mov", *label, "00:59:58;02", rate="30000/1001")

    assert (probe(whole).start_timecode, probe(whole).drop_frame) == ("10:00:00:00", False)
    assert (probe(dropped).start_timecode, probe(dropped).drop_frame) == ("00:59:58;02", True)


def test_a_broadcast_wav_keeps_its_time_reference(workbench):
    bext = ("-write_bext", "1", "-metadata", "time_reference=172800000")
    path = workbench.make("bext_reference.wav", "-i", "SOUND", *bext)

    assert probe(path).tags["time_reference"] == "172800000"


def test_cover_art_is_no_picture(workbench):
    art = workbench.make("art.png", "-f", "lavfi", "-i", "testsrc2=s=64x64", "-frames:v", "1")
    sound = ("-i", "SOUND", "-i", art, "-map", "0", "-map", "1")
    for name, codec in (("art.mp3", "libmp3lame"), ("art.m4a", "aac"), ("art.flac", "flac")):
        path = workbench.make(
            name, *sound, "-c:a", codec, "-c:v", "copy", "-disposition:v", "attached_pic"
        )

        media = probe(path)

        assert (media.zero, media.frame_rate, media.start_seconds) == ("container start", None, 0.0)
        assert workbench.delay_seconds(path) == pytest.approx(0.0, abs=0.0001)


def test_a_stream_is_chosen_by_its_number_among_the_audio_streams(workbench):
    path = workbench.make(
        "two.mkv",
        *("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1", "-i", "SOUND"),
        *("-map", "0:v", "-map", "1:a", "-map", "1:a", "-c:a:0", "aac", "-c:a:1", "ac3"),
        *("-disposition:a:0", "0", "-disposition:a:1", "default"),
    )

    assert (probe(path).stream, probe(path).codec) == (1, "ac3")
    assert (probe(path, stream=0).codec, probe(path).stream_count) == ("aac", 2)


@pytest.mark.parametrize("stream", [-1, 1, 99])
def test_a_stream_that_does_not_exist_is_an_error(workbench, stream):
    with pytest.raises(AudioStreamNotFound, match="numbered from 0"):
        probe(workbench.wav, stream=stream)


def test_a_video_without_sound_is_an_error(workbench):
    path = workbench.make("silent.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=1")

    with pytest.raises(NoAudioStream):
        probe(path)


def test_mono_streams_of_an_mxf_are_one_programme_unless_one_is_chosen(workbench):
    split = "[1:a]channelsplit=channel_layout=stereo[l][r]"
    picture = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=25:d=2", "-i", "SOUND")
    path = workbench.make(
        "monos.mxf",
        *picture,
        *("-filter_complex", split, "-map", "0:v", "-map", "[l]", "-map", "[r]"),
        *("-c:v", "mpeg2video", "-timecode", "01:00:00:00"),
    )

    media = probe(path)

    assert (media.stream, media.channels, media.layout) == (None, 2, "2 mono streams")
    assert media.start_timecode == "01:00:00:00"
    assert (probe(path, stream=1).stream, probe(path, stream=1).channels) == (1, 1)


def test_a_codec_that_nobody_knows_is_undecodable(workbench):
    path = workbench.write("strange.wav", np.zeros((4800, 2), np.int16))
    content = bytearray(open_bytes(path))
    content[20:22] = b"\x77\x77"
    save(path, content)

    with pytest.raises(UndecodableMedia, match="codec"):
        probe(path)


def open_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def save(path, content):
    with open(path, "wb") as file:
        file.write(content)


def test_a_promised_length_that_is_not_there_is_missing(workbench):
    path = str(workbench.folder / "half.wav")
    save(path, open_bytes(workbench.wav)[: 44 + 48_000 * 2 * 4])

    media = probe(path)

    assert media.duration_seconds == pytest.approx(1.0, abs=0.001)
    assert media.missing_seconds == pytest.approx(2.0, abs=0.001)
