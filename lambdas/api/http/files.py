"""Files that come with a call, and files that are the answer of one."""

import dataclasses
from dataclasses import dataclass

FILE_PARAMETERS = frozenset({"attach", "contract"})
"""Parameters that are files, of the methods that have them. One of another name would be lost, and is refused."""


@dataclass(frozen=True)
class UploadedFile:
    """`field`: the name of its part, e.g. `attach[0]`. `content_type`: as its sender says, which nobody has checked."""

    field: str
    name: str
    content_type: str
    content: bytes = dataclasses.field(repr=False)


@dataclass(frozen=True)
class FileAnswer:
    """The whole answer is this file: of both doors, instead of JSON (reference/ubersmith.md 4.3)."""

    name: str
    content_type: str
    content: bytes = dataclasses.field(repr=False)
