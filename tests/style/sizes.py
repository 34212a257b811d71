"""Rules for sizes: files of a folder, lines of a file, lines of a function. Beyond them stands a reason, in words.

A file gives its reason in its docstring, a function in its docstring or in a comment above its first statement, a folder in
`LARGE_FOLDERS`. It begins with `Long because`.
"""

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tests.style.findings import Finding

MOST_FILES, MOST_LINES, MOST_FUNCTION_LINES = 20, 200, 30
REASON = "Long because "
# Each with its reason.
LARGE_FOLDERS = {
    "docs/runbooks": "one page an alarm, named like it; the alarm's text leads there, so nobody looks through the folder",
}


def folder_findings(files: Iterable[str]) -> Iterator[Finding]:
    counts = Counter(str(PurePosixPath(file).parent) for file in files)
    for folder, count in sorted(counts.items()):
        if count > MOST_FILES and folder not in LARGE_FOLDERS:
            yield Finding(
                folder, 0, "size", f"{count} files, more than {MOST_FILES}: sort them by meaning into folders"
            )


def size_findings(file: str, source: str) -> Iterator[Finding]:
    tree = ast.parse(source)
    lines = len(source.splitlines())
    if lines > MOST_LINES and REASON not in (ast.get_docstring(tree) or ""):
        yield Finding(file, 1, "size", f"{lines} lines, more than {MOST_LINES}: split by meaning, or say {REASON!r}")
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1 if node.end_lineno else 0
            if length > MOST_FUNCTION_LINES and REASON not in _top_of(node, source):
                text = f"{node.name} has {length} lines, more than {MOST_FUNCTION_LINES}: split it, or say {REASON!r}"
                yield Finding(file, node.lineno, "size", text)


def _top_of(function: ast.FunctionDef | ast.AsyncFunctionDef, source: str) -> str:
    """From its name to its first statement, or to the end of its docstring."""
    first = function.body[0]
    last = first.end_lineno if ast.get_docstring(function) is not None else first.lineno - 1
    return "\n".join(source.splitlines()[function.lineno - 1 : last])
