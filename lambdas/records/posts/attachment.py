"""Files of posts: the accepted kinds, and their storage.

A file is served with the content type of this table, never with its sender's. Content is checked by its first bytes
(https://www.iana.org/assignments/media-types, https://en.wikipedia.org/wiki/List_of_file_signatures).
"""

import hashlib
import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from lambdas.orders.contact.text import shown_line
from lambdas.orders.errors import Nature, OrderError, Problem
from lambdas.runtime.aws import s3
from lambdas.runtime.models import Frozen

MAX_FILES = 5
MAX_BYTES = 4 * 1024 * 1024  # a call has 6 MB at most, and base64 makes a third more of it
_LONGEST_NAME = 150
_LONGEST_KEY_NAME = 80


class FileKind(NamedTuple):
    """`begins`: how such a file begins; none for text. `within`: how far from the start that may be, in bytes."""

    content_type: str
    begins: tuple[bytes, ...] = ()
    within: int = 0

    def fits(self, content: bytes) -> bool:
        if not self.begins:
            return b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff"))  # UTF-16 says so
        return any(content.find(begin, 0, self.within + len(begin)) >= 0 for begin in self.begins)


_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_OPEN_XML = "application/vnd.openxmlformats-officedocument"
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument"
_JPEG = FileKind("image/jpeg", (b"\xff\xd8\xff",))

KINDS: dict[str, FileKind] = {
    "pdf": FileKind("application/pdf", (b"%PDF-",), within=1024),
    "png": FileKind("image/png", (b"\x89PNG\r\n\x1a\n",)),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": FileKind("image/gif", (b"GIF87a", b"GIF89a")),
    "webp": FileKind("image/webp", (b"WEBP",), within=8),
    "txt": FileKind("text/plain"),
    "csv": FileKind("text/csv"),
    "eml": FileKind("message/rfc822"),
    "zip": FileKind("application/zip", _ZIP),
    "docx": FileKind(f"{_OPEN_XML}.wordprocessingml.document", _ZIP),
    "xlsx": FileKind(f"{_OPEN_XML}.spreadsheetml.sheet", _ZIP),
    "pptx": FileKind(f"{_OPEN_XML}.presentationml.presentation", _ZIP),
    "odt": FileKind(f"{_OPEN_DOCUMENT}.text", _ZIP),
    "ods": FileKind(f"{_OPEN_DOCUMENT}.spreadsheet", _ZIP),
    "odp": FileKind(f"{_OPEN_DOCUMENT}.presentation", _ZIP),
    "doc": FileKind("application/msword", _OLE),
    "xls": FileKind("application/vnd.ms-excel", _OLE),
    "ppt": FileKind("application/vnd.ms-powerpoint", _OLE),
}


class FileRefusedError(OrderError):
    kind = "invalid"
    nature = Nature.INVALID

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems), problems=tuple(problems))


class FilesTooLargeError(OrderError):
    kind = "too_large"
    nature = Nature.TOO_LARGE

    def __init__(self, field: str) -> None:
        text = f"at most {MAX_FILES} files of {MAX_BYTES // 1024**2} MB in all fit one post; send the rest with another"
        super().__init__(f"{field}: {text}", problems=(Problem(field, text),))


class NewFile(NamedTuple):
    """`field`: what the sender called the part it came in. `name`: without folders, on one line."""

    field: str
    name: str
    content: bytes

    @property
    def ending(self) -> str:
        return self.name.rpartition(".")[2].lower() if "." in self.name else ""

    @property
    def content_type(self) -> str:
        return KINDS[self.ending].content_type

    @property
    def digest(self) -> list[str]:
        """Its name and the SHA-256 of its content, which tell it from another file."""
        return [self.name, hashlib.sha256(self.content).hexdigest()]


class Attachment(Frozen):
    """A file of a post. `key`: where it is in the bucket."""

    attach_id: str
    name: str
    content_type: str
    size_bytes: int
    key: str

    @classmethod
    def of(cls, file: NewFile, order_id: str, post_id: int, place: int) -> "Attachment":
        """`place`: 1 to MAX_FILES."""
        stem = re.sub(r"[^A-Za-z0-9_-]+", "_", file.name[: -len(file.ending) - 1])[:_LONGEST_KEY_NAME]
        return cls(
            attach_id=f"{post_id}{place}",
            name=file.name,
            content_type=file.content_type,
            size_bytes=len(file.content),
            key=f"{files_of(order_id)}{post_id}/{place}-{stem}.{file.ending}",
        )


def files_of(order_id: str) -> str:
    """How the keys of all files of an order begin."""
    return f"orders/{order_id}/"


def post_id_of(attach_id: str) -> int:
    """The post an attachment belongs to: its id is the post's with one digit more."""
    return int(attach_id) // 10


def plain_name(name: str) -> str:
    """The name without folders and without what does not print; cut in the middle if it is long, the ending stays."""
    last = re.split(r"[/\\]", name)[-1]
    shown = shown_line(last)
    stem, dot, ending = shown.rpartition(".")
    return f"{stem[: _LONGEST_NAME - len(ending) - 1]}{dot}{ending}" if len(shown) > _LONGEST_NAME else shown


def refuse_unfit(files: Sequence[NewFile]) -> None:
    """Raises FilesTooLargeError or FileRefusedError, which name the files' fields and quote neither name nor content."""
    if len(files) > MAX_FILES or sum(len(file.content) for file in files) > MAX_BYTES:
        raise FilesTooLargeError(files[-1].field)
    problems = [Problem(file.field, why) for file in files if (why := _unfit(file))]
    if problems:
        raise FileRefusedError(problems)


def _unfit(file: NewFile) -> str:
    kind = KINDS.get(file.ending)
    if kind is None:
        return f"is not a kind of file that is taken here; send one whose name ends in {', '.join(KINDS)}"
    if not file.content:
        return "is empty; send the file again"
    if not kind.fits(file.content):
        return f"is not what its ending says, .{file.ending}; send it under the ending of its real kind"
    return ""


class AttachmentFiles:
    """The contents, in a bucket."""

    def __init__(self, bucket: str, client: Any = None) -> None:
        self._bucket, self._client = bucket, client

    def keep(self, attachment: Attachment, content: bytes) -> None:
        """Keeping it again changes nothing: a key has the number of its post in it, which is used once."""
        self._s3().put_object(
            Bucket=self._bucket, Key=attachment.key, Body=content, ContentType=attachment.content_type
        )

    def content(self, attachment: Attachment) -> bytes:
        found = self._s3().get_object(Bucket=self._bucket, Key=attachment.key)
        return bytes(found["Body"].read())

    def _s3(self) -> Any:
        """Made when it is needed, because most functions that may keep files start without one."""
        return self._client or s3()
