"""Channel arithmetic, by hand."""

import numpy as np
import pytest

from sync_analyzer.media.views import channel_names, mix

HALF_POWER = 0.5**0.5


def row(channels, view):
    made = mix(channels)
    return dict(zip(channels, made.weights[made.views.index(view)], strict=True))


def test_five_one_is_mixed_like_a_stereo_downmix():
    channels = ("FL", "FR", "FC", "LFE", "SL", "SR")

    assert row(channels, "mid") == pytest.approx(
        dict(FL=0.5, FR=0.5, FC=HALF_POWER, LFE=0.0, SL=HALF_POWER / 2, SR=HALF_POWER / 2)
    )
    assert row(channels, "side") == pytest.approx(
        dict(FL=0.5, FR=-0.5, FC=0.0, LFE=0.0, SL=HALF_POWER / 2, SR=-HALF_POWER / 2)
    )
    assert row(channels, "front") == dict(FL=0.5, FR=0.5, FC=0, LFE=0, SL=0, SR=0)
    assert row(channels, "centre") == dict(FL=0, FR=0, FC=1, LFE=0, SL=0, SR=0)
    assert row(channels, "surround") == dict(FL=0, FR=0, FC=0, LFE=0, SL=0.5, SR=0.5)


def test_stereo_has_no_front_beside_mid():
    assert mix(("FL", "FR")).views == ("mid", "side")


def test_mono_is_itself():
    made = mix(channel_names("mono", ["FC"]))

    assert made.views == ("mid",)
    assert made.weights.tolist() == [[1.0]]


def test_an_unknown_layout_is_averaged():
    made = mix(channel_names("8 channels", ["NONE"] * 8))

    assert made.views == ("mid",)
    assert np.allclose(made.weights, 1 / 8)


def test_two_channels_without_a_layout_are_left_and_right():
    assert channel_names("2 channels", ["NONE", "NONE"]) == ("FL", "FR")


def test_a_layout_with_a_channel_nobody_knows_is_averaged():
    assert row(("FL", "FR", "XYZ"), "mid") == pytest.approx(dict(FL=1 / 3, FR=1 / 3, XYZ=1 / 3))


def test_every_channel_of_the_large_layouts_but_the_lfe_is_heard():
    import av

    for layout in ("6.1", "7.1", "7.1(wide)", "5.1.4", "7.1.4", "hexagonal", "octagonal"):
        channels = [channel.name for channel in av.AudioLayout(layout).channels]
        weights = row(channels, "mid")

        assert all(weights[c] > 0 for c in channels if c != "LFE"), layout


def test_only_views_asked_for_are_mixed_and_mid_is_always_there():
    assert mix(("FL", "FR", "FC"), wanted=["centre"]).views == ("mid", "centre")
