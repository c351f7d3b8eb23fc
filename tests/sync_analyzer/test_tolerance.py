"""Profiles judge early and late apart, and by the programme's frames where they say so."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sync_analyzer.errors import InvalidOption
from sync_analyzer.tolerance import PROFILES, judge, profile


@pytest.mark.parametrize(
    ("name", "offset_ms", "verdict"),
    [
        ("default", 39, "pass"),
        ("default", -41, "warn"),
        ("default", 101, "fail"),
        ("ebu_r37", 39, "pass"),
        ("ebu_r37", 41, "fail"),
        ("ebu_r37", -59, "pass"),
        ("ebu_r37", -61, "fail"),
        ("atsc_is191", 16, "fail"),
        ("atsc_is191", -44, "pass"),
        ("dpp", -11, "fail"),
        ("film_half_frame", 21, "pass"),
        ("itu_bt1359", 60, "warn"),
        ("itu_bt1359", -190, "fail"),
    ],
)
def test_positive_is_early_and_negative_is_late(name, offset_ms, verdict):
    judged = judge([offset_ms / 1000], limits=profile(name), frame_rate=None)

    assert judged["verdict"] == verdict


def test_the_worst_place_decides():
    judged = judge([0.0, 0.01, -0.2], limits=profile("default"), frame_rate=None)

    assert judged["verdict"] == "fail"
    assert judged["worst_late_ms"] == 200.0


def test_a_limit_in_frames_follows_the_programme():
    limits = profile("netflix")

    assert judge([0.0405], limits=limits, frame_rate=Fraction(25))["verdict"] == "fail"
    assert judge([0.0405], limits=limits, frame_rate=Fraction(24))["verdict"] == "pass"


def test_an_unknown_profile_names_the_known_ones():
    with pytest.raises(InvalidOption, match="ebu_r37"):
        profile("nobody")


def test_every_profile_names_its_source():
    assert all(entry.source for entry in PROFILES.values())
