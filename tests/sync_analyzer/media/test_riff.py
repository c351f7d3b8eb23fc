"""The header's sizes against what is there."""

import struct

import pytest

from sync_analyzer.media.riff import data_bytes


def riff(length, present, *, extra=b""):
    fmt = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8000, 16000, 2, 16)
    return b"RIFF\0\0\0\0WAVE" + extra + fmt + b"data" + struct.pack("<I", length) + bytes(present)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (riff(100, 100), (100, 100)),
        (riff(100, 60), (100, 60)),
        (riff(0xFFFFFFFF, 60), (0, 0)),
        (riff(100, 100, extra=b"LIST" + struct.pack("<I", 3) + bytes(4)), (100, 100)),
        (riff(100, 130), (100, 100)),
        (b"RF64" + riff(0, 0)[4:], (0, 0)),
        (b"RIFF\0\0\0\0WAVEdata", (0, 0)),
        (b"fLaC", (0, 0)),
    ],
)
def test_promised_and_present_bytes(tmp_path, content, expected):
    path = tmp_path / "a.wav"
    path.write_bytes(content)

    assert data_bytes(str(path), size_bytes=len(content)) == expected
