"""Films: pictures and other streams are copied, the dub's sound is moved."""

import av
import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.errors import InvalidOption
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.media.excerpt import read_excerpt
from sync_analyzer.media.probe import probe
from sync_analyzer.repair.residual import measure_residual
from sync_analyzer.repair.write import write_corrected

RATE_HZ = 48_000
LATE = 12_345  # samples


def corrected(report, output):
    return write_corrected(report, plan_correction(report), output_path=output)


def report_segments(report):
    segment = report.segments[0]
    return ((segment.master_start_seconds, segment.master_end_seconds, segment.offset_seconds),)


@pytest.fixture
def film(tmp_path, late_pair, ffmpeg):
    """Return a maker of a film with picture and the late dub, and the master's report."""

    def make(suffix, *codec, rate="25", extra=()):
        report = late_pair()
        path = tmp_path / f"film.{suffix}"
        source = f"testsrc2=size=160x90:rate={rate}:duration=6"
        inputs = ["-f", "lavfi", "-i", source, "-i", report.dub_file]
        ffmpeg(*inputs, "-map", "0:v", "-map", "1:a", *codec, *extra, path)
        return report, path

    return make


def picture_packets(path):
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        ("mp4", ("-c:v", "libx264", "-c:a", "aac")),
        ("mkv", ("-c:v", "libx264", "-c:a", "ac3")),
        ("mov", ("-c:v", "prores", "-c:a", "pcm_s24le")),
        ("mxf", ("-c:v", "mpeg2video", "-c:a", "pcm_s16le")),
        ("ts", ("-c:v", "mpeg2video", "-c:a", "mp2")),
    ],
)
def test_pictures_are_copied_and_sound_is_moved(film, make_report, tmp_path, suffix, codec):
    late, path = film(suffix, *codec)
    report = make_report(late.master_file, path, segments=report_segments(late))
    output = tmp_path / f"out.{suffix}"

    corrected(report, output)

    assert picture_packets(output) == picture_packets(path)
    before, after = probe(str(path)), probe(str(output))
    assert (after.codec, after.channels, after.frame_rate) == (
        before.codec,
        before.channels,
        before.frame_rate,
    )
    residual = measure_residual(report, plan_correction(report), str(output)).to_dict()
    assert residual["windows_measured"] >= 2
    assert residual["worst_ms"] < 1.0


@pytest.mark.parametrize("suffix", ["mov", "mxf"])
def test_the_timecode_of_a_film_is_kept(film, make_report, tmp_path, suffix):
    codec = ("-c:v", "mpeg2video", "-c:a", "pcm_s16le", "-timecode", "10:00:00:00")
    late, path = film(suffix, *codec)
    report = make_report(late.master_file, path, segments=report_segments(late))
    assert probe(str(path)).start_timecode == "10:00:00:00"

    corrected(report, tmp_path / f"out.{suffix}")

    assert probe(str(tmp_path / f"out.{suffix}")).start_timecode == "10:00:00:00"


def test_other_streams_of_a_film_come_along(film, ffmpeg, make_report, tmp_path):
    late, path = film("mkv", "-c:v", "libx264", "-c:a", "flac")
    subtitles = tmp_path / "words.srt"
    subtitles.write_text("1\n00:00:01,000 --> 00:00:02,000\nHallo\n", encoding="utf-8")
    full = tmp_path / "full.mkv"
    inputs = ["-i", path, "-i", late.master_file, "-i", subtitles]
    tags = ["-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=eng"]
    maps = ["-map", "0:v", "-map", "0:a", "-map", "1:a", "-map", "2:s"]
    ffmpeg(*inputs, *maps, "-c", "copy", "-c:a:1", "flac", *tags, full)
    report = make_report(late.master_file, full, segments=report_segments(late), stream=0)
    output = tmp_path / "out.mkv"

    written = corrected(report, output)

    with av.open(str(output)) as container:
        kinds = [stream.type for stream in container.streams]
        languages = [stream.metadata.get("language") for stream in container.streams.audio]
    assert kinds == ["video", "audio", "audio", "subtitle"]
    assert languages == ["ger", "eng"]
    assert "1 other audio streams were copied as they are." in written.notes
    other = read_excerpt(probe(str(output), stream=1), start_seconds=0, duration_seconds=5)
    wanted = read_excerpt(probe(str(full), stream=1), start_seconds=0, duration_seconds=5)
    assert np.array_equal(other, wanted)


def test_mono_streams_of_one_programme_are_all_moved_alike(
    late_pair, ffmpeg, make_report, tmp_path
):
    late = late_pair()
    path, output = tmp_path / "film.mxf", tmp_path / "out.mxf"
    source = "testsrc2=size=720x576:rate=25:duration=6"
    split = "[1:a]channelsplit=channel_layout=stereo[l][r]"
    inputs = ["-f", "lavfi", "-i", source, "-i", late.dub_file, "-filter_complex", split]
    maps = ["-map", "0:v", "-map", "[l]", "-map", "[r]"]
    ffmpeg(*inputs, *maps, "-c:v", "mpeg2video", "-c:a", "pcm_s16le", path)
    report = make_report(late.master_file, path, segments=report_segments(late))
    assert report.media["dub"]["stream"] is None

    corrected(report, output)

    whole = read_excerpt(probe(str(output)), start_seconds=0, duration_seconds=5)
    wanted, _ = sf.read(late.master_file, dtype="float32")
    assert np.abs(whole.T - wanted[: 5 * RATE_HZ]).max() < 1e-4


def test_sound_that_starts_after_the_picture_is_placed_by_its_time_stamps(
    film, ffmpeg, make_report, tmp_path
):
    late, path = film("mkv", "-c:v", "libx264", "-c:a", "flac")
    shifted, output = tmp_path / "shifted.mkv", tmp_path / "out.mkv"
    ffmpeg("-i", path, "-itsoffset", "0.4", "-i", path, "-map", "0:v", "-map", "1:a", "-c", "copy",
           shifted)  # fmt: skip
    lag = -LATE / RATE_HZ - 0.4
    report = make_report(late.master_file, shifted, segments=((0.0, 6.0, lag),))

    corrected(report, output)

    residual = measure_residual(report, plan_correction(report), str(output)).to_dict()
    assert residual["worst_ms"] < 1.0


def test_another_suffix_is_refused_but_for_wav(film, make_report, tmp_path):
    late, path = film("mkv", "-c:v", "libx264", "-c:a", "ac3")
    report = make_report(late.master_file, path, segments=report_segments(late))

    with pytest.raises(InvalidOption, match=r"mkv or \.wav"):
        corrected(report, tmp_path / "out.mp4")
    corrected(report, tmp_path / "out.wav")

    assert sf.info(tmp_path / "out.wav").subtype == "PCM_24"
