"""Media files and headers broken at random: no hang, no crash, nothing left behind."""

import random
import time

import av
import numpy as np
import psutil
import pytest
from live_server import FINAL, LiveServer

MEDIA_CODES = {
    "UNDECODABLE_MEDIA",
    "NO_AUDIO_STREAM",
    "EMPTY_FILE",
    "AUDIO_TOO_SHORT",
    "AUDIO_STREAM_NOT_FOUND",
    "MEDIA_ERROR",
}


@pytest.mark.parametrize(
    ("count", "seed"),
    [
        pytest.param(40, 1, id="40 files"),
        pytest.param(500, 2, id="500 files", marks=pytest.mark.slow),
    ],
)
def test_broken_files_are_refused_or_analysed_and_never_more(tmp_path, count, seed):
    with LiveServer(tmp_path, PROBE_TIME_LIMIT_SECONDS=10, JOB_TIME_LIMIT_SECONDS=60) as server:
        master, whole = server.pair("whole", seconds=4.0, seed=seed)
        sources = [*containers(tmp_path), open_bytes(whole)]
        chance = random.Random(seed)

        accepted = []
        for number in range(count):
            broken = server.media / f"broken{number}{chance.choice(SUFFIXES)}"
            broken.write_bytes(damaged(chance.choice(sources), chance))
            accepted += offer(server, master, broken)

        for analysis_id in accepted:
            view = server.wait_for(analysis_id, seconds=70.0)
            assert view["status"] in FINAL
            if view["status"] == "failed":
                assert view["error_code"] in MEDIA_CODES, view
        assert list((server.uploads / ".incoming").glob("*")) == []
        assert processes(server) <= MOST_PROCESSES
        assert server.get("/health").json()["status"] == "healthy"
        good = server.wait_for(server.submit(master_file=master, dub_file=whole))
        assert good["status"] == "completed"


MOST_PROCESSES = 2 + 2 + 1
"""Two that probe, two that analyse, and Python's own tracker of shared resources."""

SUFFIXES = (".wav", ".mp4", ".mkv", ".flac", ".mp3", ".ogg", ".mov", ".ts", "")
HEADERS = (
    b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0\x01\0\xff\xff\xff\xff\xff\xff",
    b"RF64\xff\xff\xff\xffWAVEds64",
    b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom\xff\xff\xff\xffmoov",
    b"\x1aE\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff",
    b"fLaC\x80\xff\xff\xff",
    b"OggS\0\x02\0\0\0\0\0\0\0\0",
    b"ID3\x04\0\0\x7f\x7f\x7f\x7f",
    b"G" + b"\0" * 187,
    b"\x06\x0e\x2b\x34\x02\x05\x01\x01",
    b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n",
    b"ffconcat version 1.0\nfile /etc/passwd\n",
)


def containers(folder):
    """Write one short sound in several containers; return their bytes."""
    made = []
    for codec, suffix in (("aac", ".mp4"), ("flac", ".flac"), ("libopus", ".mkv"), ("mp2", ".ts")):
        path = folder / f"source{suffix}"
        with av.open(str(path), "w") as out:
            stream = out.add_stream(codec, rate=48000)
            samples = np.random.default_rng(1).standard_normal((1, 48000 * 2)).astype(np.float32)
            frame = av.AudioFrame.from_ndarray(samples * 0.1, format="flt", layout="mono")
            frame.rate = 48000
            for packet in (*stream.encode(frame), *stream.encode(None)):
                out.mux(packet)
        made.append(open_bytes(path))
    return made


def open_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def damaged(whole, chance):
    """Return the bytes cut, flipped, filled, doubled or begun like something they are not."""
    data = bytearray(whole)
    way = chance.randrange(6)
    if way == 0:
        return bytes(data[: chance.randrange(len(data))])
    if way == 1:
        for _ in range(chance.randrange(1, 40)):
            data[chance.randrange(min(len(data), 2000))] = chance.randrange(256)
    elif way == 2:
        for _ in range(chance.randrange(1, 200)):
            data[chance.randrange(len(data))] = chance.randrange(256)
    elif way == 3:
        start = chance.randrange(len(data))
        data[start : start + 500] = b"\xff" * 500
    elif way == 4:
        return chance.choice(HEADERS) + bytes(data[chance.randrange(200) :])
    else:
        return chance.choice(HEADERS) + chance.randbytes(chance.randrange(4000))
    return bytes(data)


def offer(server, master, broken):
    """Name the file, look into it and upload it; return the analyses that were accepted."""
    started = time.monotonic()
    probed = server.get(f"/api/v1/files/probe?path={broken.name}")
    asked = server.post(
        "/api/v1/analysis/sync",
        {"master_file": master, "dub_file": str(broken), "methods": ["correlation"]},
    )
    sent = server.client.post(
        "/api/v1/files/upload", files={"file": (broken.name, open_bytes(broken))}
    )
    assert time.monotonic() - started < 35.0
    for answer in (probed, asked, sent):
        assert answer.status_code < 500, answer.text
        if answer.status_code >= 400:
            assert answer.json()["error_code"] in MEDIA_CODES, answer.text
    return [asked.json()["analysis_id"]] if asked.status_code == 202 else []


def processes(server):
    return len(psutil.Process(server.process.pid).children(recursive=True))
