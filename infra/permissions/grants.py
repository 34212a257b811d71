"""Reads the permissions of every role out of a stage's templates."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_HASH = re.compile(r"[0-9A-F]{8}$")  # which the CDK puts behind the path of a construct
_PSEUDO = re.compile(r"AWS::(\w+)")


@dataclass(frozen=True, order=True)
class Grant:
    """A role may do actions with a resource. `condition`: when, in the words of IAM; empty for always."""

    role: str
    resource: str
    actions: tuple[str, ...]
    condition: str = ""


def grants_of(resources: Mapping[str, Mapping[str, Any]]) -> list[Grant]:
    """Of all roles of a template's resources, by role and resource."""
    found = [
        Grant(shown(logical_id).removesuffix("Role"), shown_value(target), tuple(sorted(_list(each["Action"]))), when)
        for logical_id, role in resources.items()
        if role["Type"] == "AWS::IAM::Role"
        for each in _statements(role)
        for when in [_condition(each.get("Condition", {}))]
        for target in _list(each["Resource"])
    ]
    return sorted(found)


def actions_of(grants: Iterable[Grant]) -> list[str]:
    return sorted({action for grant in grants for action in grant.actions})


def shown(logical_id: str) -> str:
    """`StorageOrderTable2D935ED6` -> `StorageOrderTable`."""
    return _HASH.sub("", logical_id)


def shown_value(value: Any) -> str:
    """A value of a template in words: a logical id with what is joined behind it, or the literal. Raises ValueError."""
    match value:
        case str():
            return value
        case {"Ref": target}:
            return _PSEUDO.sub(r"<\1>", target) if target.startswith("AWS::") else shown(target)
        case {"Fn::GetAtt": [target, "Arn"]}:
            return shown(target)
        case {"Fn::GetAtt": [target, attribute]}:
            return f"{shown(target)}.{attribute}"
        case {"Fn::Join": ["", parts]}:
            return "".join(map(shown_value, parts))
        case {"Fn::GetStackOutput": {"OutputName": output}}:
            return f"output {output}"
    raise ValueError(f"no words for {value!r}")


def _statements(role: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for policy in role["Properties"].get("Policies", ()):
        yield from policy["PolicyDocument"]["Statement"]


def _condition(condition: Mapping[str, Mapping[str, Any]]) -> str:
    """Without the guard that the key is there, which each condition on keys has."""
    return "; ".join(
        f"{key} {' or '.join(sorted(shown_value(value) for value in _list(values)))}"
        for operator, keys in sorted(condition.items())
        if operator != "Null"
        for key, values in sorted(keys.items())
    )


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
