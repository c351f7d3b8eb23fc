"""How a stretched dub wanders: measured copy by copy, believed only where held-out frames agree."""

import dataclasses

import numpy as np
import pytest
import soundfile as sf
from splicer import stretched

from sync_analyzer.errors import AnalysisCancelled
from sync_analyzer.export.plan import plan_correction
from sync_analyzer.repair.wander import measure_wander
from sync_analyzer.run import Run

RATE_HZ = 48_000
SECONDS = 20
MODES = {0.96: "24/25", 25 / 24: "25/24"}


@pytest.fixture
def pair(tmp_path, make_music, make_report):
    """Return a maker of a report of a master and a dub of ``rate``, made by ``make``."""

    def pair_of(make, *, rate=0.96, mode="pitch_preserved", voice=0.0):
        master = make_music(seconds=SECONDS)
        dub = make(master)
        dub = dub + voice * make_music(seconds=SECONDS * 1.1, seed=8)[: len(dub)]
        sf.write(tmp_path / "master.wav", master, RATE_HZ, subtype="FLOAT")
        sf.write(tmp_path / "dub.wav", dub, RATE_HZ, subtype="FLOAT")
        return make_report(
            tmp_path / "master.wav", tmp_path / "dub.wav", segments=((0.0, SECONDS, 0.0),),
            rate=rate, named_rate=MODES[rate], mode=mode,
        )  # fmt: skip

    return pair_of


def measured(report, **options):
    return measure_wander(report, plan_correction(report), **options)


@pytest.mark.parametrize("rate", MODES)
@pytest.mark.parametrize("voice", [0.0, 0.7])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_copies_of_a_known_wander_are_found(pair, rate, voice, seed):
    truth = []

    def make(master):
        dub, copies = stretched(master, rate=rate, seed=seed)
        truth.extend(copies)
        return dub

    wander = measured(pair(make, rate=rate, voice=voice))

    assert wander.worth_following
    assert wander.followed_median_ms < 0.1 < 1.5 < wander.constant_median_ms
    found = wander.copies[0]
    starts = np.array([copy.master_seconds for copy in found])
    for at, ahead in truth[1:-1]:
        inside = (at + ahead) / RATE_HZ + 0.075
        copy = found[int(np.searchsorted(starts, inside)) - 1]
        assert copy.lag_seconds == pytest.approx(-ahead / RATE_HZ, abs=1e-4)


def test_a_small_wander_is_left_alone(pair):
    small = {"rate": 0.96, "seed": 3, "most_ms": 0.3, "copy_seconds": (0.12, 0.16)}

    wander = measured(pair(lambda master: stretched(master, **small)[0]))

    assert wander.frames_clear > 30
    assert wander.followed_median_ms < 0.5 * wander.constant_median_ms
    assert not wander.worth_following
    assert wander.note(followed=False) is None


def test_other_sound_is_not_followed(pair, make_music):
    wander = measured(pair(lambda _: make_music(seconds=0.96 * SECONDS, seed=77)))

    assert not wander.worth_following


def test_a_scatter_that_held_out_frames_do_not_share_is_not_followed(pair):
    wander = measured(pair(lambda master: stretched(master, rate=0.96, seed=4)[0]))
    noise = dataclasses.replace(wander, followed_median_ms=wander.constant_median_ms)

    assert wander.worth_following
    assert not noise.worth_following


def test_silence_says_nothing(pair):
    wander = measured(pair(lambda master: 0 * master[: int(0.96 * len(master))]))

    assert (wander.frames_clear, wander.worth_following) == (0, False)
    assert wander.to_dict(followed=False)["worst_ms"] is None


@pytest.mark.parametrize("mode", ["resampled", "same"])
def test_only_sound_whose_pitch_was_kept_is_asked(pair, mode):
    assert measured(pair(lambda m: stretched(m, rate=0.96, seed=5)[0], mode=mode)) is None


def test_it_can_be_cancelled(pair):
    report = pair(lambda master: stretched(master, rate=0.96, seed=6)[0])

    with pytest.raises(AnalysisCancelled):
        measured(report, run=Run(cancelled=lambda: True))
