"""Features against librosa where it has the same, and against their own definitions."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sounds import RATE_HZ, bed

from sync_analyzer.dsp.features import coarser, mfcc, onset_flux, retimed, spectral_contrast
from sync_analyzer.dsp.mel import log_mel, mel_filterbank


def mono(seconds=6.0, seed=1):
    return bed(seconds=seconds, seed=seed)[:, 0].astype(np.float32)


def test_mel_bands_follow_librosas_htk_bands():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa

        theirs = librosa.filters.mel(
            sr=RATE_HZ, n_fft=512, n_mels=24, fmin=60, fmax=3840, htk=True, norm=None
        ).T
    ours = mel_filterbank(sample_rate_hz=RATE_HZ, fft_samples=512, bands=24)

    np.testing.assert_allclose(ours, theirs / theirs.sum(axis=0), atol=1e-5)


def test_cepstrum_follows_librosas():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import librosa

        picture = log_mel(mono(), sample_rate_hz=RATE_HZ, hop_samples=80)
        theirs = librosa.feature.mfcc(S=picture.T, n_mfcc=13, dct_type=2, norm="ortho").T[:, 1:]
    ours = mfcc(picture)

    # Ours is centred, scaled and bounded besides: the course over time is the same.
    for index in range(12):
        detail = (
            theirs[50:-50, index]
            - np.convolve(theirs[:, index], np.ones(101) / 101, "same")[50:-50]
        )
        assert np.corrcoef(ours[50:-50, index], detail)[0, 1] > 0.85


@pytest.mark.parametrize("make", [mfcc, onset_flux, spectral_contrast])
def test_frames_are_bounded_finite_and_blind_to_gain(make):
    picture = log_mel(mono(), sample_rate_hz=RATE_HZ, hop_samples=80)
    louder = log_mel(np.float32(4) * mono(), sample_rate_hz=RATE_HZ, hop_samples=80)

    features = make(picture)

    assert np.isfinite(features).all()
    assert np.linalg.norm(features, axis=1).max() <= 1.0
    np.testing.assert_allclose(make(louder), features, atol=2e-3)


@pytest.mark.parametrize("make", [mfcc, onset_flux, spectral_contrast])
def test_silence_has_no_features(make):
    picture = log_mel(np.zeros(16_000, np.float32), sample_rate_hz=RATE_HZ, hop_samples=80)

    assert not make(picture).any()


def test_frame_times_are_those_of_the_docstring():
    click = np.zeros(16_000, np.float32)
    click[8_040] = 1.0

    picture = log_mel(click, sample_rate_hz=RATE_HZ, hop_samples=80)

    assert abs(int(picture.sum(axis=1).argmax()) - 100) <= 1


def test_blocks_leave_no_seams():
    sound = np.random.default_rng(1).standard_normal(3_000_000).astype(np.float32)

    whole = log_mel(sound, sample_rate_hz=RATE_HZ, hop_samples=80)
    seam = (1 << 20) // 80
    local = log_mel(
        sound[(seam - 50) * 80 : (seam + 50) * 80], sample_rate_hz=RATE_HZ, hop_samples=80
    )

    np.testing.assert_allclose(whole[seam - 40 : seam + 40], local[10:90], atol=1e-3)


def test_retiming_reads_at_the_rate():
    ramp = np.arange(1000, dtype=np.float32)[:, None]

    faster = retimed(ramp, rate=0.96)

    assert len(faster) == int(1000 / 0.96)
    assert faster[500, 0] == pytest.approx((500.5) * 0.96 - 0.5, abs=1e-3)
    assert retimed(ramp, rate=1.0) is ramp


def test_coarser_takes_means():
    np.testing.assert_allclose(coarser(np.array([[1.0], [3], [5], [7], [9]]), factor=2), [[2], [6]])
