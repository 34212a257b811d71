"""Calls that the OpenAPI document describes, and calls it rules out, generated from it: every answer is one it describes.

`Caller.send` holds each answer to the document. Known ids are put in, or nearly every call would be about nothing.
"""

from typing import Any, cast

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.generation import GenerationMode

from lambdas.api.table import GROUPS, every_method, subject_of
from tests.support.thorough import examples
from tests.unit.api.conftest import Answer, Caller
from tests.unit.api.documented import the_document

METHODS = dict(every_method())
SCHEMA = schemathesis.openapi.from_dict(the_document())
OPERATIONS = {
    f"{verb.upper()} {path}": SCHEMA[path][verb.upper()]
    for path, item in the_document()["paths"].items()
    for verb in ("get", "post")
    if verb in item
}
KNOWN: dict[str, list[Any]] = {
    "order_id": ["1001", "1002", "1003", "0", "9999"],
    "client_id": ["101"],
    "user_login": ["101"],
    "coupon_id": ["1"],
    "order_queue_id": [1, 5],
    "order_step_id": [12],
    "order_action_id": [101, 102],
    "order_module_name": ["call_webhook"],
    "plan_id": ["1", "2"],
    "quote_id": ["1"],
    "method_name": ["order.create"],
    "brand_id": [1],
    "country": ["GB"],
}
NOT_SENT = {"authorization", "prefer"}  # the caller's own login is; nothing moves here that could be waited for
a_few = settings(
    max_examples=examples(3),
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture
def shop(installed: Caller) -> Caller:
    """Three leads, one of them submitted, and whatever else the examples make that can be made now."""
    for _ in range(3):
        assert installed.call("order.create", dict(METHODS["order.create"].example)).status == 201
    assert installed.call("client.add", dict(METHODS["client.add"].example)).status == 201
    assert installed.call("order.submit", {"order_id": "1003"}).status == 200
    for name in (name for names in GROUPS.values() for name in names):
        if METHODS[name].status == 201:
            installed.call(name, dict(METHODS[name].example))
    return installed


def sent(caller: Caller, case: Any, known: dict[str, Any]) -> Answer:
    """The case as it goes over the wire, with ids that there are."""
    if isinstance(case.body, dict):
        case.body = {**case.body, **{key: value for key, value in known.items() if key in case.body}}
    if isinstance(case.query, dict):
        case.query = {**case.query, **{key: value for key, value in known.items() if key in case.query}}
    wire = requests.Request(**case.as_transport_kwargs(base_url="http://api.test", headers=None)).prepare()
    path, _, query = str(wire.path_url).partition("?")
    headers = {name.lower(): str(value) for name, value in wire.headers.items() if name.lower() not in NOT_SENT}
    return caller.send(
        path,
        query=query,
        body=cast(bytes | str, wire.body or ""),
        content_type=headers.pop("content-type", None),
        http_method=str(wire.method),
        headers=headers,
    )


@pytest.mark.parametrize("group", [*dict.fromkeys(map(subject_of, GROUPS)), "api_2_0"])
def test_every_answer_is_one_that_is_described(shop: Caller, group: str) -> None:
    for label, operation in OPERATIONS.items():
        if group in (operation.tags or []):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                hold(shop, label, operation.as_strategy(generation_mode=mode))


def hold(shop: Caller, label: str, cases: st.SearchStrategy[Any]) -> None:
    @given(case=cases, data=st.data())
    @a_few
    def each(case: Any, data: st.DataObject) -> None:
        drawn = {key: data.draw(st.sampled_from([*values, None])) for key, values in KNOWN.items()}
        known = {key: value for key, value in drawn.items() if value is not None}
        answer = sent(shop, case, known)
        assert answer.status < 500, (label, answer.body)

    each()
