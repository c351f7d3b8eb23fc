"""The whole repair: written, measured again, and clips to listen to."""

import json

import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.errors import ReportUnavailable
from sync_analyzer.pipeline import Options, analyze
from sync_analyzer.repair.repair import default_output, repair
from sync_analyzer.run import Run

RATE_HZ = 48_000


@pytest.fixture(scope="module")
def shared(tmp_path_factory, make_music):
    """Return a master and a dub 0.6 s late with another voice on it, as files."""
    folder = tmp_path_factory.mktemp("repair")
    bed, voices = make_music(seconds=24), [make_music(seconds=24, seed=s) for s in (5, 6)]
    master = np.clip(bed + 0.3 * voices[0], -1, 1)
    dub = np.concatenate([np.zeros((28_800, 2), np.float32), np.clip(bed + 0.3 * voices[1], -1, 1)])
    sf.write(folder / "master.wav", master, RATE_HZ, subtype="PCM_24")
    sf.write(folder / "dub.wav", dub, RATE_HZ, subtype="PCM_24")
    return folder


def test_a_repair_proves_itself(shared, tmp_path):
    report = analyze(str(shared / "master.wav"), str(shared / "dub.wav"), options=Options())
    heard = []
    run = Run(progress=lambda fraction, message: heard.append((fraction, message)))

    result = repair(report, output_path=tmp_path / "fixed.wav", run=run).to_dict()

    assert result["residual"]["windows_measured"] >= 8
    assert result["residual"]["worst_ms"] < 0.1
    assert result["after"]["verdict"] == "in_sync"
    assert abs(result["after"]["consensus_offset"]["offset_seconds"]) < 1e-3
    assert result["content_hash"].startswith("sha256:")
    assert [fraction for fraction, _ in heard] == sorted(fraction for fraction, _ in heard)
    assert heard[-1] == (1.0, "Repair complete")
    assert json.loads(json.dumps(result, allow_nan=False)) == result


def test_clips_hold_master_left_and_dub_right(shared, tmp_path, make_report):
    report = make_report(shared / "master.wav", shared / "dub.wav", segments=((0.0, 24.0, -0.6),))

    result = repair(report, output_path=tmp_path / "fixed.wav", analyze_again=False)

    master, _ = sf.read(shared / "master.wav", dtype="float32")
    assert len(result.null_clips) >= 2
    for clip in result.null_clips:
        pair, rate_hz = sf.read(clip.pair_file, dtype="float32")
        start = round(max(0.0, clip.master_seconds - 4.0) * RATE_HZ)
        wanted = master[start : start + len(pair)].mean(axis=1)
        assert rate_hz == RATE_HZ
        assert np.abs(pair[: len(wanted), 0] - wanted).max() < 1e-3
        difference, _ = sf.read(clip.difference_file, dtype="float32")
        loud = np.sqrt(np.mean(difference**2)) / np.sqrt(np.mean(pair[:, 0] ** 2))
        assert 20 * np.log10(loud) == pytest.approx(clip.remaining_db, abs=0.1)


def test_identical_sound_cancels(tmp_path, make_music, make_report):
    music = make_music(seconds=12)
    sf.write(tmp_path / "master.wav", music, RATE_HZ, subtype="PCM_24")
    late = np.concatenate([np.zeros((4800, 2), np.float32), 0.5 * music])
    sf.write(tmp_path / "dub.wav", late, RATE_HZ, subtype="PCM_24")
    report = make_report(
        tmp_path / "master.wav", tmp_path / "dub.wav", segments=((0.0, 12.0, -0.1),)
    )

    result = repair(report, output_path=tmp_path / "fixed.wav", analyze_again=False)

    assert all(clip.remaining_db < -80 for clip in result.null_clips)


def test_the_corrected_dub_goes_beside_the_dub(make_report, shared):
    report = make_report(shared / "master.wav", shared / "dub.wav", segments=((0.0, 24.0, 0.0),))

    assert default_output(report) == shared / "dub_synced.wav"


def test_without_a_match_there_is_nothing_to_repair(make_report, shared, tmp_path):
    report = make_report(shared / "master.wav", shared / "dub.wav", segments=((0.0, 24.0, 0.0),))
    object.__setattr__(report, "match", False)

    with pytest.raises(ReportUnavailable):
        repair(report, output_path=tmp_path / "fixed.wav")

    assert not (tmp_path / "fixed.wav").exists()
