"""Mono streams come together block by block, whatever order they arrive in."""

import numpy as np

from sync_analyzer.media.join import Joiner


def joined(stream_count, pieces):
    out = []

    def take(piece):
        silent = isinstance(piece, int)
        out.append(np.zeros((stream_count, piece)) if silent else np.stack(piece))

    joiner = Joiner(stream_count, take)
    for stream, piece in pieces:
        joiner.put(stream, piece)
    joiner.finish()
    return np.concatenate(out, axis=1)


def tone(count, value):
    return [np.full(count, value, np.float32)]


def test_blocks_of_unlike_length_are_aligned():
    whole = joined(2, [(0, tone(5, 1)), (1, tone(3, 2)), (1, tone(4, 3)), (0, tone(2, 4))])

    assert whole.tolist() == [[1] * 5 + [4] * 2, [2] * 3 + [3] * 4]


def test_silence_of_one_stream_stands_beside_sound_of_another():
    whole = joined(2, [(0, 4), (1, tone(6, 2)), (0, tone(2, 1))])

    assert whole.tolist() == [[0, 0, 0, 0, 1, 1], [2] * 6]


def test_a_stream_that_ends_early_is_silent_from_there():
    whole = joined(2, [(0, tone(6, 1)), (1, tone(2, 2))])

    assert whole.tolist() == [[1] * 6, [2, 2, 0, 0, 0, 0]]


def test_a_stream_far_behind_is_taken_as_silent_and_its_late_sound_dropped():
    long = 31 * 48_000

    whole = joined(2, [(0, tone(long, 1)), (1, tone(long, 2)), (0, tone(3, 1)), (1, tone(3, 2))])

    assert whole.shape == (2, long + 3)
    assert whole[1, :long].max() == 0
    assert whole[1, long:].tolist() == [2, 2, 2]
