"""The longest file and function of the product."""

import ast
from collections.abc import Iterator
from pathlib import Path

from infra.local.engine_process import REPOSITORY
from tests.bench.row import Row


def lengths() -> list[Row]:
    """The longest file and function of the product."""
    files = [file for folder in ("lambdas", "statemachines", "infra") for file in (REPOSITORY / folder).rglob("*.py")]
    longest_file = max(files, key=lambda file: len(file.read_text().splitlines()))
    functions = [(length, f"{file.stem}.{name}") for file in files for length, name in function_lengths(file)]
    function_length, function_name = max(functions)
    over = sum(length > 30 for length, _ in functions)
    lines = len(longest_file.read_text().splitlines())
    return [
        Row("longest file", f"{lines} lines, {longest_file.relative_to(REPOSITORY)}", "200, or a reason", lines <= 200),
        Row(
            "longest function",
            f"{function_length} lines, {function_name} ({over} over 30)",
            "30, or a reason",
            over == 0,
        ),
    ]


def function_lengths(file: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield (node.end_lineno or node.lineno) - node.lineno + 1, node.name
