"""l: files that are broken, odd or too short."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks.corpus.delays import delayed
from benchmarks.corpus.levels import SAMPLE_RATE_HZ as SR
from benchmarks.corpus.levels import Audio, mono
from benchmarks.corpus.media import ffmpeg, write_wav
from benchmarks.corpus.mixing import Master, make_master
from benchmarks.corpus.studio import Studio

SECONDS = 15.0
DELAY_SECONDS = 0.25
WAV_HEADER = slice(40, 44)
"""Where a plain WAV holds the length of its data."""


class _Bench:
    """Records dubs of one master, named by what is wrong with them."""

    def __init__(self, studio: Studio, master: Master) -> None:
        self.studio, self.master, self.count = studio, master, 0
        self.folder = studio.folder / "l"

    def add(self, name: str, expect: str, notes: str, *, end_seconds: float = SECONDS) -> Path:
        """Record a pair and return where its dub must be written."""
        self.count += 1
        path, fine = self.folder / name, expect == "ok"
        segment = {
            "master_start": 0.0, "master_end": end_seconds, "offset_seconds": -DELAY_SECONDS,
        }  # fmt: skip
        self.studio.record(
            id=f"l{self.count}", category="l", subcategory=f"l_{expect}", expect=expect,
            master=self.studio.relative(self.master.written.path),
            dub=self.studio.relative(path), match=fine,
            offset_seconds=-DELAY_SECONDS if fine else None, rate=1.0 if fine else None,
            segments=[segment] if fine else None, notes=notes,
        )  # fmt: skip
        return path


def _plain_wav_bytes(folder: Path, samples: Audio) -> bytes:
    path = folder / "_plain.wav"
    write_wav(path, samples)
    data = path.read_bytes()
    path.unlink()
    return data


def _holed(samples: Audio) -> Audio:
    holed = samples.copy()
    holed[::40000] = np.nan
    holed[5::70000] = np.inf
    return holed


def malformed(studio: Studio) -> None:
    """Make category l."""
    programme = studio.programme("lm", SECONDS, "action")
    master = make_master(studio, "l/lm", programme, encoding="wav")
    bench = _Bench(studio, master)
    samples = delayed(master.samples, DELAY_SECONDS * SR)
    plain = _plain_wav_bytes(bench.folder, samples)
    bench.add(
        "truncated.wav", "ok", "header promises more than there is", end_seconds=7.3
    ).write_bytes(plain[: len(plain) // 2])
    bench.add("zero.wav", "error", "zero bytes").write_bytes(b"")
    bench.add("text.wav", "error", "text renamed").write_bytes(b"hello\n" * 999)
    endless = plain[: WAV_HEADER.start] + b"\xff" * 4 + plain[WAV_HEADER.stop :]
    bench.add("hdr.wav", "ok", "data length 0xFFFFFFFF").write_bytes(endless)
    write_wav(bench.add("nan.wav", "ok", "NaN/Inf samples"), _holed(samples), subtype="FLOAT")
    odd_name = bench.add("ünï código\n日本.wav", "ok", "unicode, space, newline in path")
    write_wav(odd_name, samples)
    eight = np.zeros((len(samples), 8), np.float32)
    eight[:, 5] = mono(samples)
    write_wav(bench.add("ch8.wav", "ok", "8 channels, content on one"), eight)
    write_wav(bench.add("u8.wav", "ok", "8 bit"), samples, subtype="PCM_U8")
    write_wav(bench.add("f64.wav", "ok", "float64"), samples.astype(float), subtype="DOUBLE")
    bench.add("missing.wav", "error", "missing file")
    ffmpeg("-f", "lavfi", "-i", "testsrc2=s=160x90:d=5", "-c:v", "libx264", "-preset",
           "ultrafast", str(bench.add("noaudio.mp4", "error", "no audio stream")))  # fmt: skip
    write_wav(bench.add("short.wav", "nomatch", "0.2 s clip"), samples[9 * SR : 9 * SR + 9600])
