"""The rule for names: an effect is a verb. A function that is given a store, gateway or client begins with none of these."""

import ast
import re
from collections.abc import Iterator

from tests.style.findings import Finding

# What has effects, by the name of its type: stores, records, gateways, buses, machines, AWS clients.
_EFFECTS = re.compile(
    r"\b(\w*(Store|Records|RecordTable|Gateway|Client|Bus|Machine|Service|Backend|Queue[rs]|Outbox|Charges|InvoiceRun|"
    r"RecordedPayments|Reversal|Posting|Tools|Shop|Indexes|Counts|Windows|Failures|IdempotencyKeys|Series|Sessions|Files))\b"
)
_NO_EFFECTS = re.compile(r"^(AddedService|QuotedService|ContractService|ChecklistService|Service|Client|Queue)$")
_PARTICIPLES = frozenset(
    {
        "begun",
        "bound",
        "built",
        "chosen",
        "done",
        "drawn",
        "forgotten",
        "found",
        "given",
        "gone",
        "held",
        "kept",
        "known",
        "left",
        "made",
        "met",
        "paid",
        "put",
        "said",
        "seen",
        "sent",
        "shown",
        "sold",
        "taken",
        "told",
        "written",
    }
)
_NO_PARTICIPLES = frozenset({"feed", "need", "proceed", "seed", "speed", "embed"})


def is_participle(name: str) -> bool:
    first = name.lstrip("_").split("_")[0]
    return first in _PARTICIPLES or (len(first) > 3 and first.endswith("ed") and first not in _NO_PARTICIPLES)


def name_findings(file: str, source: str) -> Iterator[Finding]:
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            effects = {
                field.target.id
                for field in node.body
                if isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and _has_effects(field.annotation)
            }
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and is_participle(method.name) and _calls(method, effects):
                    yield _finding(file, method)
        if isinstance(node, ast.FunctionDef) and is_participle(node.name):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            if any(argument.annotation and _has_effects(argument.annotation) for argument in arguments):
                yield _finding(file, node)


def _has_effects(annotation: ast.expr) -> bool:
    """Whether the type is a store, gateway or client. A function that takes one is none itself."""
    if isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "Callable":
        return False
    return any(not _NO_EFFECTS.match(found) for found, _ in _EFFECTS.findall(ast.unparse(annotation)))


def _calls(method: ast.FunctionDef, fields: set[str]) -> bool:
    """Whether the method calls something of one of these fields of its class."""
    for node in ast.walk(method):
        if isinstance(node, ast.Call):
            text = ast.unparse(node.func)
            if text.startswith("self.") and text.split(".")[1] in fields:
                return True
    return False


def _finding(file: str, function: ast.FunctionDef) -> Finding:
    return Finding(file, function.lineno, "name", f"{function.name} is given what has effects: begin with a verb")
