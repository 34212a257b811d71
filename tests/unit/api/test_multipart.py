"""Bodies of `multipart/form-data` as different senders write them."""

import pytest

from lambdas.api.calls.files import UploadedFile
from lambdas.api.calls.multipart import read_multipart
from lambdas.api.errors import MalformedRequestError

CONTENT_TYPE = "multipart/form-data; boundary=frontier"


def a_body(*parts: str, end: str = "--frontier--\r\n") -> bytes:
    return ("".join(f"--frontier\r\n{part}\r\n" for part in parts) + end).encode()


FIELD = 'Content-Disposition: form-data; name="a"\r\n\r\nä'
FILE = 'content-disposition: form-data; name="f[]"; filename="ä.txt"\r\nContent-Type: text/plain\r\n\r\nhello'


def test_fields_and_files_in_their_order() -> None:
    fields, files = read_multipart(CONTENT_TYPE, a_body(FIELD, FILE))

    assert fields == [("a", "ä"), ("f[]", "")]
    assert files == (UploadedFile("f[]", "ä.txt", "text/plain", b"hello"),)


@pytest.mark.parametrize("end", ["--frontier--", "--frontier--\r\n", "--frontier--\r\nafterwards"])
def test_what_follows_the_end_does_not_matter(end: str) -> None:
    assert read_multipart(CONTENT_TYPE, a_body(FIELD, end=end))[0] == [("a", "ä")]


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("filename*=UTF-8''%C3%A4.pdf", "ä.pdf"),
        ("filename=\"a.pdf\"; filename*=UTF-8''%C3%A4.pdf", "a.pdf"),
        ("filename=a.pdf", "a.pdf"),
        ('filename="a;b.pdf"', "a;b.pdf"),
    ],
)
def test_file_names_come_in_several_forms(disposition: str, name: str) -> None:
    part = f'Content-Disposition: form-data; name="f"; {disposition}\r\n\r\n%PDF-'
    fields, files = read_multipart(CONTENT_TYPE, a_body(part))

    assert (fields, [file.name for file in files]) == ([("f", "")], [name])


@pytest.mark.parametrize("name", ["", 'name=""; '])
def test_a_file_of_no_field_is_none(name: str) -> None:
    part = f'Content-Disposition: form-data; {name}filename="a.txt"\r\n\r\nhello'

    assert read_multipart(CONTENT_TYPE, a_body(part, FIELD)) == ([("", ""), ("a", "ä")], ())


@pytest.mark.parametrize(
    "body",
    [
        a_body(FIELD, FILE, end=""),
        a_body(FIELD, FILE)[:-20],
        b"nonsense",
        b'--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--frontier--\r\n',
        b'--frontier\r\nContent-Disposition: form-data; name="f"; filename="\xff"\r\n\r\n\r\n--frontier--\r\n',
    ],
    ids=["without an end", "cut off", "nonsense", "a field that is no text", "a name that is no text"],
)
def test_a_body_that_is_not_whole_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedRequestError, match="multipart"):
        read_multipart(CONTENT_TYPE, body)


def test_a_body_without_a_boundary_is_refused() -> None:
    with pytest.raises(MalformedRequestError, match="boundary"):
        read_multipart("multipart/form-data", a_body(FIELD))
