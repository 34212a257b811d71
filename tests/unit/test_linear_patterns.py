"""Every pattern of the product takes time that grows with a text's length and no faster; new ones are tested by being there."""

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator

import pytest

import lambdas
from lambdas.actions._frame.webhook_answer import _clean
from tests.support.build import an_order
from tests.support.thorough import is_thorough

PARTS = [
    "a",
    "1",
    " ",
    "-",
    ".",
    "@",
    "a@",
    ",",
    ", ",
    ";",
    "; ",
    "#",
    "##",
    "&",
    "%",
    "%2",
    "[",
    "]",
    "[a]",
    "a.",
    "a-",
    "1 ",
    "wait=",
    "\n",
    "<",
    "\u00e9",
]


def length() -> int:
    """Enough for a quadratic pattern to take seconds; as much as a caller may send in `make thorough`."""
    return 200_000 if is_thorough() else 50_000


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Those that modules hold, in tuples and maps too."""
    for module in pkgutil.walk_packages(lambdas.__path__, "lambdas."):
        if module.name.endswith("__main__"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            held = value.values() if isinstance(value, dict) else value if isinstance(value, tuple | list) else (value,)
            for each in held:
                if isinstance(each, re.Pattern) and isinstance(each.pattern, str):
                    yield f"{module.name}.{name}", each


FOUND = dict(patterns())


def test_there_are_patterns() -> None:
    assert "lambdas.actions._frame.webhook_answer._ADDRESS" in FOUND


@pytest.mark.parametrize("name", FOUND)
def test_a_pattern_is_linear(name: str) -> None:
    for part in PARTS:
        text = (part * length())[: length()]
        begun = time.process_time()
        FOUND[name].sub("", text)
        FOUND[name].fullmatch(text)
        FOUND[name].fullmatch(f"{text}\x00")
        assert time.process_time() - begun < 1, part


def test_a_long_reason_is_cut_before_it_is_cleaned() -> None:
    for part in PARTS:
        begun = time.process_time()
        _clean(part * length(), an_order())
        assert time.process_time() - begun < 1, part
