import hashlib
import json
from dataclasses import replace

import pytest

from sync_analyzer.ai import catalogue
from sync_analyzer.ai.config import YAMNET_DEFAULT, AiConfig
from sync_analyzer.errors import DetectorUnavailable, UnknownDetector


def checkpoint(folder):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return folder


def saved_model(folder):
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_bytes(b"graph")
    (folder / "variables" / "variables.index").write_bytes(b"index")
    return folder


@pytest.mark.parametrize(
    "place", ["wav2vec2-base", "hf/hub/models--facebook--wav2vec2-base/snapshots/0123abc"]
)
def test_a_checkpoint_is_found_by_path_and_in_the_layout_of_the_hub(tmp_path, place):
    made = checkpoint(tmp_path / place)

    found = catalogue.card("wav2vec2").find(AiConfig(cache_dir=tmp_path))

    assert found == made


def test_a_local_directory_may_be_named_in_the_settings(tmp_path):
    made = checkpoint(tmp_path / "elsewhere" / "mine")

    config = AiConfig(cache_dir=tmp_path / "empty", wav2vec2_model=str(made))

    assert catalogue.card("wav2vec2").find(config) == made


def test_a_saved_model_is_found_by_name_and_under_the_hash_of_its_handle(tmp_path):
    assert catalogue.card("yamnet").find(AiConfig(cache_dir=tmp_path)) is None

    hashed = saved_model(tmp_path / "tfhub" / hashlib.sha1(YAMNET_DEFAULT.encode()).hexdigest())
    assert catalogue.card("yamnet").find(AiConfig(cache_dir=tmp_path)) == hashed

    named = saved_model(tmp_path / "yamnet")
    assert catalogue.card("yamnet").find(AiConfig(cache_dir=tmp_path)) == named


def test_a_half_downloaded_checkpoint_is_not_used(tmp_path):
    folder = checkpoint(tmp_path / "wav2vec2-base")
    (folder / "model.safetensors.incomplete").write_bytes(b"wei")

    assert catalogue.card("wav2vec2").find(AiConfig(cache_dir=tmp_path)) is None


def test_the_listing_names_what_is_missing_and_the_command_for_it(tmp_path):
    listed = {m["name"]: m for m in catalogue.listing(AiConfig(cache_dir=tmp_path))}

    assert listed["spectral"]["available"]
    assert not listed["wav2vec2"]["available"]
    assert listed["wav2vec2"]["command"] in (
        catalogue.INSTALL_AI,
        "sync-analyzer models fetch wav2vec2",
    )
    json.dumps(listed)


def test_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch):
    card = catalogue.card("wav2vec2")
    absent = replace(card, packages=("no_such_package_anywhere",))
    monkeypatch.setitem(catalogue.CARDS, "wav2vec2", absent)
    checkpoint(tmp_path / "wav2vec2-base")

    with pytest.raises(DetectorUnavailable, match=r"pip install -r requirements-ai\.txt"):
        catalogue.provided("wav2vec2", AiConfig(cache_dir=tmp_path))


def test_an_unknown_model_is_answered_with_the_known_ones():
    with pytest.raises(UnknownDetector, match="spectral, wav2vec2, yamnet"):
        catalogue.card("whisper")
