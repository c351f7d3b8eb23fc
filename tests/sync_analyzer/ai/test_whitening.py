import tracemalloc

import numpy as np

from sync_analyzer.ai.embedding import Embeddings
from sync_analyzer.ai.whitening import bounded, whitened


def embeddings(frames, heard=None):
    frames = np.asarray(frames, np.float32)
    heard = np.ones(len(frames), bool) if heard is None else heard
    return Embeddings(
        frames=frames * heard[:, None],
        heard=heard,
        step_seconds=0.02,
        windows=1,
        embedded=len(frames),
    )


def cosine(one, two):
    return float(np.sum(one * two) / np.sqrt(np.sum(one**2) * np.sum(two**2)))


def test_a_common_part_no_longer_makes_unrelated_frames_alike():
    rng = np.random.default_rng(0)
    common = 20.0 * rng.standard_normal(32)
    one, two = (embeddings(common + rng.standard_normal((2000, 32))) for _ in range(2))
    assert cosine(one.frames, two.frames) > 0.95

    first, second = whitened(one, two, local_seconds=2.0, dimensions=16)

    assert abs(cosine(first, second)) < 0.05


def test_what_is_shared_survives():
    rng = np.random.default_rng(1)
    shared = rng.standard_normal((2000, 32))
    one, two = (embeddings(5 + shared + 0.5 * rng.standard_normal((2000, 32))) for _ in range(2))

    first, second = whitened(one, two, local_seconds=2.0, dimensions=16)

    assert cosine(first, second) > 0.6
    assert first.shape == (2000, 16)


def test_frames_that_were_not_heard_stay_zero():
    rng = np.random.default_rng(2)
    heard = np.arange(2000) > 700

    first, _ = whitened(
        embeddings(rng.standard_normal((2000, 8)), heard),
        embeddings(rng.standard_normal((2000, 8))),
        local_seconds=2.0,
        dimensions=8,
    )

    assert not first[:701].any()
    assert first[701:].any(axis=1).all()


def test_a_little_of_a_long_file_costs_the_memory_of_that_little():
    rng = np.random.default_rng(5)
    heard = np.zeros(200_000, bool)
    heard[3000:4000] = heard[150_000:151_000] = True
    frames = np.zeros((len(heard), 128), np.float32)
    frames[heard] = rng.standard_normal((2000, 128))
    sides = [
        Embeddings(frames=frames, heard=heard, step_seconds=0.02, windows=1, embedded=2000)
        for _ in range(2)
    ]

    tracemalloc.start()
    first, second = whitened(*sides, local_seconds=2.0, dimensions=8)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert cosine(first, second) > 0.99
    assert peak_bytes < frames.nbytes / 2


def test_stretches_apart_are_whitened_as_in_one_piece():
    rng = np.random.default_rng(6)
    sound = 3.0 + rng.standard_normal((1000, 8))
    gap = np.zeros((400, 8))
    heard = np.repeat([True, False, True], [600, 400, 400])
    apart = embeddings(np.concatenate([sound[:600], gap, sound[600:]]), heard)

    first, _ = whitened(apart, embeddings(sound), local_seconds=1.0, dimensions=8)
    other, _ = whitened(
        embeddings(
            np.concatenate([sound[:600], gap[:60], sound[600:]]), np.delete(heard, slice(600, 940))
        ),
        embeddings(sound),
        local_seconds=1.0,
        dimensions=8,
    )

    np.testing.assert_allclose(first[heard], other[np.delete(heard, slice(600, 940))], atol=1e-4)


def test_two_silent_files_give_nothing_to_compare():
    nothing = embeddings(np.zeros((100, 8)), np.zeros(100, bool))

    first, second = whitened(nothing, nothing, local_seconds=2.0, dimensions=8)

    assert not first.any()
    assert not second.any()


def test_norms_are_bounded_and_keep_their_order():
    frames = np.outer([0.01, 1.0, 100.0], np.ones(4)).astype(np.float32)

    norm = np.linalg.norm(bounded(frames), axis=1)

    assert (np.diff(norm) > 0).all()
    assert norm.max() < 1.0


def test_inputs_are_not_written_to():
    one = embeddings(np.random.default_rng(4).standard_normal((300, 8)))
    before = one.frames.copy()

    whitened(one, one, local_seconds=1.0, dimensions=4)

    np.testing.assert_array_equal(one.frames, before)
