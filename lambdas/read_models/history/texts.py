"""Texts that history items hold: JSON, compressed if it is long, because a write is billed by size.

A hash is of the JSON, so that another version of the compressor changes none. Keys stay in their order, which is that of the
checklist. `info` holds decimals, which JSON has not. They become texts that begin with a mark.
"""

import hashlib
import json
import zlib
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

_MARK = "\x00"


class Absent(Enum):
    """No value of an order, but what stands for one in a change."""

    MISSING = _MARK
    """There is none."""
    OMITTED = f"{_MARK}o"
    """It would make the item too large. The items before tell it."""


MISSING, OMITTED = Absent.MISSING, Absent.OMITTED
_ONE_UNIT_BYTES = 960  # of 1,024, for keys and names
_SHORT_BYTES = 200


def text_of(tree: Mapping[str, Any]) -> str:
    """Raises TypeError for a value that no order holds."""
    return json.dumps(_plain(tree), separators=(",", ":"), ensure_ascii=False)


def is_same(one: Any, other: Any) -> bool:
    """Whether both are the same text, number, truth value or tree of them: 1, 1.0 and True are three."""
    if type(one) is type(other) and not isinstance(one, Mapping | list | tuple):
        return bool(one == other)
    return bool(one == other) and _sorted_text(one) == _sorted_text(other)


def tree_of(text: str) -> dict[str, Any]:
    """The tree of a text. Raises ValueError if it is none."""
    tree = _restored(json.loads(text))
    if not isinstance(tree, dict):
        raise ValueError("not a map")
    return tree


def packed(texts: Mapping[str, str]) -> dict[str, str | bytes]:
    """Texts as an item keeps them: in clear if all fit in one write unit, so that they are read in the AWS console."""
    if sum(len(text.encode()) for text in texts.values()) <= _ONE_UNIT_BYTES:
        return dict(texts)
    return {name: text if len(text) < _SHORT_BYTES else zlib.compress(text.encode(), 9) for name, text in texts.items()}


def unpacked(value: object) -> str:
    """The text that an item keeps. Raises ValueError if there is none."""
    if isinstance(value, str):
        return value
    if not isinstance(value, bytes):
        raise ValueError("neither a text nor compressed")
    try:
        return zlib.decompress(value).decode()
    except zlib.error:
        raise ValueError("cannot be decompressed") from None


def digest(text: str) -> str:
    """SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


_ABSENT = frozenset(each.value for each in Absent)


def _sorted_text(value: Any) -> str:
    return json.dumps(_plain(value), sort_keys=True)


def _plain(value: Any) -> Any:
    match value:
        case Absent():
            return value.value
        case str():
            return f"{_MARK}s{value}" if value.startswith(_MARK) else value
        case Decimal():
            return f"{_MARK}d{value}"
        case Mapping():
            return {key: _plain(each) for key, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
    return value


def _restored(value: Any) -> Any:
    match value:
        case str() if value.startswith(_MARK):
            if value in _ABSENT:
                return Absent(value)
            return Decimal(value[2:]) if value[1] == "d" else value[2:]
        case dict():
            return {key: _restored(each) for key, each in value.items()}
        case list():
            return [_restored(each) for each in value]
    return value
