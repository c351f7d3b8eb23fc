import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.services.errors import UploadRejected
from app.services.upload_form import UploadForm, boundary_of, describe, tags_of


def a_form():
    taken = bytearray()
    return UploadForm(take=taken.extend, boundary=b"b"), taken


def body(*parts):
    whole = b""
    for headers, content in parts:
        whole += b"--b\r\nContent-Disposition: form-data; " + headers + b"\r\n\r\n"
        whole += content + b"\r\n"
    return whole + b"--b--\r\n"


FILE = (b'name="file"; filename="a.wav"', b"\x00\r\n--bb\r\n--\xff")


@given(cut=st.lists(st.integers(1, 40), min_size=1))
def test_a_form_reads_the_same_however_it_is_cut(cut):
    form, taken = a_form()
    whole, at = body(FILE, (b'name="tags"', b"a, b")), 0

    for length in cut * 200:
        form.write(whole[at : at + length])
        at += length
        if at >= len(whole):
            break

    assert bytes(taken) == FILE[1]
    assert form.filename == "a.wav"
    assert form.about() == {"file_type": None, "description": None, "tags": ("a", "b")}


@pytest.mark.parametrize(
    "whole",
    [
        body((b'name="tags"', b"a")),
        body(FILE)[:-10],
        b"",
        body(FILE, FILE),
        body((b'name="colour"', b"blue")),
        body((b'name="tags"', b"a" * 20_000), FILE),
        b"this is no form at all",
    ],
)
def test_what_is_no_whole_form_is_refused(whole):
    form, _ = a_form()

    def read():
        form.write(whole)
        return form.about()

    with pytest.raises(UploadRejected):
        read()


@pytest.mark.parametrize(
    "content_type", ["", "application/json", "multipart/form-data", "text/plain; boundary=x"]
)
def test_another_content_type_is_refused(content_type):
    with pytest.raises(UploadRejected):
        boundary_of(content_type)


def test_a_boundary_beyond_all_measure_is_refused():
    with pytest.raises(UploadRejected):
        UploadForm(take=bytearray().extend, boundary=b"b" * 9000)


def test_the_boundary_is_read():
    assert boundary_of('multipart/form-data; boundary="a b"') == b"a b"


@pytest.mark.parametrize("text", ["[", "[1]", '["a", 1]', "[{}]", "[" * 9000, r'["\ud800"]'])
def test_tags_that_are_no_list_of_texts_are_refused(text):
    with pytest.raises(UploadRejected):
        tags_of(text)


def test_a_file_type_is_audio_or_video():
    assert describe({"file_type": "video"})["file_type"] == "video"
    assert describe({"file_type": ""})["file_type"] is None
    with pytest.raises(UploadRejected):
        describe({"file_type": "picture"})
