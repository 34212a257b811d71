"""The rules by which roles are judged, held to the examples and tables of IAM's user guide."""

from typing import Any

import pytest

from infra.local.engine.iam.policy import Call, UnknownRuleError, allowing

TABLE = "arn:aws:dynamodb:us-west-2:123456789012:table/GameScores"


def allow(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any = "*", resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {**allow(action, resource, **more), "Effect": "Deny"}


def when(**condition: Any) -> dict[str, Any]:
    return allow(Condition={name.replace("_", ":"): keys for name, keys in condition.items()})


def is_allowed(
    *statements: dict[str, Any], action: str = "dynamodb:GetItem", resource: str = TABLE, **keys: Any
) -> bool:
    given = {name.replace("_", ":"): tuple(values) for name, values in keys.items()}
    return allowing(statements, Call(action, resource, given)) is not None


def test_what_nobody_allows_is_refused() -> None:
    assert not is_allowed()
    assert not is_allowed(allow("dynamodb:PutItem", TABLE))
    assert not is_allowed(allow("dynamodb:GetItem", TABLE + "/index/by_x"))


def test_an_explicit_deny_overrules_every_allow_wherever_it_stands() -> None:
    assert not is_allowed(allow(), deny("dynamodb:GetItem"))
    assert not is_allowed(deny("dynamodb:GetItem"), allow())
    assert is_allowed(allow(), deny("dynamodb:PutItem"))


@pytest.mark.parametrize("action", ["dynamodb:GetItem", "DynamoDB:getitem", "dynamodb:Get*", "dynamodb:?etItem", "*"])
def test_actions_match_in_any_case_and_by_pattern(action: str) -> None:
    assert is_allowed(allow(action))


@pytest.mark.parametrize(
    ("resource", "matches"),
    [
        (TABLE, True),
        ("arn:aws:dynamodb:*:*:table/GameScores", True),
        ("arn:aws:dynamodb:us-west-2:123456789012:table/Game?cores", True),
        ("arn:aws:dynamodb:us-west-2:123456789012:table/*", True),
        ("arn:aws:dynamodb:us-west-2:123456789012:table/gamescores", False),
        ("arn:aws:dynamodb:us-west-2:123456789012:table/GameScore", False),
    ],
)
def test_resources_match_by_their_case(resource: str, matches: bool) -> None:
    assert is_allowed(allow(resource=resource)) is matches
    assert is_allowed(allow(resource=["arn:aws:s3:::other", resource])) is matches


def test_a_star_spans_slashes_and_a_call_of_the_default_route_has_two_only() -> None:
    api = "arn:aws:execute-api:us-east-1:123456789012:abc"

    assert is_allowed(allow(resource=f"{api}/*/*"), resource=f"{api}/$default/$default")
    assert is_allowed(allow(resource=f"{api}/*/*"), resource=f"{api}/$default/GET/forms/hosting")
    assert not is_allowed(allow(resource=f"{api}/*/*/*"), resource=f"{api}/$default/$default")


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition_examples-multi-valued-context-keys.html
@pytest.mark.parametrize(
    ("quantifier", "given", "holds"),
    [
        ("ForAllValues", ["key1"], True),
        ("ForAllValues", ["key1", "key2"], True),
        ("ForAllValues", ["key1", "key3"], False),
        ("ForAllValues", [], True),  # the trap: no key at all
        ("ForAnyValue", ["key1", "key3"], True),
        ("ForAnyValue", ["key3"], False),
        ("ForAnyValue", [], False),
    ],
)
def test_set_operators(quantifier: str, given: list[str], holds: bool) -> None:
    statement = allow(Condition={f"{quantifier}:StringEquals": {"dynamodb:LeadingKeys": ["key1", "key2"]}})

    assert is_allowed(statement, dynamodb_LeadingKeys=given) is holds


def test_null_false_closes_the_trap_of_for_all_values() -> None:
    statement = allow(
        Condition={
            "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["link#*"]},
            "Null": {"dynamodb:LeadingKeys": "false"},
        }
    )

    assert is_allowed(statement, dynamodb_LeadingKeys=["link#1", "link#2"])
    assert not is_allowed(statement, dynamodb_LeadingKeys=["link#1", "api_user#ada"])
    assert not is_allowed(statement)
    assert is_allowed(allow(Condition={"Null": {"dynamodb:LeadingKeys": "true"}}))


def test_all_conditions_must_hold_and_one_of_several_values_is_enough() -> None:
    both = when(StringEquals={"a_b": "x"}, StringLike={"c_d": ["y*", "z*"]})
    statement = {**both, "Condition": {"StringEquals": {"a:b": "x"}, "StringLike": {"c:d": ["y*", "z*"]}}}

    assert is_allowed(statement, a_b=["x"], c_d=["zebra"])
    assert not is_allowed(statement, a_b=["x"], c_d=["horse"])
    assert not is_allowed(statement, a_b=["y"], c_d=["zebra"])


# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
@pytest.mark.parametrize(
    ("operator", "expected", "given", "holds"),
    [
        ("StringEquals", "ada", ["ada"], True),
        ("StringEquals", "ada", ["Ada"], False),
        ("StringEquals", "a*", ["ada"], False),
        ("StringEqualsIgnoreCase", "ADA", ["ada"], True),
        ("StringNotEquals", "ada", ["bob"], True),
        ("StringNotEquals", ["ada", "bob"], ["bob"], False),
        ("StringLike", "*@seaside.internal", ["orders@seaside.internal"], True),
        ("StringLike", "*@seaside.internal", ["orders@seaside.internal.evil"], False),
        ("StringNotLike", "*@seaside.internal", ["orders@other"], True),
        ("ArnLike", "arn:aws:s3:::*", ["arn:aws:s3:::bucket"], True),
        ("Bool", "false", ["false"], True),
        # A key that is not there.
        ("StringEquals", "ada", [], False),
        ("StringLike", "*", [], False),
        ("StringNotEquals", "ada", [], True),
        ("StringEqualsIfExists", "ada", [], True),
        ("StringEqualsIfExists", "ada", ["bob"], False),
    ],
)
def test_operators(operator: str, expected: Any, given: list[str], holds: bool) -> None:
    assert is_allowed(allow(Condition={operator: {"a:b": expected}}), a_b=given) is holds


def test_names_of_condition_keys_have_no_case() -> None:
    assert is_allowed(allow(Condition={"StringEquals": {"SES:fromaddress": "x"}}), ses_FromAddress=["x"])


@pytest.mark.parametrize(
    "statement",
    [
        allow(Principal="*"),
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
        allow(Condition={"DateLessThan": {"aws:CurrentTime": "2030-01-01"}}),
        allow(Condition={"ForSomeValues:StringEquals": {"a:b": "x"}}),
        allow(resource="arn:aws:s3:::bucket/${aws:username}"),
    ],
)
def test_what_is_not_written_here_is_never_guessed(statement: dict[str, Any]) -> None:
    with pytest.raises((UnknownRuleError, KeyError)):
        is_allowed(statement, a_b=["x"])


def test_several_values_need_a_set_operator() -> None:
    with pytest.raises(UnknownRuleError, match="ForAllValues or ForAnyValue"):
        is_allowed(allow(Condition={"StringEquals": {"a:b": "x"}}), a_b=["x", "y"])
