"""An empty parameter counts as not sent, whatever its type: clients send empty ones (reference/ubersmith.md 4.1)."""

import json

import pytest
from pydantic import ValidationError

from lambdas.api.http.parameters import Request
from lambdas.api.table import every_method
from tests.unit.api.conftest import Caller

REQUESTS = {method.request for _, method in every_method()}


def outcome(request_type: type[Request], sent: dict[str, str]) -> object:
    """What becomes of a call: the values read, or what is said against it."""
    try:
        return request_type.model_validate(sent).model_dump()
    except ValidationError as refused:
        return [(error["loc"], error["msg"]) for error in refused.errors()]


@pytest.mark.parametrize("request_type", sorted(REQUESTS, key=str))
def test_an_empty_parameter_does_what_none_does(request_type: type[Request]) -> None:
    nothing = outcome(request_type, {})
    for name, field in request_type.model_fields.items():
        found = outcome(request_type, {field.alias or name: ""})
        if field.is_required():
            assert isinstance(found, list)
        elif isinstance(found, list):
            assert found == nothing


def test_empty_parameters_of_order_create_are_as_if_not_sent(caller: Caller) -> None:
    empty = dict.fromkeys(("ts", "owner", "client_id", "priority", "hash", "total", "opportunity_id", "info"), "")
    body = json.dumps({"order_queue_id": 1, **empty})
    made = caller.send("/api/2.0/", query="method=order.create", body=body).body

    assert made["status"], made["error_message"]
    assert made["data"]["data"]["owner"] == ""
