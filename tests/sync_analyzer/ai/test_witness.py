from itertools import pairwise

import numpy as np
import pytest

from sync_analyzer.ai.compare import Comparison
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.measures import best_line
from sync_analyzer.ai.narrator import Narrator
from sync_analyzer.ai.network import spectral_encoder
from sync_analyzer.ai.witness import Witness, chosen_spans, dub_spans, line_test
from sync_analyzer.evidence import Line
from sync_analyzer.run import Run

RATE_HZ = 8000


def outcome(master, dub, *, heard):
    comparison = Comparison(
        detector="stand-in", identity=("stand-in",), batch_size=2, whitening="none"
    )
    run = Run(progress=lambda _, words: heard.append(words))
    with spectral_encoder(device="cpu", config=AiConfig()) as encoder:
        witness = Witness(comparison=comparison, encoder=encoder, narrator=Narrator(run=run))
        return witness.tested(master, dub, config=AiConfig())


@pytest.mark.parametrize("delay_seconds", [3.333, -41.01])
def test_the_windows_confirm_the_proposed_line_and_refine_it(
    track, shared_sound, voice, delay_seconds
):
    bed = shared_sound(1, seconds=420)
    late = int(abs(delay_seconds) * RATE_HZ)
    dub_bed = np.pad(bed, (late, 0)) if delay_seconds > 0 else bed[late:]
    dub = dub_bed + voice(2, seconds=len(dub_bed) / RATE_HZ)[: len(dub_bed)]
    heard = []

    evidence = outcome(track(bed + voice(1, seconds=420)), track(dub), heard=heard)

    best = evidence.lines[best_line(evidence)]
    assert best.offset_seconds == pytest.approx(-delay_seconds, abs=0.02)
    assert evidence.metadata["temporal_consistency"] > 0.7
    assert evidence.metadata["embedded_seconds"] < 0.7 * (420 + len(dub) / RATE_HZ)
    assert all(vote.score > vote.rival for vote in evidence.votes)
    assert heard[-1] == "AI Analysis: Complete! (100%)"
    preparing = [words for words in heard if "Starting master audio processing" in words]
    assert len(set(preparing)) > 3
    assert any("Dub embeddings - Processing window 1/" in words for words in heard)


def test_nothing_is_claimed_where_nothing_is_proposed(track):
    silence = [track(np.zeros(60 * RATE_HZ)) for _ in range(2)]

    heard = []
    evidence = outcome(*silence, heard=heard)

    assert evidence.lines == ()
    assert evidence.votes == ()
    said = evidence.metadata
    assert (said["device"], said["mode"]) == ("cpu", "windows that matter")
    assert (said["embedding_similarity"], said["model_confidence"]) == (0.0, 0.0)
    assert (said["total_windows_processed"], said["embedded_seconds"]) == (0, 0.0)
    assert heard[-1] == "AI Analysis: Complete! (100%)"


def test_a_wrong_line_gets_no_votes(shared_sound):
    rng = np.random.default_rng(0)
    frames = rng.standard_normal((5000, 8)).astype(np.float32)
    spans = [(float(at), float(at + 16)) for at in range(5, 80, 16)]

    right = line_test(
        frames,
        frames,
        line=Line(rate=1.0, offset_seconds=0.1, score=9.0),
        number=0,
        spans=spans,
        step_seconds=0.02,
    )
    wrong = line_test(
        frames,
        frames,
        line=Line(rate=1.0, offset_seconds=9.0, score=9.0),
        number=1,
        spans=spans,
        step_seconds=0.02,
    )

    assert len(right.votes) == len(spans)
    assert right.line.offset_seconds == pytest.approx(0.0, abs=1e-3)
    assert [vote.offset_seconds for vote in right.votes] == pytest.approx(
        [0.0] * len(spans), abs=0.002
    )
    assert wrong.votes == ()
    assert wrong.line.score == 0.0


def test_a_line_at_another_speed_is_tested_at_that_speed():
    rng = np.random.default_rng(1)
    slow = np.cumsum(rng.standard_normal((6000, 8)), axis=0)
    master = (slow[25:] - slow[:-25]).astype(np.float32)
    position = np.arange(int(len(master) * 0.96)) / 0.96
    dub = np.stack([np.interp(position, np.arange(len(master)), row) for row in master.T], axis=1)

    found = line_test(
        master,
        dub.astype(np.float32),
        line=Line(rate=0.96, offset_seconds=0.2, score=9.0),
        number=0,
        spans=[(float(at), float(at + 16)) for at in range(5, 90, 16)],
        step_seconds=0.02,
    )

    assert found.line.offset_seconds == pytest.approx(0.0, abs=0.02)
    assert len(found.votes) >= 4


def test_windows_are_spread_and_lie_where_the_sound_is_rich(track):
    master, dub = (track(np.zeros(1200 * RATE_HZ)) for _ in range(2))
    salience = np.full(60_000, 0.1, np.float32)
    salience[30_000:31_000] = 5.0

    spans = chosen_spans(salience, master, dub, [Line(rate=1.0, offset_seconds=0.0, score=9.0)])

    assert len(spans) >= 10
    assert all(first[1] <= second[0] for first, second in pairwise(spans))
    assert sum(begin < 620 and end > 600 for begin, end in spans) == 2


def test_spans_of_the_dub_are_merged_and_stay_inside_it():
    lines = [Line(rate=1.0, offset_seconds=o, score=1.0) for o in (0.0, 1.0, -90.0)]

    spans = dub_spans([(0.0, 16.0), (50.0, 66.0)], lines, 100.0)

    assert spans == [(0.0, 19.0), (46.0, 69.0), (87.0, 100.0)]
