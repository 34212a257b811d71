"""A refusal is for whoever sent the call: no validator's own words, no pattern, no value of what was sent."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from lambdas.api.errors import MalformedRequestError
from lambdas.api.http.call import Call, Door
from lambdas.api.http.routing import read_request
from lambdas.api.method import Method
from lambdas.api.table import every_method
from lambdas.contracts.contract import ContractSigned
from lambdas.contracts.errors import ContractMalformedError
from lambdas.contracts.parse import read_contract
from lambdas.runtime.validation_messages import PATTERNS, WORDS, message_of
from tests.support.thorough import examples

METHODS = dict(every_method())
NOT_FOR_PEOPLE = re.compile(
    r"[\^$\\]|\[0-9|\{\d|Input|String|should|Value error|dictionary|instance|valid (string|integer|number|list)|regular|pattern"
    r"|pydantic|NoneType|Exceeds the limit|invalid literal|parse|Decimal|codec|frozenset|tuple|dict\b|\bint\b|\bstr\b",
)
UNLIKELY = "zqxj"
WRONG: list[Any] = [
    None, "", UNLIKELY, f"{UNLIKELY}^$", "-1", -1, 0, 1.5, "1.5", True, 10**30, "9" * 5_000, "x" * 60_000, [], [UNLIKELY], {},
    {UNLIKELY: UNLIKELY}, {"1": UNLIKELY}, {"1": {"discount": UNLIKELY}}, {"31": {"po_id": {}, "price": UNLIKELY}}, [[]],
    "\ud800", "2026-13-45", "1" * 19, "a,b,c",
]  # fmt: skip


def refusals(method: Method, name: str, sent: dict[str, Any]) -> Iterator[str]:
    for door in Door:
        try:
            read_request(method, Call(door, name, sent, None))
        except MalformedRequestError as refused:
            yield refused.message
            yield from (f"{problem.field} {problem.text}" for problem in refused.problems)


def assert_plain(text: str) -> None:
    said = re.sub(r"no such parameter; .*|such as [^;]*|description_\[locale\]", "", text)
    assert not NOT_FOR_PEOPLE.search(said), text
    assert UNLIKELY not in text.replace(f".{UNLIKELY}", "").replace(f"[{UNLIKELY}]", ""), text


@pytest.mark.parametrize("name", METHODS)
def test_whatever_is_wrong_with_one_parameter_is_said_plainly(name: str) -> None:
    method = METHODS[name]
    for key, field in method.request.model_fields.items():
        for wrong in WRONG:
            for text in refusals(method, name, {**method.example, field.alias or key: wrong}):
                assert_plain(text)
    for text in refusals(method, name, {}):
        assert_plain(text)


trees = st.recursive(
    st.sampled_from([value for value in WRONG if not isinstance(value, dict | list)]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["1", "price", "info", "pack1"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.sampled_from(sorted(METHODS)), st.data())
@settings(max_examples=examples(60), derandomize=True, database=None, deadline=None)
def test_and_with_several(name: str, data: st.DataObject) -> None:
    method = METHODS[name]
    keys = st.sampled_from(sorted(field.alias or key for key, field in method.request.model_fields.items()) or ["none"])
    for text in refusals(method, name, data.draw(st.dictionaries(keys, trees, max_size=4))):
        assert_plain(text)


SIGNED: dict[str, Any] = {
    "signature_id": "s-1",
    "signed_at": "2026-11-27T10:00:00Z",
    "signer": {"name": "Ada"},
    "quote_id": "1",
}


@pytest.mark.parametrize("key", sorted(ContractSigned.model_fields))
def test_a_contract_is_refused_as_plainly(key: str) -> None:
    for wrong in [
        *WRONG,
        {"name": {}, "price": "x", "expiry": "99"},
        [{"plan_id": "x", "price": "1.005"}],
        "2026-11-27T10:00:00",
    ]:
        try:
            read_contract({**SIGNED, key: wrong})
        except ContractMalformedError as refused:
            assert_plain(refused.message)


def patterns_in(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for inner in schema.values():
            yield from patterns_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from patterns_in(inner)


def test_every_pattern_of_a_parameter_has_words_of_its_own() -> None:
    models: list[type[BaseModel]] = [*{method.request for method in METHODS.values()}, ContractSigned]
    for model in models:
        model.model_rebuild()
    found = {pattern for model in models for pattern in patterns_in(model.__pydantic_core_schema__)}

    assert found
    assert found <= PATTERNS.keys()


def test_what_nobody_thought_of_is_said_in_general() -> None:
    assert message_of({"type": "no_such_type", "msg": "Input should be ^$"}) == "is not of the kind that is needed here"
    assert (
        message_of({"type": "string_pattern_mismatch", "ctx": {"pattern": "^x$"}})
        == "is not of the kind that is needed here"
    )


def test_no_refusal_of_a_parameter_falls_back_to_that() -> None:
    types = set()
    for method in METHODS.values():
        for key, field in method.request.model_fields.items():
            for wrong in WRONG:
                try:
                    method.request.model_validate({**method.example, field.alias or key: wrong})
                except ValidationError as error:
                    types |= {found["type"] for found in error.errors()}

    assert types <= WORDS.keys()
