from sync_analyzer.ai import checksums


def folder_of(tmp_path, **files):
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_a_changed_byte_is_found(tmp_path):
    folder = folder_of(tmp_path, weights=b"12345678", config=b"{}")
    assert checksums.record(folder) == 2
    assert checksums.damaged_files(folder) == []

    (folder / "weights").write_bytes(b"12345679")

    assert checksums.damaged_files(folder) == ["weights"]
    assert checksums.is_complete(folder)  # the size is right: only reading it tells


def test_a_missing_or_shortened_file_makes_the_folder_incomplete(tmp_path):
    folder = folder_of(tmp_path, weights=b"12345678")
    checksums.record(folder)

    (folder / "weights").write_bytes(b"1234")
    assert not checksums.is_complete(folder)

    (folder / "weights").unlink()
    assert not checksums.is_complete(folder)


def test_files_of_an_unfinished_download_make_the_folder_incomplete(tmp_path):
    folder = folder_of(tmp_path, weights=b"12345678")
    assert checksums.is_complete(folder)

    inside = folder / ".cache" / "download"
    inside.mkdir(parents=True)
    (inside / "abc.incomplete").write_bytes(b"1")

    assert not checksums.is_complete(folder)


def test_a_folder_without_a_record_says_so(tmp_path):
    folder = folder_of(tmp_path, weights=b"1")

    assert not checksums.is_recorded(folder)
    checksums.record(folder)
    assert checksums.is_recorded(folder)
