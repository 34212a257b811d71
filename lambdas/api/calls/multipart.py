"""`multipart/form-data`: the official PHP client's way to send any call, and everybody's way to send files (RFC 7578)."""

import re
from typing import Any
from urllib.parse import unquote

from python_multipart.multipart import MultipartParser, parse_options_header

from lambdas.api.calls.files import UploadedFile
from lambdas.api.calls.php_params import MAX_FIELDS
from lambdas.api.errors import MalformedRequestError

# Some libraries send a file name that is not ASCII in this form only, though RFC 7578 has no place for it.
_EXTENDED_NAME = re.compile(r"(?i);\s*filename\*\s*=\s*utf-8'[^']*'([^;\s]+)")


def read_multipart(content_type: str, body: bytes) -> tuple[list[tuple[str, str]], tuple[UploadedFile, ...]]:
    """The fields as (name, value), and the files. A file's field is there too, with an empty value."""
    _, options = parse_options_header(content_type)
    parts: list[_Part] = []
    ends: list[bool] = []
    callbacks: Any = {
        "on_part_begin": lambda: _begin(parts),
        "on_part_data": lambda data, start, end: parts[-1].content.append(data[start:end]),
        "on_header_field": lambda data, start, end: parts[-1].header_name(data[start:end]),
        "on_header_value": lambda data, start, end: parts[-1].header_value(data[start:end]),
        "on_header_end": lambda: parts[-1].header_end(),  # noqa: PLW0108 - of the part there is by then
        "on_end": lambda: ends.append(True),
    }
    try:
        parser = MultipartParser(options[b"boundary"], callbacks)
        parser.write(body)
        parser.finalize()
        if not ends:
            raise ValueError("cut off")
        read = [part.read() for part in parts]
    except (KeyError, ValueError):
        raise MalformedRequestError(message="the multipart body cannot be read; check its boundary and parts") from None
    return [(name, value) for name, value, _ in read], tuple(file for _, _, file in read if file)


def _begin(parts: list["_Part"]) -> None:
    if len(parts) == MAX_FIELDS:
        raise MalformedRequestError(message=f"there are more than {MAX_FIELDS} parameters")
    parts.append(_Part())


class _Part:
    """Collects one part, which arrives in pieces."""

    def __init__(self) -> None:
        self.content: list[bytes] = []  # joined once: a file may come in a great many pieces
        self._headers: dict[bytes, bytes] = {}
        self._name, self._value = b"", b""

    def header_name(self, piece: bytes) -> None:
        self._name += piece

    def header_value(self, piece: bytes) -> None:
        self._value += piece

    def header_end(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def read(self) -> tuple[str, str, UploadedFile | None]:
        """Name, value, file. A file chooser that was left alone sends a file without name and content, which is none."""
        disposition = self._headers.get(b"content-disposition", b"")
        _, options = parse_options_header(disposition)
        name, content = options.get(b"name", b"").decode(), b"".join(self.content)
        file_name = _file_name(disposition, options)
        if file_name is None:
            return name, content.decode(), None
        if not name or not (file_name or content):
            return name, "", None
        content_type = self._headers.get(b"content-type", b"").decode("latin-1")
        return name, "", UploadedFile(name, file_name, content_type, content)


def _file_name(disposition: bytes, options: dict[bytes, bytes]) -> str | None:
    """None: the part is a field."""
    if b"filename" in options:
        return options[b"filename"].decode()
    found = _EXTENDED_NAME.search(disposition.decode("latin-1"))
    return unquote(found[1], errors="strict") if found else None
