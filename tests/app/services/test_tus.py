import asyncio

import pytest

from app.services.errors import UploadNotFound, UploadOverrun
from app.services.tus import Tus
from app.services.upload_store import UploadStore
from app.services.uploads import Uploads
from sync_analyzer.errors import UndecodableMedia


@pytest.fixture
def anyio_backend():
    return "asyncio"


class Prober:
    """Takes what begins with ``RIFF`` for media; looks only while ``may_look`` is set."""

    def __init__(self):
        self.may_look = asyncio.Event()
        self.looks = asyncio.Event()

    async def probe(self, path):
        self.looks.set()
        await self.may_look.wait()
        if not path.read_bytes().startswith(b"RIFF"):
            raise UndecodableMedia(str(path), "no media")
        return {"path": str(path), "duration_seconds": 1.0}

    def remember(self, path, media):
        pass


async def body(*pieces):
    for piece in pieces:
        yield piece


@pytest.fixture
async def prober():
    return Prober()


@pytest.fixture
async def tus(tmp_path, prober):
    store = UploadStore(tmp_path, max_bytes=1000)
    return Tus(store, Uploads(store, prober))


async def interrupted(tus, prober, content):
    """Send a whole file to a server that is stopped while it looks into it."""
    began = tus.create(length_bytes=len(content), metadata="filename YS53YXY=")
    last = tus.append(began.upload_id, body(content), offset_bytes=0, checksum=None)
    sending = asyncio.create_task(last)
    await prober.looks.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    return began.upload_id


@pytest.mark.anyio
async def test_an_upload_that_is_looked_into_can_be_asked_for(tus, prober):
    began = tus.create(length_bytes=8, metadata="filename YS53YXY=")
    sending = asyncio.create_task(
        tus.append(began.upload_id, body(b"RIFF1234"), offset_bytes=0, checksum=None)
    )
    await prober.looks.wait()

    meanwhile = await tus.progress(began.upload_id)
    prober.may_look.set()
    sent = await sending

    assert (meanwhile.offset_bytes, meanwhile.upload) == (8, None)
    assert sent.upload.filename == "a.wav"
    assert (await tus.progress(began.upload_id)).upload == sent.upload


@pytest.mark.anyio
async def test_an_upload_left_whole_by_a_stopped_server_is_finished_when_asked_for(
    tus, prober, tmp_path
):
    upload_id = await interrupted(tus, prober, b"RIFF1234")
    assert [entry.name for entry in tmp_path.iterdir()] == [".incoming"]
    prober.may_look.set()

    progress = await tus.progress(upload_id)

    assert progress.offset_bytes == progress.length_bytes == 8
    assert (tmp_path / upload_id / "a.wav").read_bytes() == b"RIFF1234"
    assert list((tmp_path / ".incoming").iterdir()) == []


@pytest.mark.anyio
async def test_what_was_left_whole_and_is_no_media_is_refused_and_gone(tus, prober, tmp_path):
    upload_id = await interrupted(tus, prober, b"nothing to hear")
    prober.may_look.set()

    with pytest.raises(UndecodableMedia):
        await tus.progress(upload_id)

    with pytest.raises(UploadNotFound):
        await tus.progress(upload_id)
    assert list((tmp_path / ".incoming").iterdir()) == []


@pytest.mark.anyio
async def test_more_bytes_than_announced_are_refused_by_that_name_and_not_kept(tus):
    began = tus.create(length_bytes=8, metadata="")
    await tus.append(began.upload_id, body(b"RIFF"), offset_bytes=0, checksum=None)

    with pytest.raises(UploadOverrun, match="announced 8 bytes"):
        await tus.append(began.upload_id, body(b"12", b"345"), offset_bytes=4, checksum=None)

    assert (await tus.progress(began.upload_id)).offset_bytes == 4
