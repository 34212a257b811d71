"""How large and how deep parameters may be, so that looking through them is quick whatever is sent."""

from collections.abc import Mapping
from typing import Any

from lambdas.api.errors import MalformedRequestError, TooLargeError
from lambdas.api.http.php_params import MAX_LEVELS
from lambdas.orders.card_numbers.numbers import has_card_number
from lambdas.orders.errors import Problem

MAX_BYTES = 1024 * 1024  # of parameters; files do not count, they have limits of their own
MAX_VALUES = 10_000
MAX_PATH = 1_000  # characters of a value's name and all that it is nested in


def refuse_large(size: int) -> None:
    """Raises TooLargeError."""
    if size > MAX_BYTES:
        raise TooLargeError(f"the parameters have {size} bytes; at most {MAX_BYTES} are taken")


def refuse_outsized(tree: Mapping[str, Any]) -> None:
    """Raises MalformedRequestError that names the parameter. Without recursion and without making paths."""
    todo: list[tuple[Any, int, int, tuple[str, ...]]] = [(tree, 0, 0, ())]
    values = 0
    while todo:
        value, level, length, place = todo.pop()
        if isinstance(value, Mapping):
            inner = list(value.items())
        elif isinstance(value, list):
            inner = [(str(number), each) for number, each in enumerate(value)]
        else:
            continue
        values += len(inner)
        if values > MAX_VALUES:
            _refuse(place, f"brings the parameters to more than {MAX_VALUES} values")
        if inner and level > MAX_LEVELS:
            _refuse(place, f"is nested more than {MAX_LEVELS} levels deep")
        for key, each in inner:
            longer = length + len(key) + 1
            here = place if len(place) > 1 else (*place, key)
            if longer > MAX_PATH:
                _refuse(here, f"has names of more than {MAX_PATH} characters")
            todo.append((each, level + 1, longer, here))


def _refuse(place: tuple[str, ...], text: str) -> None:
    name = ".".join(place)[:60]
    raise MalformedRequestError(Problem("a parameter" if not name or has_card_number(name) else name, text))
