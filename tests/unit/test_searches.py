"""No test looks for a value that can be there by chance: a few digits or letters among clocks, tokens and digests."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
BY_CHANCE = re.compile(r"\d{1,8}|[\w-]{1,4}|[0-9a-fA-F]{1,8}", re.ASCII)
TEXTS = {"str", "repr", "dumps", "logged", "join", "replace", "casefold", "lower", "as_text", "decode"}
TEXT_FIELDS = {"text", "body", "reason", "message", "content"}


def searches_by_chance(source: str) -> Iterator[int]:
    """Lines that say `"4242" not in text`, or make one text of whole log records."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Compare(ast.Constant(str(value)), [ast.NotIn()], [right]):
                if BY_CHANCE.fullmatch(value) and is_text(right):
                    yield node.lineno
            case ast.Call(ast.Name("str" | "repr"), [ast.Call(ast.Name("vars"))]):
                yield node.lineno
            case ast.Attribute(ast.Name("caplog"), "text"):
                yield node.lineno


def is_text(node: ast.expr) -> bool:
    match node:
        case ast.Call(ast.Name(name)) | ast.Call(ast.Attribute(_, name)):
            return name in TEXTS or name == "text"
        case ast.Attribute(_, name):
            return name in TEXT_FIELDS
        case ast.BinOp(left, ast.Add(), right):
            return is_text(left) or is_text(right)
        case ast.JoinedStr():
            return True
    return False


def test_what_a_test_looks_for_cannot_be_there_by_chance() -> None:
    files = sorted(TESTS.rglob("*.py"))

    assert len(files) > 300
    assert [f"{file}:{line}" for file in files for line in searches_by_chance(file.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "source",
    [
        'assert "4242" not in logged(caplog)',
        'assert "ada" not in str(items)',
        'assert "1111" not in page.text',
        'said = "".join(str(vars(entry)) for entry in caplog.records)',
        'assert "ada@example.com" not in caplog.text',
        'assert "cash" not in page.body + more',
    ],
)
def test_such_a_search_is_found(source: str) -> None:
    assert list(searches_by_chance(source))


@pytest.mark.parametrize(
    "source",
    ['assert "data" not in answer', 'assert "4242424242424242" not in logged(caplog)', 'assert "k1" not in words'],
)
def test_a_search_among_names_or_for_a_long_value_is_none(source: str) -> None:
    assert not list(searches_by_chance(source))
