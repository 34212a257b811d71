"""Whether a role's policies allow a call: the rules of IAM that our policies use, and a loud refusal of all others.

AWS: a call is allowed if a statement allows it and none denies it. Actions match whatever their case, with `*` and `?`;
resources by their case. All conditions of a statement must hold, one of several values is enough. A key that the call does
not have fails a condition, except: `...IfExists`, negated operators, `Null: true`, and `ForAllValues`, which holds for an
empty set.

Pure: nothing of the engine in here, so that tests judge synthesized templates with it as well.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Statement = Mapping[str, Any]
_ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition"}


class UnknownRuleError(ValueError):
    """A policy says something whose meaning is not written here; write it, after IAM's documents."""


@dataclass(frozen=True)
class Call:
    """A request to judge. `keys`: condition keys with their values, such as `dynamodb:LeadingKeys`."""

    action: str
    resource: str
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def allowing(statements: Iterable[Statement], call: Call) -> Statement | None:
    """The first statement that allows the call, if no other denies it. Raises UnknownRuleError."""
    found: Statement | None = None
    for statement in statements:
        if applies(statement, call):
            if statement["Effect"] == "Deny":
                return None
            found = found or statement
    return found


def applies(statement: Statement, call: Call) -> bool:
    if unknown := statement.keys() - _ELEMENTS:
        raise UnknownRuleError(f"elements of a statement: {', '.join(sorted(unknown))}")
    return (
        any(_pattern(each, any_case=True).fullmatch(call.action) for each in several(statement["Action"]))
        and any(_pattern(each).fullmatch(call.resource) for each in several(statement["Resource"]))
        and all(
            _holds(operator, key, several(expected), call.keys)
            for operator, keys in statement.get("Condition", {}).items()
            for key, expected in keys.items()
        )
    )


def several(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)]


def _holds(operator: str, key: str, expected: list[str], given: Mapping[str, tuple[str, ...]]) -> bool:
    values = next((each for name, each in given.items() if name.lower() == key.lower()), ())
    if operator == "Null":
        return bool(values) is not (expected == ["true"])
    quantifier, _, plain = operator.rpartition(":")
    name, if_exists = plain.removesuffix("IfExists"), plain.endswith("IfExists")
    if name not in _OPERATORS:
        raise UnknownRuleError(f"condition operator {operator}")
    matches, negated = _OPERATORS[name]
    verdicts = [_verdict(matches, negated, value, expected) for value in values]
    if quantifier == "ForAllValues":
        return all(verdicts)
    if quantifier == "ForAnyValue":
        return any(verdicts) or (not verdicts and if_exists)
    if quantifier:
        raise UnknownRuleError(f"condition operator {operator}")
    if len(values) > 1:
        raise UnknownRuleError(f"{operator} with several values of {key}: say ForAllValues or ForAnyValue")
    return verdicts[0] if verdicts else negated or if_exists


def _verdict(matches: Callable[[str, str], bool], negated: bool, value: str, expected: list[str]) -> bool:
    return any(matches(each, value) for each in expected) is not negated


def _like(pattern: str, value: str) -> bool:
    return _pattern(pattern).fullmatch(value) is not None


def _same(pattern: str, value: str) -> bool:
    return pattern == value


def _same_in_any_case(pattern: str, value: str) -> bool:
    return pattern.lower() == value.lower()


# ArnEquals and ArnLike behave alike.
_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "StringEquals": (_same, False),
    "StringNotEquals": (_same, True),
    "StringEqualsIgnoreCase": (_same_in_any_case, False),
    "StringLike": (_like, False),
    "StringNotLike": (_like, True),
    "ArnEquals": (_like, False),
    "ArnLike": (_like, False),
    "ArnNotLike": (_like, True),
    "Bool": (_same_in_any_case, False),
}


@functools.cache
def _pattern(text: str, *, any_case: bool = False) -> re.Pattern[str]:
    """`*` is any text, `?` any character; policy variables (`${...}`) are not used here."""
    if "${" in text:
        raise UnknownRuleError(f"policy variable in {text}")
    parts = [".*" if each == "*" else "." if each == "?" else re.escape(each) for each in text]
    return re.compile("".join(parts), re.DOTALL | (re.IGNORECASE if any_case else 0))
