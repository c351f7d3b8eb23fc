"""Written files: in place, and otherwise what they were."""

import struct

import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.errors import AnalysisCancelled, OutputExists, RepairFailed
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.media.probe import probe
from sync_analyzer.repair.residual import measure_residual
from sync_analyzer.repair.write import write_corrected
from sync_analyzer.run import Run

RATE_HZ = 48_000
LATE = 12_345  # samples


def corrected(report, output, **options):
    return write_corrected(report, plan_correction(report), output_path=output, **options)


@pytest.mark.parametrize(
    ("subtype", "channels", "rate_hz"),
    [
        ("PCM_16", 2, 48_000),
        ("PCM_24", 6, 48_000),
        ("PCM_24", 1, 96_000),
        ("PCM_32", 2, 44_100),
        ("PCM_U8", 2, 44_100),
        ("FLOAT", 8, 48_000),
        ("DOUBLE", 1, 48_000),
        ("ULAW", 1, 8_000),
    ],
)
def test_a_late_wav_is_moved_earlier_sample_for_sample(
    late_pair, tmp_path, subtype, channels, rate_hz
):
    report = late_pair(subtype=subtype, channels=channels, rate_hz=rate_hz)

    corrected(report, tmp_path / "out.wav")

    before, after = sf.SoundFile(report.dub_file), sf.SoundFile(tmp_path / "out.wav")
    assert (after.subtype, after.channels, after.samplerate) == (subtype, channels, rate_hz)
    assert len(after) == 6 * rate_hz
    assert np.array_equal(after.read(), before.read()[LATE:])


def test_an_early_dub_is_delayed(tmp_path, make_music, make_report):
    master = make_music(seconds=6)
    sf.write(tmp_path / "master.wav", master, RATE_HZ)
    sf.write(tmp_path / "dub.wav", master[LATE:], RATE_HZ)
    report = make_report(
        tmp_path / "master.wav", tmp_path / "dub.wav", segments=((0.0, 6.0, LATE / RATE_HZ),)
    )

    corrected(report, tmp_path / "out.wav")

    after, _ = sf.read(tmp_path / "out.wav")
    wanted, _ = sf.read(tmp_path / "master.wav")
    assert not after[:LATE].any()
    assert np.array_equal(after[LATE:], wanted[LATE:])


@pytest.mark.parametrize("suffix", ["flac", "m4a", "mp3", "opus", "ac3", "aac", "mka", "ts", "mp2"])
def test_every_format_comes_out_in_place(late_pair, ffmpeg, make_report, tmp_path, suffix):
    report = late_pair()
    dub = tmp_path / f"dub.{suffix}"
    ffmpeg("-i", report.dub_file, "-b:a", "256k", dub)
    found = probe(str(dub))
    lag = LATE / RATE_HZ + {"aac": 1024, "ac3": 256, "ts": 481, "mp2": 481}.get(suffix, 0) / RATE_HZ
    if suffix == "ts":
        lag = LATE / RATE_HZ + (481 if found.codec.startswith("mp2") else 1024) / RATE_HZ
    report = make_report(report.master_file, dub, segments=((0.0, 6.0, -lag),))

    output = tmp_path / f"out.{suffix}"
    corrected(report, output)

    written = probe(str(output))
    residual = measure_residual(report, plan_correction(report), str(output)).to_dict()
    assert (written.codec, written.sample_rate_hz, written.channels, written.layout) == (
        found.codec,
        found.sample_rate_hz,
        found.channels,
        found.layout,
    )
    assert residual["windows_measured"] >= 2
    assert residual["worst_ms"] < 1.0


def test_depth_and_tags_of_a_flac_file_are_kept(late_pair, ffmpeg, make_report, tmp_path):
    report = late_pair(subtype="PCM_24")
    dub = tmp_path / "dub.flac"
    ffmpeg("-i", report.dub_file, "-metadata", "TITLE=Reel 1", "-metadata", "language=deu", dub)
    report = make_report(report.master_file, dub, segments=report_segments(report))

    corrected(report, tmp_path / "out.flac")

    after = sf.SoundFile(tmp_path / "out.flac")
    assert after.subtype == "PCM_24"
    assert np.array_equal(after.read(), sf.read(dub)[0][LATE:])
    assert {"TITLE": "Reel 1", "language": "deu"}.items() <= dict(
        probe(str(after.name)).tags
    ).items()


def report_segments(report):
    segment = report.segments[0]
    return ((segment.master_start_seconds, segment.master_end_seconds, segment.offset_seconds),)


def with_chunks(path, *chunks_before, after=()):
    """Insert chunks into a WAV file, before and after its samples."""
    data = path.read_bytes()
    at = data.index(b"fmt ")
    packed = [
        b"".join(n + struct.pack("<I", len(c)) + c + b"\0" * (len(c) % 2) for n, c in group)
        for group in (chunks_before, after)
    ]
    body = data[8:at] + packed[0] + data[at:] + packed[1]
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)


def bext(time_reference):
    return b"Reel 1".ljust(338, b"\0") + struct.pack("<Q", time_reference) + bytes(256)


def test_every_chunk_of_a_broadcast_wav_is_kept(late_pair, tmp_path):
    report = late_pair(subtype="PCM_24")
    label = bext(36_000 * RATE_HZ)
    before = ((b"bext", label), (b"iXML", b"<BWFXML>odd</BWFXML>"), (b"chna", b"\1\0\1\0"))
    with_chunks(tmp_path / "dub.wav", *before, after=((b"axml", b"<adm/>"), (b"cue ", bytes(28))))

    written = corrected(report, tmp_path / "out.wav")

    after = (tmp_path / "out.wav").read_bytes()
    assert label in after
    assert b"<BWFXML>odd</BWFXML>" in after
    assert after.endswith(b"axml" + struct.pack("<I", 6) + b"<adm/>")
    assert struct.unpack("<I", after[4:8])[0] == len(after) - 8
    assert b"cue " not in after
    assert any("cue" in note for note in written.notes)
    assert len(sf.SoundFile(tmp_path / "out.wav")) == 6 * RATE_HZ


def test_the_start_label_becomes_the_masters_where_both_have_one(late_pair, make_report, tmp_path):
    report = late_pair()
    with_chunks(tmp_path / "master.wav", (b"bext", bext(3600 * RATE_HZ)))
    with_chunks(tmp_path / "dub.wav", (b"bext", bext(3590 * RATE_HZ)))
    report = make_report(
        tmp_path / "master.wav", tmp_path / "dub.wav", segments=report_segments(report)
    )

    written = corrected(report, tmp_path / "out.wav")

    tags = probe(str(tmp_path / "out.wav")).tags
    assert tags["time_reference"] == str(3600 * RATE_HZ)
    assert any("start label is the master's" in note for note in written.notes)


def test_cuts_become_silence_and_inserts_go(tmp_path, make_music, make_report):
    master, own = make_music(seconds=12), make_music(seconds=2, seed=8)
    dub = np.concatenate([master[: 4 * RATE_HZ], master[5 * RATE_HZ : 8 * RATE_HZ], own,
                          master[8 * RATE_HZ :]])  # fmt: skip
    sf.write(tmp_path / "master.wav", master, RATE_HZ)
    sf.write(tmp_path / "dub.wav", dub, RATE_HZ)
    segments = ((0.0, 4.0, 0.0), (5.0, 8.0, 1.0), (8.0, 12.0, -1.0))
    report = make_report(tmp_path / "master.wav", tmp_path / "dub.wav", segments=segments)

    corrected(report, tmp_path / "out.wav")

    after, _ = sf.read(tmp_path / "out.wav")
    wanted, _ = sf.read(tmp_path / "master.wav")
    fade = int(0.006 * RATE_HZ)
    assert not after[4 * RATE_HZ : 5 * RATE_HZ].any()
    for first, last in ((0, 4), (5, 8), (8, 12)):
        inside = slice(first * RATE_HZ + fade, last * RATE_HZ - fade)
        assert np.array_equal(after[inside], wanted[inside])
    assert np.abs(after).max() <= np.abs(wanted).max() * 1.5


@pytest.mark.parametrize(
    ("rate", "named", "mode", "limit_ms"),
    [
        (0.96, "24/25", "resampled", 0.05),
        (960 / 1001, "960/1001", "resampled", 0.05),
        (1.000145, None, "resampled", 0.05),
    ],
)
def test_speed_is_undone(tmp_path, make_music, ffmpeg, make_report, rate, named, mode, limit_ms):
    master = make_music(seconds=20)
    sf.write(tmp_path / "master.wav", master, RATE_HZ, subtype="PCM_24")
    as_hz = 2_000_000
    first_hz = round(as_hz * rate)
    speed = f"aresample={first_hz}:resampler=soxr,asetrate={as_hz},aresample=48000:resampler=soxr"
    ffmpeg("-i", tmp_path / "master.wav", "-af", speed, "-c:a", "pcm_s24le", tmp_path / "dub.wav")
    report = make_report(
        tmp_path / "master.wav", tmp_path / "dub.wav", segments=((0.0, 20.0, 0.0),),
        rate=first_hz / as_hz, named_rate=named, mode=mode,
    )  # fmt: skip

    corrected(report, tmp_path / "out.wav")

    residual = measure_residual(report, plan_correction(report), str(tmp_path / "out.wav"))
    assert len(residual.counted) > 5
    assert residual.to_dict()["worst_ms"] < limit_ms
    assert sf.info(tmp_path / "out.wav").subtype == "PCM_24"


def test_an_input_is_never_overwritten(late_pair, tmp_path):
    report = late_pair()
    before = [(tmp_path / name).read_bytes() for name in ("master.wav", "dub.wav")]

    for name in ("master.wav", "dub.wav"):
        for overwrite in (False, True):
            with pytest.raises(OutputExists):
                corrected(report, tmp_path / name, overwrite=overwrite)

    assert [(tmp_path / name).read_bytes() for name in ("master.wav", "dub.wav")] == before


def test_an_earlier_output_is_replaced_only_when_asked(late_pair, tmp_path):
    report = late_pair()
    output = tmp_path / "out.wav"
    output.write_bytes(b"earlier")

    with pytest.raises(OutputExists):
        corrected(report, output)
    assert output.read_bytes() == b"earlier"
    corrected(report, output, overwrite=True)

    assert output.stat().st_size > 1_000_000


def test_a_cancelled_repair_leaves_nothing(late_pair, tmp_path):
    report = late_pair()
    before = sorted(tmp_path.iterdir())

    with pytest.raises(AnalysisCancelled):
        corrected(report, tmp_path / "out.wav", run=Run(cancelled=lambda: True))

    assert sorted(tmp_path.iterdir()) == before


def test_a_repair_that_fails_leaves_nothing_and_says_why(late_pair, make_report, ffmpeg, tmp_path):
    late = late_pair()
    coded, misnamed = tmp_path / "dub.opus", tmp_path / "dub.mp3"
    ffmpeg("-i", late.dub_file, coded)
    coded.rename(misnamed)
    report = make_report(late.master_file, misnamed, segments=report_segments(late))
    before = sorted(tmp_path.iterdir())

    with pytest.raises(RepairFailed, match="mp3"):
        corrected(report, tmp_path / "out.mp3")

    assert sorted(tmp_path.iterdir()) == before


def test_a_folder_that_cannot_be_written_is_said_to_be(late_pair, tmp_path):
    with pytest.raises(RepairFailed, match="No such file or directory"):
        corrected(late_pair(), tmp_path / "missing" / "out.wav")


def test_names_are_taken_literally(late_pair, make_report, tmp_path):
    late = late_pair()
    folder = tmp_path / "a:b%d"
    folder.mkdir()
    odd = folder / "-i ünï\n日本 [x].wav"
    (tmp_path / "dub.wav").rename(odd)
    report = make_report(late.master_file, odd, segments=report_segments(late))

    corrected(report, folder / "-y %03d.wav")

    assert len(sf.SoundFile(folder / "-y %03d.wav")) == 6 * RATE_HZ
