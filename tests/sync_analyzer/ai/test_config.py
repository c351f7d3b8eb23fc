from pathlib import Path

import pytest

from sync_analyzer.ai.config import AiConfig
from sync_analyzer.errors import InvalidOption


def test_nothing_set_gives_the_defaults():
    assert AiConfig.from_environment({}) == AiConfig()


def test_the_environment_carries_every_setting_to_another_process():
    config = AiConfig(
        cache_dir=Path("/models"),
        batch_size=7,
        download=True,
        wav2vec2_model="/somewhere/w",
        wav2vec2_layer=3,
        yamnet_model="/somewhere/y",
        idle_seconds=12.0,
    )

    assert AiConfig.from_environment(config.to_environment()) == config


def test_a_batch_is_for_gpus():
    config = AiConfig(batch_size=4)

    assert (config.batch_on("cuda:1"), config.batch_on("cpu")) == (4, 1)


@pytest.mark.parametrize("text", ["0", "-1", "four", "99999"])
def test_an_impossible_batch_size_is_refused_with_its_name(text):
    with pytest.raises(InvalidOption, match="AI_BATCH_SIZE"):
        AiConfig.from_environment({"AI_BATCH_SIZE": text})
