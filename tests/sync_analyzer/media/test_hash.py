"""A file's content hash."""

import hashlib

import pytest

from sync_analyzer.errors import MediaNotFound
from sync_analyzer.media.hash import content_hash


def test_the_hash_is_that_of_the_bytes(tmp_path):
    content = bytes(range(256)) * 9000
    (tmp_path / "a").write_bytes(content)

    expected = hashlib.sha256(content).hexdigest()
    assert content_hash(str(tmp_path / "a")) == f"sha256:{expected}"


def test_a_missing_file_has_no_hash(tmp_path):
    with pytest.raises(MediaNotFound):
        content_hash(str(tmp_path / "a"))
