"""A path is only ever one local file, and a file only ever holds its own sound."""

import os
import shutil
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from sync_analyzer.errors import EmptyMedia, MediaNotAFile, MediaNotFound, UndecodableMedia
from sync_analyzer.media.container import DEMUXERS, check_file, open_container
from sync_analyzer.media.probe import probe

ODD_NAMES = (
    "-i",
    "-",
    "%03d.wav",
    "100%.wav",
    "a b.wav",
    "a:b.wav",
    "concat:a.wav|b.wav",
    "http:example.wav",
    "pipe:0",
    "file:x.wav",
    "unì códe\n日本.wav",
    "quote'\"`$HOME.wav",
    "?.wav",
    "*.wav",
)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_is_taken_literally(workbench, tmp_path, monkeypatch, name):
    shutil.copy(workbench.wav, tmp_path / name)
    monkeypatch.chdir(tmp_path)

    assert probe(name).duration_seconds == pytest.approx(3.0)
    assert probe(str(tmp_path / name)).path == str(tmp_path / name)


@pytest.mark.parametrize(
    "name", ["http://127.0.0.1:9/a.wav", "concat:a.wav", "nothing.wav", "a\0b.wav", "x" * 5000]
)
def test_what_is_no_file_is_not_found(name):
    with pytest.raises((MediaNotFound, UndecodableMedia)):
        open_container(name)


def test_a_file_used_as_a_folder_is_not_found(workbench):
    with pytest.raises(MediaNotFound):
        check_file(workbench.wav + "/inside.wav")


def test_a_folder_is_not_a_file(tmp_path):
    with pytest.raises(MediaNotAFile):
        open_container(str(tmp_path))


def test_a_device_is_not_a_file():
    with pytest.raises(MediaNotAFile):
        open_container("/dev/zero")


def test_a_pipe_is_refused_without_waiting_for_it(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")

    with pytest.raises(MediaNotAFile):
        open_container(str(tmp_path / "pipe.wav"))


def test_an_empty_file_says_so(tmp_path):
    (tmp_path / "empty.wav").touch()

    with pytest.raises(EmptyMedia):
        open_container(str(tmp_path / "empty.wav"))


@pytest.mark.parametrize(
    "content", [b"just words\n" * 50, b"\0" * 4096, b"RIFF\xff\xff\xff\xffWAVE"]
)
def test_what_is_not_media_is_undecodable(tmp_path, content):
    (tmp_path / "notes.wav").write_bytes(content)

    with pytest.raises(UndecodableMedia, match="Check that it plays elsewhere"):
        probe(str(tmp_path / "notes.wav"))


@pytest.fixture
def requests():
    """Count what a server on this machine is asked for."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append(self.path)
            self.send_error(404)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        seen.append(server.server_port)
        yield seen
        server.shutdown()
        thread.join()


PLAYLISTS = {
    "list.m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{target}\n#EXT-X-ENDLIST\n",
    "list.ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "list.mpd": '<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><BaseURL>{target}</BaseURL>'
    "</Period></MPD>",
    "list.sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
@pytest.mark.parametrize("disguise", ["", ".wav"])
def test_a_playlist_reaches_neither_the_network_nor_another_file(
    workbench, tmp_path, requests, name, disguise
):
    for target in (f"http://127.0.0.1:{requests[0]}/a.wav", "sound.wav", workbench.wav):
        shutil.copy(workbench.wav, tmp_path / "sound.wav")
        path = tmp_path / (name + disguise)
        path.write_text(PLAYLISTS[name].format(target=target))

        with pytest.raises(UndecodableMedia):
            probe(str(path))

    assert len(requests) == 1


def test_no_format_that_refers_to_other_places_is_allowed():
    allowed = set(DEMUXERS.split(","))

    assert not allowed & {
        *("hls", "applehttp", "concat", "dash", "imf", "image2", "lavfi", "rtsp", "sdp", "rtp"),
        *("webm_dash_manifest", "tty", "v4l2", "alsa", "data", "ffmetadata", "vobsub"),
    }
