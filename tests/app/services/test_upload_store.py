import os
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services import upload_store
from app.services.errors import FileTooLarge, StorageFull, UploadNotFound
from app.services.upload_store import UploadStore, safe_name


@pytest.fixture
def store(tmp_path):
    return UploadStore(tmp_path, max_bytes=1000)


def put(store, content=b"abc", name="a.wav"):
    draft = store.draft()
    draft.write(content)
    draft.finish()
    file = draft.data.rename(draft.folder / name)
    upload = store.publish(file, sha256=draft.sha256, media={}, about={"tags": ("x",)})
    draft.discard()
    return upload


def test_a_folder_that_was_removed_is_made_again(store, tmp_path):
    tmp_path.rmdir()

    assert put(store).size_bytes == 3


def test_an_upload_appears_only_when_it_is_published(store, tmp_path):
    draft = store.draft()
    draft.write(b"abc")
    visible = [entry.name for entry in tmp_path.iterdir() if not entry.name.startswith(".")]
    assert visible == []
    draft.discard()

    upload = put(store)

    assert (tmp_path / upload.file_id / "a.wav").read_bytes() == b"abc"
    assert store.get(upload.file_id) == upload
    assert list(store.incoming.iterdir()) == []


def test_more_bytes_than_allowed_are_refused_as_they_come(store):
    draft = store.draft()
    draft.write(b"x" * 1000)

    with pytest.raises(FileTooLarge):
        draft.write(b"x")

    draft.discard()
    assert list(store.incoming.iterdir()) == []


def test_a_full_disk_is_said_before_anything_is_written(store, monkeypatch):
    monkeypatch.setattr(upload_store, "SPARE_BYTES", 1 << 62)

    with pytest.raises(StorageFull):
        store.draft()


def test_a_deleted_upload_is_gone(store, tmp_path):
    upload = put(store)

    store.delete(upload.file_id)

    for verb in (store.get, store.delete):
        with pytest.raises(UploadNotFound):
            verb(upload.file_id)
    assert not (tmp_path / upload.file_id).exists()


@pytest.mark.parametrize("file_id", ["..", "", "file_20250101_000000_0000000g", ".incoming", "a/b"])
def test_what_is_no_id_leads_nowhere(store, file_id):
    with pytest.raises(UploadNotFound):
        store.get(file_id)


def test_drafts_nobody_writes_to_are_swept(store):
    old, new = store.draft(), store.draft()
    record = old.folder.with_suffix(".json")
    record.write_text("{}")
    past = time.time() - 1000
    for path in (old.data, old.folder, record):
        os.utime(path, (past, past))

    store.sweep(older_than_seconds=500)

    assert not old.folder.exists()
    assert not record.exists()
    assert new.folder.exists()
    for draft in (old, new):
        draft.discard()


@given(st.text(max_size=300))
def test_a_safe_name_is_only_a_name(given_name):
    name = safe_name(given_name)

    assert name
    assert "/" not in name
    assert "\\" not in name
    assert name not in (".", "..")
    assert not name.startswith(".")
    assert all(letter.isprintable() for letter in name)
    assert len(name.encode()) <= 255


def test_names_keep_their_suffix_and_their_letters():
    assert safe_name("x" * 500 + ".wav").endswith("x.wav")
    assert safe_name("日本 1.mov") == "日本 1.mov"
