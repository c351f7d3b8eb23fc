"""WAV headers of every size, read back by another program."""

import struct

import av
import numpy as np
import pytest

from sync_analyzer.repair.wav_chunks import WavFrame, header_bytes, read_frame, trailer_bytes

FMT = struct.pack("<HHIIHH", 1, 2, 48_000, 288_000, 6, 24)


def frame(**changes):
    defaults = {
        "data_at": 44,
        "data_bytes": 0,
        "form": b"RIFF",
        "fmt": FMT,
        "before": (),
        "after": (),
        "dropped": (),
    }
    return WavFrame(**{**defaults, **changes})


@pytest.mark.parametrize("form", [b"RIFF", b"RF64"])
def test_a_written_header_is_understood_elsewhere(tmp_path, form):
    described = frame(form=form, before=((b"odd ", b"abc"),), after=((b"LIST", b"INFO"),))
    samples = np.arange(3001 * 2, dtype="<i4").view("u1").reshape(-1, 4)[:, :3]
    path = tmp_path / "written.wav"

    path.write_bytes(
        header_bytes(described, samples=3001)
        + samples.tobytes()
        + trailer_bytes(described, samples=3001)
    )

    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        read = sum(frame.samples for frame in container.decode(stream))
        assert (read, stream.channels, stream.codec_context.name) == (3001, 2, "pcm_s24le")
    again = read_frame(str(path))
    assert again.fmt == FMT
    assert again.before == described.before
    assert again.after == described.after


def test_more_than_four_gigabytes_become_rf64():
    samples = 7200 * 48_000 * 3

    header = header_bytes(frame(), samples=samples)

    assert header[:4] == b"RF64"
    assert header[4:8] == b"\xff" * 4
    riff_bytes, data_bytes, count = struct.unpack_from("<QQQ", header, 20)
    assert (data_bytes, count) == (samples * 6, samples)
    assert riff_bytes == len(header) - 8 + data_bytes


def test_a_bw64_file_stays_one():
    assert header_bytes(frame(form=b"BW64"), samples=10)[:4] == b"BW64"


def test_an_odd_number_of_bytes_is_padded():
    mono = frame(fmt=struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8))

    assert trailer_bytes(mono, samples=3) == b"\0"
    assert trailer_bytes(mono, samples=4) == b""


def test_the_time_reference_is_replaced_in_place():
    bext = bytes(range(256)) * 3
    described = frame(before=((b"bext", bext),))

    header = header_bytes(described, samples=1, time_reference=2**33 + 5)

    at = header.index(b"bext") + 8
    assert header[at : at + 338] == bext[:338]
    assert struct.unpack_from("<Q", header, at + 338)[0] == 2**33 + 5
    assert header[at + 346 : at + 768] == bext[346:]


@pytest.mark.parametrize("content", [b"", b"RIFF", b"OggS" * 10, b"RIFF\0\0\0\0WAVE", b"x" * 100])
def test_what_is_no_wav_is_none(tmp_path, content):
    path = tmp_path / "some"
    path.write_bytes(content)

    assert read_frame(str(path)) is None


def test_a_header_without_a_length_is_read(tmp_path):
    path = tmp_path / "streamed.wav"
    fmt = b"fmt " + struct.pack("<I", 16) + FMT
    path.write_bytes(b"RIFF\xff\xff\xff\xffWAVE" + fmt + b"data\xff\xff\xff\xff" + bytes(600))

    assert read_frame(str(path)).fmt == FMT
