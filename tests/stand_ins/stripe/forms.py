"""Parameters as Stripe's API reads them: forms with names such as `metadata[order]` and `expand[0]`."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qsl

from tests.stand_ins.stripe.refusals import invalid

Json = dict[str, Any]
EVERYWHERE = frozenset({"expand"})


def parameters(text: str) -> Json:
    tree: Json = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *inner = re.findall(r"[^\[\]]+", name)
        at = tree
        for word, following in zip([first, *inner], [*inner, None], strict=False):
            if following is None:
                at[word] = value
            else:
                at = at.setdefault(word, {})
    return {name: _with_lists(value) for name, value in tree.items()}


def refuse_unknown(given: Json, known: Collection[str]) -> None:
    for name in given:
        if name not in known and name not in EVERYWHERE:
            raise invalid(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)


def required(given: Json, name: str) -> Any:
    if not given.get(name):
        raise invalid(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return given[name]


def whole(given: Json, name: str) -> int:
    text = str(required(given, name))
    if not text.isdecimal():
        raise invalid(f"Invalid integer: {text}", code="parameter_invalid_integer", param=name)
    return int(text)


def flag(given: Json, name: str) -> bool:
    return given.get(name) == "true"


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() for name in value):
        return [_with_lists(value[name]) for name in sorted(value, key=int)]
    return {name: _with_lists(each) for name, each in value.items()}
