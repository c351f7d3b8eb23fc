import numpy as np
import pytest

from sync_analyzer.ai.batching import Batcher, OutOfMemory
from sync_analyzer.errors import DetectorUnavailable


def device_that_holds(limit, sizes):
    def forward(batch):
        if len(batch) > limit:
            raise OutOfMemory
        sizes.append(len(batch))
        return batch[:, :, None]

    return forward


def test_a_batch_too_large_is_halved_and_nothing_is_lost_or_reordered():
    sizes = []
    windows = [np.full(4, number, np.float32) for number in range(8)]

    found = Batcher(device_that_holds(3, sizes), batch_size=8, model="m").run(windows)

    assert [int(one[0, 0]) for one in found] == list(range(8))
    assert sizes == [2, 2, 2, 2]


def test_a_batch_size_that_shrank_stays_small():
    sizes = []
    batcher = Batcher(device_that_holds(1, sizes), batch_size=4, model="m")

    batcher.run([np.zeros(4, np.float32)] * 4)
    batcher.run([np.zeros(4, np.float32)] * 4)

    assert batcher.batch_size == 1
    assert sizes == [1] * 8


def test_a_device_without_room_for_one_window_says_what_to_do():
    batcher = Batcher(device_that_holds(0, []), batch_size=4, model="wav2vec2")

    with pytest.raises(DetectorUnavailable, match="USE_GPU=false"):
        batcher.run([np.zeros(4, np.float32)])
