"""PHP's way of putting nested values into flat names: `info[pack1][options][31]=100`, `a[]=x`.

https://www.php.net/manual/en/language.variables.external.php and reference/ubersmith.md 4.1. Numbered and named keys are
one thing, so every nested value becomes a map with text keys.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.charsets import read_texts
from lambdas.orders.errors import Problem

MAX_FIELDS = 10_000
_SEPARATOR = re.compile(rb"&(?:amp;)*")
MAX_LEVELS = 64  # as PHP has it (max_input_nesting_level)


def parse_encoded(encoded: str | bytes, charset: str = "", *, what: str = "query") -> dict[str, Any]:
    """A query string or an urlencoded body as a tree. A `%` that begins no escape is one, as PHP has it: `50% off`. A PHP whose
    `arg_separator.output` is made for HTML joins fields by `&amp;`.

    `charset`: what is declared of the text, and of what is escaped in it. Raises MalformedRequestError.
    """
    raw = encoded.encode(errors="surrogatepass") if isinstance(encoded, str) else encoded
    fields = [field for field in _SEPARATOR.split(raw) if field]
    if len(fields) > MAX_FIELDS:
        raise MalformedRequestError(message=f"there are more than {MAX_FIELDS} parameters")
    pieces = [unquote_to_bytes(piece.replace(b"+", b" ")) for field in fields for piece in field.partition(b"=")[::2]]
    texts = read_texts(pieces, charset, what=what)
    return tree_of(zip(texts[::2], texts[1::2], strict=True))


def tree_of(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Flat (name, value) pairs as a tree; a later value replaces an earlier one."""
    tree: dict[str, Any] = {}
    numbers = _Numbers()
    for name, value in pairs:
        keys = _keys(name)
        if keys:
            _place(tree, keys, value, numbers)
    return tree


def numbered(tree: dict[str, Any]) -> dict[str, Any]:
    """The tree with every list as the numbered map that a form makes of it, so that JSON and forms say the same.

    What is nested deeper than anything may be is left as it is, to be refused where it is used.
    """
    return {key: _numbered(value, MAX_LEVELS) for key, value in tree.items()}


def _numbered(value: Any, levels: int) -> Any:
    if not levels or not isinstance(value, dict | list):
        return value
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return {str(key): _numbered(inner, levels - 1) for key, inner in items}


def _keys(name: str) -> list[str | None]:
    """`a[b][]` -> `["a", "b", None]`; None asks for the next number."""
    head, bracket, rest = name.partition("[")
    first = head.strip().replace(".", "_").replace(" ", "_")
    if not first:
        return []
    if not bracket or "]" not in rest:
        return [first + ("_" + rest if bracket else "")]
    keys: list[str | None] = [first]
    for part in f"[{rest}".split("[")[1:]:
        key, closed, ignored = part.partition("]")
        if not closed:
            break
        keys.append(None if not key or (len(key) == 1 and key.isspace()) else key)
        if ignored:  # and whatever comes behind it
            break
    if len(keys) > MAX_LEVELS + 1:
        raise MalformedRequestError(Problem(first, f"is nested more than {MAX_LEVELS} levels deep"))
    return keys


class _Numbers:
    """The highest number among the keys of each map, which says what comes next, without looking at all of them."""

    def __init__(self) -> None:
        self._highest: dict[int, tuple[dict[str, Any], int]] = {}  # with the map, so that no other one gets its id

    def key(self, tree: dict[str, Any], key: str | None) -> str:
        """The key itself, or the next number for none."""
        _, highest = self._highest.get(id(tree), (tree, -1))
        named = str(highest + 1) if key is None else key
        if named.isdecimal() and len(named) < 19:  # longer: no index
            self._highest[id(tree)] = (tree, max(highest, int(named)))
        return named


def _place(tree: dict[str, Any], keys: list[str | None], value: Any, numbers: _Numbers) -> None:
    *path, last = keys
    for key in path:
        name = numbers.key(tree, key)
        if not isinstance(tree.get(name), dict):
            tree[name] = {}
        tree = tree[name]
    tree[numbers.key(tree, last)] = value
