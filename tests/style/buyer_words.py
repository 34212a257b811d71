"""The words of pages that buyers read: order forms, the pages behind them, and the labels of forms.

Each phrase of `SWAPPED` names the better one. An error is an instruction in the words of its field ("Enter your first name").
A title says what to do. The rules follow the GOV.UK design system.
https://design-system.service.gov.uk/components/error-message/
"""

import ast
import re
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch

from tests.style.findings import Finding

PAGES = ("lambdas/forms/*", "lambdas/sandbox_provider/*", "lambdas/web/*", "statemachines/*/form*.toml")
# In any letter case. A word of a name that programs use is not prose, so only texts with a blank or a capital are read.
SWAPPED = {
    r"e-mails?": "email",
    r"who orders?": "your details",
    r"look (?:it )?over(?: and order)?": "review and pay",
    r"equip it": "configure",
    r"(?:there is )?something to correct": "there is a problem",
    r"correct (?:these|your|the following) \w+": "there is a problem",
    r"(?:is|are) (?:needed|required|missing|mandatory|compulsory)": "Enter your …, Select …",
    r"this field": "the label of the field",
    r"(?:cannot|can't|must not) be (?:blank|empty|left empty)": "Enter your …",
    r"(?:is|are) (?:not valid|invalid|incorrect|illegal|forbidden|unfit)": "… must be …",
    r"(?:an? )?(?:in)?valid": "in the correct format, like …",
    r"[:] (?:choose|write|enter|type|pick) (?:one|a|an|the|two|\{)": "Select a …, Enter a …",
    r"choose one (?:of these|from the list)": "Select a …",
    r"(?:an )?error (?:has )?occur(?:s|red)": "say what happened, and what to do",
    r"(?:please|sorry|oops|unfortunately|we regret|apologies)": "leave it out",
    r"you (?:forgot|failed|did not (?:enter|choose|select))": "Enter your …, Select …",
    r"click here": "the target of the link",
    r"success(?:ful|fully)": "say what is done",
    r"log ?in (?:to|here)": "sign in",
    r"submit(?:ted|ting)?": "send, order",
    r"any ?more": "no longer",
    r"already began": "started earlier",
    r"shall we": "do you want us to",
}  # fmt: skip
_SWAPPED = re.compile(rf"(?<![\w-])(?:{'|'.join(SWAPPED)})(?![\w-])", re.IGNORECASE)
_TAG = re.compile(r"\{[%#].*?[%#]\}|\{\{.*?\}\}|<(?:style|script).*?</(?:style|script)>|<[^>]*>", re.DOTALL)


def buyer_findings(file: str, source: str) -> Iterator[Finding]:
    """The phrases of SWAPPED in a file of `PAGES`, with the better word; nothing for other files."""
    if not any(fnmatch(file, pattern) for pattern in PAGES):
        return
    for line, text in _texts(file, source):
        for found in _SWAPPED.finditer(text):
            better = next(better for phrase, better in SWAPPED.items() if re.fullmatch(phrase, found[0], re.IGNORECASE))
            yield Finding(file, line, "buyers", f"{found[0]!r}: {better}")


def _texts(file: str, source: str) -> Iterator[tuple[int, str]]:
    match file.rsplit(".", 1)[-1]:
        case "py":
            yield from _literals(ast.parse(source))
        case "html":
            shown = _TAG.sub(lambda tag: " " * 2 + "\n" * tag[0].count("\n"), source)
            yield from enumerate(shown.splitlines(), start=1)
        case "toml":
            yield from ((1, text) for text in _leaves(tomllib.loads(source)) if _is_prose(text))


def _literals(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String literals, without docstrings and log lines."""
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("logger.", "log_", "metrics.")):
            apart |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and id(node) not in apart
            and _is_prose(node.value)
        ):
            yield node.lineno, node.value


def _is_prose(text: str) -> bool:
    return " " in text.strip() or text[:1].isupper()


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):  # other languages have words of their own
        for each in (text for key, text in value.items() if key != "i18n") if isinstance(value, dict) else value:
            yield from _leaves(each)
