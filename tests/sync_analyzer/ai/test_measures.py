import numpy as np
import pytest

from sync_analyzer.ai.measures import (
    best_line,
    embedding_similarity,
    model_confidence,
    temporal_consistency,
)
from sync_analyzer.evidence import Evidence, Line, Vote


def line(offset_seconds=0.0, *, rate=1.0, score=10.0):
    return Line(rate=rate, offset_seconds=offset_seconds, score=score)


def vote(master_seconds, number):
    return Vote(
        master_seconds=master_seconds,
        duration_seconds=10.0,
        offset_seconds=0.0,
        score=9.0,
        rival=3.0,
        line=number,
    )


def evidence(lines, votes):
    return Evidence(detector="m", resolution_seconds=0.02, lines=tuple(lines), votes=tuple(votes))


def test_the_strongest_line_is_the_best_and_none_is_none():
    assert best_line(evidence([line(score=3.0), line(score=8.0)], [])) == 1
    assert best_line(evidence([], [])) is None


def test_identical_sound_has_similarity_one_on_its_line_and_little_elsewhere():
    frames = np.random.default_rng(0).standard_normal((1000, 8)).astype(np.float32)
    late = np.concatenate([np.zeros((100, 8), np.float32), frames])

    there = embedding_similarity(frames, late, line(-2.0), step_seconds=0.02)
    elsewhere = embedding_similarity(frames, late, line(-1.0), step_seconds=0.02)

    assert there == pytest.approx(1.0, abs=1e-4)
    assert abs(elsewhere) < 0.1


def test_only_what_was_embedded_on_both_sides_is_compared():
    frames = np.random.default_rng(0).standard_normal((1000, 8)).astype(np.float32)
    chosen = frames.copy()
    chosen[:300] = chosen[700:] = 0.0

    assert embedding_similarity(chosen, frames, line(), step_seconds=0.02) == pytest.approx(1.0)


def test_a_line_outside_the_dub_has_no_similarity():
    frames = np.ones((100, 2), np.float32)

    assert embedding_similarity(frames, frames, line(-500.0), step_seconds=0.02) == 0.0


def test_consistency_is_the_share_of_windows_that_vote_for_the_line():
    found = evidence([line(), line(5.0)], [vote(1.0, 0), vote(2.0, 0), vote(3.0, 1)])

    assert temporal_consistency(found, 0, windows=4) == 0.5
    assert temporal_consistency(found, 0, windows=0) == 0.0


def test_confidence_grows_with_each_kind_of_agreement_and_never_reaches_one():
    weak = model_confidence(agreeing_windows=0, consistency=0.0, stack_score=4.0)
    more = model_confidence(agreeing_windows=5, consistency=0.5, stack_score=12.0)
    most = model_confidence(agreeing_windows=500, consistency=1.0, stack_score=80.0)

    assert weak < 0.5 < more <= most <= 0.99
