import os

import pytest

from app.services.browsing import Browser
from app.services.errors import NotAFolder, PathNotAllowed
from app.services.paths import MediaPaths
from sync_analyzer.errors import MediaNotFound


class CountingPaths(MediaPaths):
    """Counts how often a path is resolved, which costs more than everything else."""

    resolved = 0

    def inside(self, given):
        self.resolved += 1
        return super().inside(given)


class NothingKnown:
    def known(self, path):
        return None


@pytest.fixture
def root(tmp_path):
    folder = tmp_path / "media"
    folder.mkdir()
    return folder


@pytest.fixture
def paths(root):
    return CountingPaths((root,))


@pytest.fixture
def browse(paths):
    browser = Browser(paths, NothingKnown())

    def page(given=".", *, sort="name", descending=False, offset=0, limit=100):
        return browser.page(given, sort=sort, descending=descending, offset=offset, limit=limit)

    return page


def names(page):
    return [entry["name"] for entry in page.entries]


def test_a_page_is_a_part_of_the_whole_with_folders_first(root, browse):
    for name in ("b.wav", "A.wav", "c.mov"):
        (root / name).touch()
    (root / "z").mkdir()

    assert names(browse()) == ["z", "A.wav", "b.wav", "c.mov"]
    assert names(browse(descending=True)) == ["z", "c.mov", "b.wav", "A.wav"]
    second = browse(offset=2, limit=1)
    assert (names(second), second.total) == (["b.wav"], 4)
    assert [entry["type"] for entry in browse().entries] == ["directory", "audio", "audio", "video"]


def test_a_link_is_shown_as_what_it_leads_to_unless_that_lies_outside(root, browse):
    (root / "inner.wav").write_bytes(b"1234")
    (root / "link.wav").symlink_to("inner.wav")
    (root / "out.wav").symlink_to("/etc/hostname")
    (root / "nowhere.wav").symlink_to("nothing")
    (root / "loop.wav").symlink_to("loop.wav")

    page = browse(sort="size")

    assert names(page) == ["inner.wav", "link.wav"]
    assert page.entries[1]["size_bytes"] == 4


def test_a_large_folder_is_listed_without_resolving_every_name(root, paths, browse):
    for number in range(500):
        (root / f"{number}.wav").touch()

    assert browse(limit=5).total == 500
    assert paths.resolved == 1


def test_names_that_no_answer_can_hold_are_not_shown(root, browse):
    with open(os.fsencode(root) + b"/bad\xff.wav", "wb"):
        pass
    (root / ".hidden.wav").touch()

    assert browse().total == 0


@pytest.mark.parametrize(
    ("given", "error"),
    [("..", PathNotAllowed), ("nothing", MediaNotFound), ("file.wav", NotAFolder)],
)
def test_what_is_no_folder_says_why(root, browse, given, error):
    (root / "file.wav").touch()

    with pytest.raises(error):
        browse(given)
