"""Rules for sizes: files of a folder, lines of a file, lines of a function. What is larger gives its reason, in words.

A file gives it in its docstring. A function gives it in its docstring, or in a comment above its first statement. The sentence
begins with "Longer than". A folder is named in `LARGE_FOLDERS`.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from tests.style.findings import Finding

MOST_FILES, MOST_LINES, MOST_FUNCTION_LINES = 20, 200, 30
LARGE_FOLDERS = {
    "docs/runbooks": "one page an alarm, named like it; the alarm's text leads there, so nobody looks through the folder",
}
_REASON = re.compile(r"Longer than \d+ lines, because \S+ \S+")


def folder_findings(files: Iterable[str]) -> Iterator[Finding]:
    """`files`: the paths of a tree."""
    counts = Counter(str(PurePosixPath(file).parent) for file in files)
    for folder, count in sorted(counts.items()):
        if count > MOST_FILES and folder not in LARGE_FOLDERS:
            text = f"{count} files, more than {MOST_FILES}: sort them by meaning into folders"
            yield Finding(folder, 0, "size", text)


def size_findings(file: str, source: str) -> Iterator[Finding]:
    tree = ast.parse(source)
    lines = source.splitlines()
    if len(lines) > MOST_LINES and not _REASON.search(_as_one_line(ast.get_docstring(tree) or "")):
        yield _finding(file, 1, "the file", len(lines), MOST_LINES)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_FUNCTION_LINES and not _REASON.search(_top_of(node, lines)):
                yield _finding(file, node.lineno, node.name, length, MOST_FUNCTION_LINES)


def _top_of(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> str:
    """The docstring of the function and the comments above its first statement."""
    docstring = ast.get_docstring(function)
    first = function.body[1] if docstring is not None and len(function.body) > 1 else function.body[0]
    comments = [line.strip().lstrip("# ") for line in lines[function.lineno : first.lineno - 1] if "#" in line]
    return _as_one_line(" ".join([docstring or "", *comments]))


def _as_one_line(text: str) -> str:
    return " ".join(text.split())


def _finding(file: str, line: int, what: str, length: int, most: int) -> Finding:
    better = "split it by meaning, or give the reason"
    return Finding(file, line, "size", f"{what} has {length} lines, more than {most}: {better} (docs/style.md)")
