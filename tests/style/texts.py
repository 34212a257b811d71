"""The rules of prose for texts that people read: refusals, log lines, labels, pages, and Markdown.

A string literal counts as such a text if it has four words or more and most of its words are plain ones. Tables of Markdown are
read cell by cell; blocks of code are not read. Templates and the labels of TOML files count too.
"""

import ast
import re
import tomllib
from collections.abc import Iterator

from tests.style.findings import Finding
from tests.style.prose import sentence_findings, word_findings

FEWEST_WORDS = 4
_PLAIN = re.compile(r"[(\"'`]*(?:[A-Za-z][a-z'\u2019-]*|[A-Z]+|\{\})[.,:;!?)\"'`]*")
_LOWER = re.compile(r"[a-z]")
_FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"!?\[[^\]]*\]\([^)]*\)")
_EMPHASIS = re.compile(r"\*+")
_BLOCK = re.compile(r"\n\s*\n|\n\s*[*-] |\n\s*\d+\. |\n(?=[#|])|(?<=\s)[|·](?=\s)")
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"<style.*?</style>|\{[%#].*?[%#]\}|<[^>]*>", re.DOTALL)
_PROGRAM = re.compile(r"^(import|def) ", re.MULTILINE)
_QUOTED = ("docs/style.md",)  # it names the words that are dropped


def text_findings(file: str, source: str) -> Iterator[Finding]:
    """Of a Python file."""
    for line, text in _literals(ast.parse(source)):
        yield from word_findings(file, line, text)
        for part in text.splitlines():
            yield from sentence_findings(file, line, part)


def markdown_findings(file: str, source: str) -> Iterator[Finding]:
    text = _FENCE.sub(lambda found: "\n" * found.group().count("\n"), source)
    line = 1
    for block, between in _blocks(text):
        begins, prose = line + _leading_lines(block), _EMPHASIS.sub("", _LINK.sub("x", block))
        if file not in _QUOTED:
            yield from word_findings(file, begins, prose)
        yield from sentence_findings(file, begins, prose)
        line += block.count("\n") + between.count("\n")


def page_findings(file: str, source: str) -> Iterator[Finding]:
    """Of a template: what stands between its tags and statements."""
    shown = _TAG.sub(lambda found: "\n\n" + "\n" * found.group().count("\n"), _VALUE.sub("x", source))
    for number, paragraph in enumerate(shown.split("\n\n")):
        yield from word_findings(file, number, paragraph)
        yield from sentence_findings(file, number, paragraph)


def label_findings(file: str, source: str) -> Iterator[Finding]:
    """Of a TOML file: its texts. The line is that of the first one that begins so."""
    for text in _texts_in(tomllib.loads(source)):
        if _is_read(text):
            line = source[: max(source.find(text[:20]), 0)].count("\n") + 1
            yield from word_findings(file, line, text)
            yield from sentence_findings(file, line, text)


def _texts_in(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(each)


def _blocks(text: str) -> Iterator[tuple[str, str]]:
    """Paragraphs, points and cells, each with what separates it from the next one."""
    begin = 0
    for found in _BLOCK.finditer(text):
        yield text[begin : found.start()], found.group()
        begin = found.end()
    yield text[begin:], ""


def _leading_lines(block: str) -> int:
    return len(block) - len(block.lstrip("\n"))


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    apart = set[int]()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring, which has rules of its own
            apart.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            apart |= {id(part) for part in node.values}
    for node in ast.walk(tree):
        if id(node) not in apart and isinstance(node, ast.Constant | ast.JoinedStr):
            text = _text(node)
            if _is_read(text):
                yield node.lineno, text


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return node.value if isinstance(node.value, str) else ""


def _is_read(text: str) -> bool:
    if _PROGRAM.search(text):
        return False
    words = text.split()
    plain = [word for word in words if _PLAIN.fullmatch(word)]
    return (
        len(words) >= FEWEST_WORDS
        and len(plain) >= 0.7 * len(words)
        and sum(1 for word in words if _LOWER.match(word)) >= FEWEST_WORDS - 1
    )
