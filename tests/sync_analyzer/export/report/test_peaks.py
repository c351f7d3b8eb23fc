"""Waveforms of whole files are made of real samples."""

import json

import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.errors import MediaNotFound
from sync_analyzer.export.report.peaks import Peaks, load_peaks, peaks_of
from sync_analyzer.export.report.sound import fetch_sound
from sync_analyzer.media.track import Waveform
from sync_analyzer.pipeline import Options, analyze
from sync_analyzer.report import SyncReport


def test_peaks_are_the_extremes_of_each_bucket():
    samples = np.array([0.1, -0.2, 0.3, 0.0, -0.9, 0.5, 0.25], np.float32)

    peaks = peaks_of(Waveform(samples=samples, sample_rate_hz=2), buckets=3)

    assert peaks.low == pytest.approx([-0.2, -0.9, 0.25])
    assert peaks.high == pytest.approx([0.3, 0.5, 0.25])
    assert peaks.bucket_seconds == 1.5


@pytest.mark.parametrize("signs", [(-1, 1), (-1,), (1,), (0,)])
def test_half_precision_changes_nothing(signs):
    rng = np.random.default_rng(3)
    samples = (rng.random(10_007) * rng.choice(signs, 10_007)).astype(np.float16)

    peaks, wanted = (
        peaks_of(Waveform(samples=samples.astype(kind), sample_rate_hz=8000), buckets=37)
        for kind in (np.float16, np.float32)
    )

    assert np.array_equal(peaks.low, wanted.low)
    assert np.array_equal(peaks.high, wanted.high)


def test_outside_the_file_a_waveform_is_flat():
    peaks = peaks_of(Waveform(samples=np.ones(10, np.float32), sample_rate_hz=10))

    low, high = peaks.at(np.array([-1.0, 0.05, 5.0, np.nan]))

    assert low.tolist() == high.tolist() == [0.0, 1.0, 0.0, 0.0]


def test_an_event_shows_up_at_its_time(tmp_path):
    samples = np.zeros(48_000 * 4, np.float32)
    samples[48_000 * 3 : 48_000 * 3 + 480] = 0.5
    path = tmp_path / "event.wav"
    sf.write(path, samples, 48_000)

    peaks = load_peaks(str(path), stream=None, cache_dir=None)

    loud = np.flatnonzero(peaks.high > 0.2) * peaks.bucket_seconds
    assert loud.min() == pytest.approx(3.0, abs=0.01)
    assert loud.max() == pytest.approx(3.01, abs=0.01)


def test_a_changed_file_is_read_again(tmp_path):
    path, cache = tmp_path / "sound.wav", tmp_path / "cache"
    sf.write(path, np.full(8000, 0.25, np.float32), 8000)
    load_peaks(str(path), stream=None, cache_dir=cache)

    sf.write(path, np.full(9000, 0.5, np.float32), 8000)
    peaks = load_peaks(str(path), stream=None, cache_dir=cache)

    assert peaks.high.max() == pytest.approx(0.5, abs=1e-3)


def test_a_damaged_cache_is_made_anew(tmp_path):
    path, cache = tmp_path / "sound.wav", tmp_path / "cache"
    sf.write(path, np.full(8000, 0.25, np.float32), 8000)
    load_peaks(str(path), stream=None, cache_dir=cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(b"rubbish")

    peaks = load_peaks(str(path), stream=None, cache_dir=cache)

    assert peaks.high.max() == pytest.approx(0.25, abs=1e-3)


def test_a_file_that_is_gone_is_said_to_be(tmp_path):
    with pytest.raises(MediaNotFound):
        load_peaks(str(tmp_path / "none.wav"), stream=None, cache_dir=tmp_path)


def test_an_analysis_keeps_them_so_that_a_report_need_not_decode(tmp_path, monkeypatch):
    sound = 0.1 * np.random.default_rng(4).standard_normal(8000 * 8)
    for name, samples in (("master", sound), ("dub", np.pad(sound, (800, 0)))):
        sf.write(tmp_path / f"{name}.wav", samples, 8000)
    report = analyze(
        str(tmp_path / "master.wav"),
        str(tmp_path / "dub.wav"),
        options=Options(methods=("correlation",)),
    )
    monkeypatch.setattr("sync_analyzer.export.report.sound.load_peaks", None)

    shown = fetch_sound(SyncReport.from_dict(json.loads(json.dumps(report.to_dict()))))

    assert not shown.missing
    assert shown.master_peaks.high.max() == pytest.approx(sound.max(), abs=0.01)
    assert len(json.dumps(report.media["dub"]["peaks"])) < 6_000


def test_peaks_travel_inside_a_report():
    rng = np.random.default_rng(2)
    samples = (0.3 * rng.standard_normal(50_000)).astype(np.float32)
    peaks = peaks_of(Waveform(samples=samples, sample_rate_hz=8000))

    read_back = Peaks.from_dict(json.loads(json.dumps(peaks.to_dict())))

    assert read_back.bucket_seconds == peaks.bucket_seconds
    assert np.abs(read_back.low - peaks.low).max() < 0.01
    assert np.abs(read_back.high - peaks.high).max() < 0.01
