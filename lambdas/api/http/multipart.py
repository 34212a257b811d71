"""`multipart/form-data`: the official PHP client's way to send any call, and everybody's way to send files (RFC 7578).

Read as PHP reads it: text before the first part is passed over, and lines may end in a bare LF, as hand-written clients have
it. Which of the two ends a line is what the first boundary has, so that neither is looked for inside of files.
"""

import base64
import quopri
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from python_multipart.multipart import parse_options_header

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.charsets import read_texts
from lambdas.api.http.files import UploadedFile
from lambdas.api.http.php_params import MAX_FIELDS

# Some libraries send a file name that is not ASCII in this form, though RFC 7578 has no place for it: alone, or beside an encoded
# word (.NET).
_EXTENDED_NAME = re.compile(r"(?i);\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)")
_ENCODED_WORD = re.compile(rb"(?i)=\?(utf-8|us-ascii|iso-8859-1|windows-1252)\?([bq])\?([^?]*)\?=(?:[ \t]+(?==\?))?")
_WHAT = "multipart body"
_LONGEST_BOUNDARY = 250  # RFC 2046 has 70


def read_multipart(content_type: str, body: bytes) -> tuple[list[tuple[str, str]], tuple[UploadedFile, ...]]:
    """The fields as (name, value), and the files. A file's field is there too, with an empty value."""
    _, options = parse_options_header(content_type)
    declared = options.get(b"charset", b"").decode("latin-1")
    try:
        parts = list(_parts(body, options[b"boundary"]))
        charset = declared or next((part.charset for part in parts if part.charset), "")
        names = [part.options.get(b"name", b"") for part in parts]
        values = [b"" if part.is_file else part.content for part in parts]
        file_names = [part.options.get(b"filename", b"") for part in parts]
        texts = read_texts([*names, *values, *file_names], charset, what=_WHAT)
        names_read, values_read, files_read = (texts[at * len(parts) : (at + 1) * len(parts)] for at in range(3))
        found = zip(parts, names_read, files_read, strict=True)
        files = [part.file(name, file_name or part.extended_name) for part, name, file_name in found if part.is_file]
    except (KeyError, ValueError):
        raise MalformedRequestError(message=f"the {_WHAT} cannot be read; check its boundary and parts") from None
    return list(zip(names_read, values_read, strict=True)), tuple(file for file in files if file)


def _parts(body: bytes, boundary: bytes) -> Iterator["_Part"]:
    """Raises ValueError if it is cut off, MalformedRequestError if there are too many."""
    if not 0 < len(boundary) <= _LONGEST_BOUNDARY:
        raise ValueError("no boundary")
    first = re.search(rb"(?:\A|\n)--" + re.escape(boundary) + rb"(?:--|[ \t]*(\r?\n))", body)
    if first is None:
        raise ValueError("no part")
    line_end = first[1]
    if line_end is None:  # the end at once: no parameters
        return
    delimiter = re.compile(re.escape(line_end + b"--" + boundary) + rb"(?:(--)|[ \t]*" + re.escape(line_end) + rb")")
    begin = first.end()
    for count, end in enumerate(delimiter.finditer(body, first.end() - len(line_end))):
        if count == MAX_FIELDS:
            raise MalformedRequestError(message=f"there are more than {MAX_FIELDS} parameters")
        yield _part(body[begin : max(begin, end.start())], line_end)
        if end[1]:
            return
        begin = end.end()
    raise ValueError("cut off")


class _Part(NamedTuple):
    """`options`: of its disposition. `extended_name`: a file's, by RFC 5987. `charset`: of a field that says it."""

    options: dict[bytes, bytes]
    extended_name: str
    content_type: bytes
    charset: str
    content: bytes

    @property
    def is_file(self) -> bool:
        return b"filename" in self.options or bool(self.extended_name)

    def file(self, field: str, name: str) -> UploadedFile | None:
        """A file chooser that was left alone sends a file without name and content, which is none."""
        if not field or not (name or self.content):
            return None
        return UploadedFile(field, name, self.content_type.decode("latin-1"), self.content)


def _part(raw: bytes, line_end: bytes) -> _Part:
    head, blank, content = (line_end + raw).partition(line_end * 2)
    if not blank:
        raise ValueError("no blank line")
    headers: dict[bytes, bytes] = {}
    for line in re.sub(rb"\r?\n[ \t]+", b" ", head).splitlines():
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    disposition, content_type = headers.get(b"content-disposition", b""), headers.get(b"content-type", b"")
    options = _read_words(parse_options_header(disposition)[1])
    extended = None if b"filename" in options else _EXTENDED_NAME.search(disposition.decode("latin-1"))
    extended_name = unquote(extended[1], errors="strict") if extended else ""
    is_field = b"filename" not in options and not extended_name
    charset = parse_options_header(content_type)[1].get(b"charset", b"") if is_field and content_type else b""
    return _Part(options, extended_name, content_type, charset.decode("latin-1"), _undone(content, headers))


def _read_words(options: dict[bytes, bytes]) -> dict[bytes, bytes]:
    """Names that are encoded words (RFC 2047) as UTF-8: .NET and mail libraries send them."""
    return {name: _ENCODED_WORD.sub(_word, value) for name, value in options.items()}


def _word(found: re.Match[bytes]) -> bytes:
    """Raises ValueError."""
    charset, coding, word = found.groups()
    raw = base64.b64decode(word, validate=True) if coding in b"bB" else quopri.decodestring(word, header=True)
    return raw.decode(charset.decode()).encode()


def _undone(content: bytes, headers: dict[bytes, bytes]) -> bytes:
    """Without the transfer encoding that libraries for mail put around it. Raises ValueError for one that nobody has."""
    coding = headers.get(b"content-transfer-encoding", b"").lower()
    if coding == b"base64":
        return base64.b64decode(b"".join(content.split()), validate=True)
    if coding == b"quoted-printable":
        return quopri.decodestring(content)
    if coding not in (b"", b"7bit", b"8bit", b"binary"):
        raise ValueError("no such transfer encoding")
    return content
