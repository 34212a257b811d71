"""The order's `info` map: free form, deep-merged, unknown keys kept (reference/ubersmith.md 0.3 and 5)."""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from lambdas.orders.errors import InvalidOrderError, Problem

MAX_BYTES = 200_000  # an order item holds 400 KB at most, and the checklist and its results need room beside info
MAX_INPUT_BYTES = 20_000  # of the input of an action
MAX_DEPTH = 64  # as PHP reads; what DynamoDB does not nest is folded (folding.py)
MAX_INPUT_DEPTH = 16  # of the input of an action: DynamoDB nests 32 levels at most, and the order has levels of its own
MAX_KEYS = 5_000
MAX_DIGITS, MAX_EXPONENT = 38, 120

Info = dict[str, Any]


def merge(stored: Mapping[str, Any], sent: Mapping[str, Any]) -> Info:
    """`sent` over `stored`, map by map, so that callers may send one sub-key and rely on the rest staying."""
    merged = dict(stored)
    for key, value in sent.items():
        known = merged.get(key)
        merged[key] = merge(known, value) if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return merged


def limits(info: Mapping[str, Any], max_depth: int = MAX_DEPTH) -> None:
    """Refuse what could never be stored. Depth comes first, so that nothing here recurses further than it may."""
    for count, (path, _value, depth) in enumerate(walk(info), start=1):
        if depth > max_depth:
            _refuse(path.split(".")[0], f"is nested more than {max_depth} levels deep")
        if count > MAX_KEYS:
            _refuse("", f"has more than {MAX_KEYS} keys")
    for path, value, _depth in walk(info):
        if problem := _unstorable(path, value):
            _refuse(path, problem)
    if "" in info:
        _refuse("", "has an empty key")
    if (size := len(json.dumps(info, default=_number).encode())) > MAX_BYTES:
        _refuse("", f"has {size} bytes; at most {MAX_BYTES} fit on an order. Keep documents elsewhere and send a link")


def bounded_input(given: Mapping[str, Any]) -> None:
    """Refuse what people or programs say to an action and no order could hold."""
    try:
        limits(given, MAX_INPUT_DEPTH)
        size = len(json.dumps(given, default=_number).encode())
    except InvalidOrderError as refused:
        problems = tuple(Problem(f"input{found.field.removeprefix('info')}", found.text) for found in refused.problems)
        raise InvalidOrderError(problems) from None
    if size > MAX_INPUT_BYTES:
        text = f"has {size} bytes; at most {MAX_INPUT_BYTES} are taken. Keep documents elsewhere and send a link"
        raise InvalidOrderError((Problem("input", text),))


def _unstorable(path: str, value: Any) -> str:
    """Why DynamoDB could not hold this, or nothing."""
    if isinstance(value, Mapping) and "" in value:
        return "has an empty key"
    if not _is_text(path) or (isinstance(value, str) and not _is_text(value)):
        return "is not valid Unicode text"
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = Decimal(value)
        if (
            not number.is_finite()
            or len(number.as_tuple().digits) > MAX_DIGITS
            or not -MAX_EXPONENT <= number.adjusted() < MAX_DIGITS  # whole numbers come back with all their zeros
        ):
            return f"is a number of more than {MAX_DIGITS} digits, or out of range; send it as text"
    return ""


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def walk(tree: Any, path: str = "", depth: int = 0) -> Iterator[tuple[str, Any, int]]:
    """Every value below `tree` as (path, value, depth), without recursion: input may be nested without end."""
    todo = [(path, tree, depth)]
    while todo:
        here, value, level = todo.pop()
        inner: list[tuple[Any, Any]] = []
        if isinstance(value, str):  # as most are; what a Mapping is takes long to find out
            pass
        elif isinstance(value, Mapping):
            inner = list(value.items())
        elif isinstance(value, list | tuple):
            inner = list(enumerate(value))
        if here or level > depth:  # a key may be empty
            yield here, value, level
        todo.extend((f"{here}.{key}" if here else str(key), child, level + 1) for key, child in inner)


def text(info: Mapping[str, Any], key: str) -> str:
    """A top-level value as trimmed text; a missing one, or a map in its place, is empty."""
    value = info.get(key)
    return "" if value is None or isinstance(value, Mapping | list) else str(value).strip()


def _refuse(field: str, what: str) -> None:
    raise InvalidOrderError((Problem(f"info.{field}" if field else "info", what),))


def _number(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"info cannot hold a {type(value).__name__}")
