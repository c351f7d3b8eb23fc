"""Plain corrections of WAV files: the same as ffmpeg makes of the same plan, without ffmpeg."""

import sys

import numpy as np
import pytest
import soundfile as sf

from sync_analyzer.errors import RepairUnavailable
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.repair.wav_chunks import read_frame
from sync_analyzer.repair.wav_samples import CODECS, WavSamples, decoded, encoded
from sync_analyzer.repair.write import write_corrected

RATE_HZ = 48_000
PLANS = {
    "late": {"segments": ((0.0, 12.0, -1.5),)},
    "early": {"segments": ((0.0, 12.0, 0.75),)},
    "cut": {"segments": ((0.0, 5.0, -0.2), (7.0, 12.0, 1.8))},
    "insert": {"segments": ((0.0, 5.0, 0.0), (5.0, 12.0, -2.0))},
    "reordered": {"segments": ((0.0, 4.0, -4.0), (4.0, 8.0, 4.0), (8.0, 12.0, 0.0))},
    "faster": {"segments": ((0.0, 12.0, 0.0),), "rate": 0.96, "named_rate": "24/25"},
    "slower": {"segments": ((0.0, 12.0, 0.3),), "rate": 1.001, "named_rate": "1001/1000"},
    "drifting": {"segments": ((0.0, 12.0, -0.3),), "rate": 1.000145},
    "faster with a cut": {
        "segments": ((0.0, 5.0, 0.0), (7.0, 12.0, 2.28)),
        "rate": 0.96,
        "named_rate": "24/25",
    },
}


@pytest.fixture
def written(tmp_path, make_music, make_report, monkeypatch):
    """Return a maker of the corrected samples of one plan: by ffmpeg, or without any."""

    def make(name, *, with_ffmpeg):
        for file, seed in (("master", 5), ("dub", 6)):
            samples = 0.5 * make_music(seconds=14, seed=seed, channels=2)
            sf.write(tmp_path / f"{file}.wav", samples[: 12 * RATE_HZ] if seed == 5 else samples,
                     RATE_HZ, subtype="FLOAT")  # fmt: skip
        changes = {"mode": "resampled" if "rate" in PLANS[name] else "same", **PLANS[name]}
        report = make_report(tmp_path / "master.wav", tmp_path / "dub.wav", **changes)
        output = tmp_path / f"{with_ffmpeg}.wav"
        with monkeypatch.context() as patched:
            if with_ffmpeg:
                patched.setattr("sync_analyzer.repair.write.can_render", lambda *_, **__: False)
            else:
                patched.setitem(sys.modules, "imageio_ffmpeg", None)
                patched.setenv("PATH", str(tmp_path))
            write_corrected(report, plan_correction(report), output_path=output)
        return sf.read(output)[0]

    return make


def below_20_khz(samples):
    """Return the samples without the edge of the band, where resampling filters may differ."""
    spectrum = np.fft.rfft(samples, axis=0)
    spectrum[np.fft.rfftfreq(len(samples), 1 / RATE_HZ) > 20_000] = 0
    return np.fft.irfft(spectrum, len(samples), axis=0)


@pytest.mark.parametrize("name", PLANS)
def test_the_samples_are_those_that_ffmpeg_makes(written, name):
    ours, theirs = (written(name, with_ffmpeg=choice) for choice in (False, True))

    assert ours.shape == theirs.shape == (12 * RATE_HZ, 2)
    assert np.abs(theirs).max() > 0.05
    assert np.abs(below_20_khz(ours - theirs)[1000:-1000]).max() < 1e-3
    if "rate" not in PLANS[name]:
        assert np.all(ours == theirs, axis=1).mean() > 0.99


def test_what_needs_the_program_says_how_to_get_it(late_pair, tmp_path, monkeypatch):
    report = late_pair(subtype="ULAW", channels=1, rate_hz=8_000)
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(RepairUnavailable, match="requirements-repair"):
        write_corrected(report, plan_correction(report), output_path=tmp_path / "out.wav")

    assert not (tmp_path / "out.wav").exists()


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_samples_survive_being_numbers(codec):
    rng = np.random.default_rng(4)
    samples = rng.uniform(-0.99, 0.99, (1000, 2))

    once = encoded(samples, codec=codec)

    assert encoded(decoded(once, codec=codec), codec=codec) == once
    error = np.abs(decoded(once, codec=codec).reshape(-1, 2) - samples).max()
    assert error <= {"pcm_u8": 2.0**-8, "pcm_s16le": 2.0**-16}.get(codec, 2.0**-23)


def test_too_loud_numbers_are_held_at_full_scale():
    assert decoded(
        encoded(np.array([2.0, -2.0]), codec="pcm_s16le"), codec="pcm_s16le"
    ).tolist() == [
        32767 / 32768,
        -1.0,
    ]


@pytest.mark.parametrize(("subtype", "silence"), [("PCM_U8", 128), ("PCM_16", 0)])
def test_outside_of_the_file_there_is_silence(tmp_path, subtype, silence):
    path = tmp_path / "ten.wav"
    sf.write(path, np.full(10, 0.5), 8000, subtype=subtype)
    codec = {"PCM_U8": "pcm_u8", "PCM_16": "pcm_s16le"}[subtype]
    samples = WavSamples(str(path), read_frame(str(path)), codec=codec)

    assert samples.count == 10
    assert set(samples.raw(-20, -10)) == set(samples.raw(10, 20)) == {silence}
    assert samples.read(-2, 12)[:, 0].tolist() == [0, 0, *[0.5] * 10, 0, 0]
