"""Reads the digits of a text, however they are written.

Digits of every script count, as do those in circles or of double width. Characters that take no room (a zero-width joiner, a
combining mark) are left out. Escapes of HTML and of addresses are read as what they stand for.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

GROUP = re.compile(r"[0-9]+")
_FILLERS = frozenset("\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters and signs that show nothing
_REMEMBERED = 0x10000
_ENTITY = re.compile(r"(?i)&(?:nbsp|ensp|emsp|thinsp|[nm]dash|minus|shy|zwn?j|#(?:x([0-9a-f]{1,5})|([0-9]{1,6})));?")


def digits_in(text: str) -> str:
    """All its digits, as 0 to 9."""
    return "".join(GROUP.findall(folded(text)))


def spellings(text: str) -> Iterator[str]:
    """The text, and what it says where it was escaped for HTML or an address."""
    yield text
    plain = unquote(text) if "%" in text else text
    plain = _ENTITY.sub(_meant_by, plain) if "&" in plain else plain
    if plain != text:
        yield plain


def _meant_by(entity: re.Match[str]) -> str:
    return chr(int(entity[1] or entity[2], 16 if entity[1] else 10)) if entity[1] or entity[2] else " "


class _Folding(dict[int, str]):
    """The digit that each character counts as. Only the first plane is cached, so that nobody can fill the memory."""

    def __missing__(self, code: int) -> str:
        folded = _folded_letter(chr(code))
        if code < _REMEMBERED:
            self[code] = folded
        return folded


def _folded_letter(letter: str) -> str:
    value = unicodedata.numeric(letter, -1)
    if value in range(10):
        return str(int(value))
    return "" if unicodedata.category(letter) in ("Cf", "Mn", "Me") or letter in _FILLERS else letter


_FOLDING = _Folding()


def folded(text: str) -> str:
    """Digits as 0 to 9, nothing that takes no room, the rest by NFKC.

    Marks go first: a long row of them is what makes normalising slow.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", text.translate(_FOLDING)).translate(_FOLDING)
