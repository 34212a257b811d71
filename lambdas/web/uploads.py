"""Files that a browser sends with the inputs of a form (`multipart/form-data`, RFC 7578), read by python-multipart."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks


class Upload(NamedTuple):
    """`field`: the name of its input. `name`: as the sender's machine calls it."""

    field: str
    name: str
    content: bytes


class UnreadableUploadError(Exception):
    """The body is cut off, or nothing that a browser sends."""


def is_multipart(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "multipart/form-data"


def read_multipart(
    content_type: str, body: bytes, *, most_parts: int
) -> tuple[list[tuple[str, str]], tuple[Upload, ...]]:
    """The inputs as names and values, and the files. An input for files that was left alone sends none.

    Raises UnreadableUploadError.
    """
    from python_multipart.exceptions import MultipartParseError
    from python_multipart.multipart import MultipartParser, parse_options_header

    parts = _Parts(most_parts)
    try:
        parser = MultipartParser(parse_options_header(content_type)[1][b"boundary"], parts.callbacks())
        parser.write(body)
        parser.finalize()
    except (KeyError, MultipartParseError) as error:
        raise UnreadableUploadError from error
    if not parts.is_ended:
        raise UnreadableUploadError
    read = [(parse_options_header(head)[1], content) for head, content in parts.found]
    values = [(_text(head.get(b"name", b"")), _text(body)) for head, body in read if b"filename" not in head]
    files = ((head, body) for head, body in read if head.get(b"filename"))
    return values, tuple(Upload(_text(head.get(b"name", b"")), _text(head[b"filename"]), body) for head, body in files)


class _Parts:
    """Takes what the parser finds. `found`: the disposition of each part, and its content."""

    def __init__(self, most: int) -> None:
        self.found: list[tuple[bytes, bytes]] = []
        self.is_ended = False
        self._most, self._name, self._value, self._head, self._content = most, b"", b"", b"", bytearray()

    def callbacks(self) -> "MultipartCallbacks":
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._on_name,
            "on_header_value": self._on_value,
            "on_header_end": self._on_header,
            "on_part_data": self._on_content,
            "on_part_end": self._on_part,
            "on_end": self._on_end,
        }

    def _begin(self) -> None:
        if len(self.found) == self._most:
            raise UnreadableUploadError
        self._head, self._content = b"", bytearray()

    def _on_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _on_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _on_header(self) -> None:
        if self._name.strip().lower() == b"content-disposition":
            self._head = self._value
        self._name = self._value = b""

    def _on_content(self, data: bytes, start: int, end: int) -> None:
        self._content += data[start:end]

    def _on_part(self) -> None:
        self.found.append((self._head, bytes(self._content)))

    def _on_end(self) -> None:
        self.is_ended = True


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", errors="replace")
