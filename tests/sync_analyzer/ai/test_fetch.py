import io
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sync_analyzer.ai import checksums
from sync_analyzer.ai.config import AiConfig
from sync_analyzer.ai.fetch import fetch, obtained
from sync_analyzer.errors import DetectorUnavailable


def archive(outside=()):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        inside = (("saved_model.pb", 50_000), ("variables/variables.index", 300))
        for name, size in (*inside, *((name, 10) for name in outside)):
            info = tarfile.TarInfo(name)
            info.size = size
            tar.addfile(info, io.BytesIO(bytes(range(256)) * (size // 256 + 1)))
    return content.getvalue()


@pytest.fixture(name="hub")
def _hub():
    """A hub that answers with an archive, whole or cut off."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            whole = archive(["../escaped"] if "evil" in self.path else [])
            self.send_response(200)
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole[: len(whole) // 2] if "cut" in self.path else whole)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def config_for(tmp_path, address):
    return AiConfig(cache_dir=tmp_path / "models", yamnet_model=address)


def test_a_fetched_model_is_whole_and_recorded(tmp_path, hub):
    place = fetch("yamnet", config_for(tmp_path, f"{hub}/yamnet/1"))

    assert place == tmp_path / "models" / "yamnet"
    assert (place / "saved_model.pb").stat().st_size == 50_000
    assert checksums.is_recorded(place)
    assert checksums.damaged_files(place) == []


@pytest.mark.parametrize("old", [False, True], ids=["with a filter", "without, as in 3.11.2"])
def test_an_archive_that_reaches_outside_is_refused(tmp_path, hub, monkeypatch, old):
    if old:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)

    with pytest.raises(DetectorUnavailable, match="could not be fetched"):
        fetch("yamnet", config_for(tmp_path, f"{hub}/evil/1"))

    assert not list(tmp_path.rglob("escaped"))


def test_a_download_cut_off_leaves_nothing_behind(tmp_path, hub):
    with pytest.raises(DetectorUnavailable, match="could not be fetched"):
        fetch("yamnet", config_for(tmp_path, f"{hub}/cut/1"))

    assert list((tmp_path / "models").iterdir()) == []


def test_an_address_nobody_answers_is_a_clear_error(tmp_path):
    with pytest.raises(DetectorUnavailable, match="--from FOLDER"):
        fetch("yamnet", config_for(tmp_path, "http://127.0.0.1:9/yamnet/1"))


def test_a_handle_that_is_neither_folder_nor_address_is_refused(tmp_path):
    with pytest.raises(DetectorUnavailable, match="neither a folder nor an address"):
        fetch("yamnet", config_for(tmp_path, "file:///etc/yamnet"))


def test_a_local_copy_is_taken_whole_and_replaces_an_older_one(tmp_path):
    source = tmp_path / "copy"
    source.mkdir()
    (source / "config.json").write_text("{}")
    (source / "model.safetensors").write_bytes(b"new")
    config = AiConfig(cache_dir=tmp_path / "models")
    fetch("wav2vec2", config, source=source)
    (source / "model.safetensors").write_bytes(b"newer")

    place = fetch("wav2vec2", config, source=source)

    assert (place / "model.safetensors").read_bytes() == b"newer"
    assert [entry.name for entry in place.parent.iterdir()] == ["wav2vec2-base"]


def test_a_folder_that_is_no_model_is_not_taken(tmp_path):
    source = tmp_path / "copy"
    source.mkdir()
    (source / "readme.txt").write_text("not a model")

    with pytest.raises(DetectorUnavailable, match="not a whole model"):
        fetch("wav2vec2", AiConfig(cache_dir=tmp_path / "models"), source=source)

    assert not (tmp_path / "models" / "wav2vec2-base").exists()


def test_what_is_there_already_is_not_fetched_again(tmp_path, hub):
    config = config_for(tmp_path, f"{hub}/yamnet/1")
    place = fetch("yamnet", config)
    (place / "mark").write_text("")

    assert fetch("yamnet", config) == place
    assert (place / "mark").exists()


def test_a_job_fetches_only_where_the_settings_allow_it(tmp_path, hub, monkeypatch):
    monkeypatch.setattr("sync_analyzer.ai.catalogue.missing_packages", lambda name: [])
    address = f"{hub}/yamnet/1"

    with pytest.raises(DetectorUnavailable, match="no complete weights"):
        obtained("yamnet", config_for(tmp_path, address))
    allowed = AiConfig(cache_dir=tmp_path / "models", yamnet_model=address, download=True)

    assert obtained("yamnet", allowed) == tmp_path / "models" / "yamnet"


def test_the_shipped_model_is_there_and_is_never_fetched(tmp_path):
    assert fetch("spectral", AiConfig(cache_dir=tmp_path)).name == "spectral.onnx"
