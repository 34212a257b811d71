"""Rules for prose, and their use on docstrings and comments. texts.py uses them on what people read."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

from tests.style.findings import Finding

MOST_WORDS = 25
_RIDDLES = re.compile(r"(What|Who|Whoever|Where|Whatever|That which|Whether what)\b")
# The word of docs/style.md that stands for each.
SWAPPED = {
    r"anew": "again, new",
    r"whoever": "a user who, anyone who",
    r"wish(?:es)?": "request",
    r"told": "notified, sent",
    r"said": "stated, given, named",
    r"go(?:es|ing)? on": "continue",
    r"by (?:itself|themselves)": "automatically",
    r"under way": "in progress",
    r"mend(?:s|ed|ing)?": "fix",
    r"(?:gives?|given|gave) back": "refund, release, return",
    r"takes? off": "remove",
    r"ha(?:s|ve) to": "must",
    r"ends with 1": "exits with 1",
    r"comes? to rest": "stops, waits",
}
_SWAPPED = re.compile(rf"\b({'|'.join(SWAPPED)})\b", re.IGNORECASE)
_CODE = re.compile(r"`[^`]*`|https?://\S+|\b[\w/]+\.(?:py|toml|md|json)\b")
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n\s*\n|\n\s*[*-] ")


def prose_findings(file: str, source: str) -> Iterator[Finding]:
    for line, text in _docstrings(source):
        if found := _RIDDLES.match(text):
            yield Finding(file, line, "opening", f"opens with {found.group(1)!r}: begin with the subject or the verb")
        yield from word_findings(file, line, text)
        yield from sentence_findings(file, line, text)
    for line, text in _comments(source):
        yield from word_findings(file, line, text)


def sentence_findings(file: str, line: int, text: str) -> Iterator[Finding]:
    """Sentences with too many words. Code counts as one word."""
    for sentence in _SENTENCE_END.split(_CODE.sub("x", text)):
        if (words := len(sentence.split())) > MOST_WORDS:
            yield Finding(file, line, "length", f"{words} words in a sentence: {' '.join(sentence.split()[:6])} ...")


def word_findings(file: str, line: int, text: str) -> Iterator[Finding]:
    for found in _SWAPPED.finditer(_CODE.sub("x", text)):
        better = next(better for word, better in SWAPPED.items() if re.fullmatch(word, found.group(1), re.IGNORECASE))
        yield Finding(file, line, "word", f"{found.group(1)!r}: {better}")


def _docstrings(source: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text is not None:
                yield node.body[0].lineno, text


def _comments(source: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith(("# noqa", "# type:")):
            yield token.start[0], token.string
