"""What a user without the right to personal data sees, at both doors and whatever they ask."""

import base64
import json
from typing import Any

import pytest

from lambdas.records.users.rights import Grant, Right
from tests.support.build import CARD
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Caller

ADA = "Ada of Ockham"
NAMELESS = Grant(rights=frozenset(Right) - {Right.PERSONAL_DATA})


def an_order(caller: Caller) -> str:
    """One that says who she is wherever something can be said."""
    sent = {
        "order_queue_id": 1,
        "listed_company": ADA,
        "signature": ADA,
        "info": {
            "first": ADA, "last": ADA, "email": "ada@example.com", "packed_for": ADA, "coupon_note": ADA, "taxes_of": ADA,
            **CARD, "cc_first": ADA, "payment_type_note": ADA, "notes": ADA,
            "pack1": {"plan_id": "1", "title": ADA, "desserv": ADA, "notes": ADA, "note": {"of": ADA}},
        },
    }  # fmt: skip
    return str(caller.call("order.create", sent).body["order_id"])


def old(caller: Caller, method: str, parameters: dict[str, Any]) -> Any:
    token = caller.api.users.add("old", (NAMELESS,), now=0)
    credentials = base64.b64encode(f"old:{token}".encode()).decode()
    headers = {"authorization": f"Basic {credentials}"}
    return caller.send("/api/2.0/", query=f"method={method}", body=json.dumps(parameters), headers=headers).body


@pytest.mark.parametrize("method", ["order.get", "order.list"])
def test_no_door_shows_who_somebody_is(caller: Caller, method: str) -> None:
    one = {"order_id": an_order(caller)} if method == "order.get" else {}

    new = as_user(caller, NAMELESS, method, one)
    assert (new.status, ADA in str(new.body), "ada@" in str(new.body)) == (200, False, False)
    record = old(caller, method, one)
    assert (record["status"], ADA in str(record), "ada@" in str(record)) == (True, False, False)


def test_services_are_called_as_in_the_catalogue(caller: Caller) -> None:
    seen = as_user(caller, NAMELESS, "order.get", {"order_id": an_order(caller)}).body

    assert [(each["title"], each["description"]) for each in seen["services"]] == [("Web Hosting Basic", "")]
    assert seen["info"] == {"payment_type": "cc", "pack1": {"plan_id": "1"}}


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("order.update", {"info": {"first": ADA, "pack1": {"desserv": ADA}}}),
        ("order.submit", {}),
        ("order.process", {"order_action_id": 101, "skip": 1, "reason": f"asked for by {ADA}"}),
        ("order.cancel", {"reason": f"{ADA} changed her mind"}),
    ],
)
def test_nor_does_the_answer_to_what_they_did(caller: Caller, method: str, more: dict[str, Any]) -> None:
    order_id = an_order(caller)
    if method == "order.process":
        caller.call("order.submit", {"order_id": order_id})

    answer = as_user(caller, NAMELESS, method, {"order_id": order_id, **more})
    assert (answer.status, ADA in str(answer.body)) == (200, False)
    assert ADA not in str(old(caller, "order.get", {"order_id": order_id}))
    if "reason" in more:
        assert more["reason"] in str(caller.call("order.get", {"order_id": order_id}).body)  # who may, sees it
