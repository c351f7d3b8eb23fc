from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.errors import PathNotAllowed
from app.services.paths import MediaPaths
from sync_analyzer.errors import EmptyMedia, MediaError, MediaNotAFile, MediaNotFound


@pytest.fixture
def place(tmp_path):
    """Two roots, one of them reached by a link, and a secret outside of both."""
    real = tmp_path / "real"
    for folder in (real, tmp_path / "uploads" / ".incoming"):
        folder.mkdir(parents=True)
    (tmp_path / "mount").symlink_to(real)
    (real / "a.wav").write_bytes(b"x")
    (real / "empty.wav").touch()
    (tmp_path / "uploads" / "b.wav").write_bytes(b"x")
    (tmp_path / "uploads" / ".incoming" / "c.wav").write_bytes(b"x")
    (tmp_path / "secret.wav").write_bytes(b"x")
    (tmp_path / "mount-sibling").mkdir()
    (tmp_path / "mount-sibling" / "s.wav").write_bytes(b"x")
    (real / "out.wav").symlink_to(tmp_path / "secret.wav")
    (real / "loop").symlink_to(real / "loop")
    (real / "across.wav").symlink_to(tmp_path / "uploads" / "b.wav")
    return tmp_path


@pytest.fixture
def paths(place):
    return MediaPaths((place / "mount", place / "uploads"))


@pytest.mark.parametrize(
    "name", ["a.wav", "./a.wav", "x/../a.wav", "{}/mount/a.wav", "{}/real/a.wav"]
)
def test_a_file_inside_is_found_by_any_of_its_names(paths, place, name):
    assert paths.media_file(name.format(place)) == place / "real" / "a.wav"


def test_a_link_from_one_root_into_the_other_is_fine(paths, place):
    assert paths.media_file("across.wav") == place / "uploads" / "b.wav"


@pytest.mark.parametrize(
    "name",
    [
        "../secret.wav",
        "{}/secret.wav",
        "{}/mount/../secret.wav",
        "out.wav",
        "{}/mount-sibling/s.wav",
        "/etc/passwd",
        "/",
        "{}/uploads/.incoming/c.wav",
        "/proc/self/environ",
    ],
)
def test_a_path_that_leads_outside_is_refused_whether_it_exists_or_not(paths, place, name):
    with pytest.raises(PathNotAllowed):
        paths.media_file(name.format(place))


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("missing.wav", MediaNotFound),
        ("", MediaNotAFile),
        ("loop", MediaNotFound),
        ("empty.wav", EmptyMedia),
        ("a.wav/b.wav", MediaNotFound),
        ("a\0b", MediaNotFound),
        ("\udcff", MediaNotFound),
        ("x" * 5000, MediaNotFound),
        ("%2e%2e/secret.wav", MediaNotFound),
        ("~/a.wav", MediaNotFound),
        ("$HOME/a.wav", MediaNotFound),
        ("file:a.wav", MediaNotFound),
        ("http://example.com/a.wav", MediaNotFound),
    ],
)
def test_what_is_no_usable_file_says_so(paths, name, error):
    with pytest.raises(error):
        paths.media_file(name)


@given(st.text(max_size=60) | st.text("./~\\%0aA-", max_size=40))
def test_no_text_leads_outside_or_raises_anything_else(text):
    paths = MediaPaths((Path(__file__).parent,))
    try:
        found = paths.inside(text)
    except (PathNotAllowed, MediaError):
        return

    assert found.is_relative_to(Path(__file__).parent.resolve())
