"""Bytes of a request as text. Most is UTF-8; old shops and Windows programs send Latin-1, with or without a word about it.

What is declared is believed. What is not is UTF-8, or else Windows-1252 (Latin-1 with the euro sign, as browsers read it). Bytes
that are neither are refused, and so is a mixture: read one way, it would spoil the letters of the other.
https://encoding.spec.whatwg.org/#names-and-labels
"""

import re
from collections.abc import Sequence

from lambdas.api.errors import MalformedRequestError

REPLACEMENT = "\ufffd"
_UTF_8 = {"", "utf-8", "utf8", "ascii", "us-ascii"}
_WINDOWS = re.compile(r"(iso-?8859-?1|latin-?1|l1|(windows-|cp)?1252)")
_OTHERS = re.compile(
    r"iso-?8859-?\d{1,2}|(windows-|cp)125\d|utf-?16(le|be)?|koi8-[ru]|shift_?jis|sjis|euc-(jp|kr)|gb2312|gbk|gb18030|big5"
)
_BEYOND_ASCII = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
_SPOILT = (
    "the {what} lost letters on the way: it is not UTF-8, and its content type says that it is text, so that they cannot be read "
    "any more; encode it as UTF-8"
)


def read_texts(pieces: Sequence[bytes], charset: str, *, what: str) -> list[str]:
    """All pieces in one encoding. `what`: how to call them. Raises MalformedRequestError."""
    codec = _codec(charset.strip().strip("\"'").lower(), what)
    if codec:
        return _decoded(pieces, codec, f"the {what} cannot be read as {codec}, which it says it is; encode it as UTF-8")
    try:
        return [piece.decode() for piece in pieces]
    except UnicodeDecodeError:
        pass
    text = f"the {what} is neither UTF-8 nor Windows-1252 (Latin-1) text; encode it as UTF-8"
    if charset or any(re.search(_BEYOND_ASCII, piece) for piece in pieces):
        raise MalformedRequestError(message=text)
    return _decoded(pieces, "cp1252", text)


def refuse_spoilt(text: str, *, what: str) -> None:
    """API Gateway hands text on as text, with a mark in the place of each byte that is not UTF-8."""
    if REPLACEMENT in text:
        raise MalformedRequestError(message=_SPOILT.format(what=what))


def _codec(charset: str, what: str) -> str | None:
    """None: UTF-8, or what is found out."""
    if charset in _UTF_8:
        return None
    if _WINDOWS.fullmatch(charset):
        return "cp1252"
    if _OTHERS.fullmatch(charset):
        return charset
    raise MalformedRequestError(message=f"the {what} is in a character set that is not known here; encode it as UTF-8")


def _decoded(pieces: Sequence[bytes], codec: str, refusal: str) -> list[str]:
    try:
        return [piece.decode(codec) for piece in pieces]
    except (UnicodeDecodeError, LookupError):
        raise MalformedRequestError(message=refusal) from None
