"""Writes that met another writer are tried again by one loop, which is bounded (lambdas/runtime/retry_budget.py)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

LAMBDAS = Path(__file__).parents[3] / "lambdas"
ROOMS = ("records", "payments")


def trees() -> Iterator[tuple[str, ast.AST]]:
    for room in ROOMS:
        for file in sorted((LAMBDAS / room).rglob("*.py")):
            yield str(file.relative_to(LAMBDAS)), ast.parse(file.read_text("utf-8"))


@pytest.mark.parametrize("module", ["time.sleep", "random.uniform"])
def test_no_record_sleeps_by_hand(module: str) -> None:
    used = [
        file for file, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Attribute)
        if ast.unparse(node) == module
    ]  # fmt: skip
    assert used == []


def test_whatever_is_busy_was_waited_for_first() -> None:
    """A refusal that somebody else writes at this moment comes after the last try, never at the first conflict."""
    raised = [
        (file, ast.unparse(node.exc))
        for file, tree in trees()
        for node in ast.walk(tree)
        if file.startswith("records/")
        and isinstance(node, ast.Raise)
        and node.exc
        and "BusyError" in ast.unparse(node.exc)
    ]
    assert raised == []
