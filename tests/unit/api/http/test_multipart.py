"""Bodies of `multipart/form-data` as different senders write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.files import UploadedFile
from lambdas.api.http.multipart import read_multipart

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


WORDS = (
    "=?utf-8?B?w4RydGUuIHR4dA==?=",
    "=?UTF-8?Q?=C3=84rte._txt?=",
    "=?iso-8859-1?q?=C4rte._txt?=",
    "=?utf-8?B?w4RydGU=?= =?utf-8?Q?._txt?=",
)


@pytest.mark.parametrize("more", ["", "; filename*=utf-8''%C3%84rte.%20txt"])
@pytest.mark.parametrize("word", WORDS)
def test_names_may_be_encoded_words(word: str, more: str) -> None:
    """As .NET writes what is not ASCII, of fields too."""
    part = f'Content-Disposition: form-data; name="{word}"; filename="{word}"{more}\r\n\r\nhello'
    fields, files = read_multipart(CONTENT_TYPE, a_body(part))

    assert (fields, [file.name for file in files]) == ([("Ärte. txt", "")], ["Ärte. txt"])


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("base64", "aMOk\r\nbGxv"),
        ("BASE64", "aMOkbGxv"),
        ("quoted-printable", "h=C3=A4=\r\nllo"),
        ("8bit", "hällo"),
        ("binary", "hällo"),
    ],
)
def test_a_part_may_have_a_transfer_encoding(coding: str, content: str) -> None:
    head = f"Content-Transfer-Encoding: {coding}\r\n\r\n{content}"
    file = f'Content-Disposition: form-data; name="f"; filename="a.txt"\r\n{head}'
    fields, files = read_multipart(CONTENT_TYPE, a_body(f'Content-Disposition: form-data; name="a"\r\n{head}', file))

    assert (fields[0], files[0].content.decode()) == (("a", "hällo"), "hällo")


@pytest.mark.parametrize(("coding", "content"), [("base64", "not base 64!"), ("x-uuencode", "hello")])
def test_a_transfer_encoding_that_cannot_be_undone_is_refused(coding: str, content: str) -> None:
    part = f'Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: {coding}\r\n\r\n{content}'
    with pytest.raises(MalformedRequestError, match="multipart"):
        read_multipart(CONTENT_TYPE, a_body(part))


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
        b'--frontier\r\nContent-Disposition: form-data; name="a"\r\n\r\n\x81\r\n--frontier--\r\n',
        b'--frontier\r\nContent-Disposition: form-data; name="f"; filename="\x81"\r\n\r\n\r\n--frontier--\r\n',
    ],
    ids=["without an end", "cut off", "nonsense", "a field that is no text", "a name that is no text"],
)
def test_a_body_that_is_not_whole_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedRequestError, match="multipart"):
        read_multipart(CONTENT_TYPE, body)


@pytest.mark.parametrize("before", ["", "\r\n", "This is a multi-part message.\r\n", "\r\n--front\r\nnothing yet\r\n"])
def test_text_before_the_first_part_is_passed_over(before: str) -> None:
    assert read_multipart(CONTENT_TYPE, before.encode() + a_body(FIELD, FILE)) == read_multipart(
        CONTENT_TYPE, a_body(FIELD, FILE)
    )


def test_lines_may_end_in_a_bare_line_feed() -> None:
    fields, files = read_multipart(CONTENT_TYPE, a_body(FIELD, FILE).replace(b"\r\n", b"\n"))

    assert fields == [("a", "ä"), ("f[]", "")]
    assert files == (UploadedFile("f[]", "ä.txt", "text/plain", b"hello"),)


def test_line_ends_of_a_file_stay_as_they_are_in_either_way() -> None:
    content = b"a\r\nb\nc\r\n\r\n--frontie\r\n\n--fronti\n"
    body = a_body('Content-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nHERE')

    for sent in (body, body.replace(b"\r\n", b"\n")):
        _, files = read_multipart(CONTENT_TYPE, sent.replace(b"HERE", content))
        assert files[0].content == content


def test_a_boundary_of_the_other_line_end_is_part_of_a_file() -> None:
    content = b"a\n--frontier\nb"
    body = a_body('Content-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nHERE').replace(b"HERE", content)

    assert read_multipart(CONTENT_TYPE, body)[1][0].content == content


def test_no_part_at_all_is_no_parameter() -> None:
    assert read_multipart(CONTENT_TYPE, b"--frontier--\r\n") == ([], ())


def test_a_part_may_have_no_header_or_a_folded_one() -> None:
    folded = 'Content-Disposition: form-data;\r\n name="a"\r\n\r\n1'

    assert read_multipart(CONTENT_TYPE, a_body("\r\nlost", folded))[0] == [("", "lost"), ("a", "1")]


@pytest.mark.parametrize("declared", ["", "; charset=ISO-8859-1"])
def test_latin_1_is_read_and_never_spoilt(declared: str) -> None:
    body = a_body(FIELD, FILE).decode().encode("latin-1")

    assert read_multipart(CONTENT_TYPE + declared, body)[0] == [("a", "ä"), ("f[]", "")]
    assert read_multipart(CONTENT_TYPE + declared, body)[1][0].name == "ä.txt"


def test_a_field_says_its_character_set() -> None:
    field = 'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=iso-8859-15\r\n\r\n'
    body = a_body(field + "HERE").replace(b"HERE", b"\xa4")

    assert read_multipart(CONTENT_TYPE, body)[0] == [("a", "€")]


def test_two_encodings_in_one_body_are_refused() -> None:
    body = a_body(FIELD).replace("ä".encode(), "ä".encode() + b"\xe4")

    with pytest.raises(MalformedRequestError, match="encode it as UTF-8"):
        read_multipart(CONTENT_TYPE, body)


@given(st.binary(max_size=60), st.booleans())
def test_any_bytes_around_the_parts_are_read_or_refused(noise: bytes, inside: bool) -> None:
    body = a_body(FIELD, FILE)
    try:
        read_multipart(CONTENT_TYPE, body.replace(b"hello", noise) if inside else noise + body)
    except MalformedRequestError as refused:
        assert str(refused)


def test_a_body_without_a_boundary_is_refused() -> None:
    with pytest.raises(MalformedRequestError, match="boundary"):
        read_multipart("multipart/form-data", a_body(FIELD))
