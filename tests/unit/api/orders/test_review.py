"""A queue that was turned to review: submitting answers so at both doors, and a person with the right submits by hand."""

from dataclasses import replace

import pytest

from lambdas.payments.screen import PaymentLimits, screening
from lambdas.rate_limits.breaker import BreakerRule
from lambdas.rate_limits.failures import Limit
from lambdas.records.clients.client import ClientRecords
from lambdas.records.users.rights import ROLES, Grant
from tests.support.build import CARD, CONTACT
from tests.unit.api.auth.test_rights import as_user
from tests.unit.api.conftest import Answer, Caller

INFO = {**CONTACT, **CARD, "pack1": {"plan_id": "1", "period": 1}}


@pytest.fixture(autouse=True)
def _turned(caller: Caller) -> None:
    """The queue turns to review at the first decline, and had one."""
    backend = caller.api.backend
    limits = PaymentLimits(queue=BreakerRule(limits=(Limit(most=1, seconds=600),), quiet_seconds=1_800))
    screen = screening(
        "guards",
        limits=limits,
        gateway=backend.gateway,
        clients=ClientRecords(backend.records),
        now=backend.service.now,
        client=caller.dynamodb,
    )
    service = replace(backend.service, screen=screen)
    caller.api = replace(caller.api, backend=replace(backend, service=service))
    assert submit(caller, create(caller, cc_token="tok_decline")).status == 402


def create(caller: Caller, **info: str) -> str:
    return str(caller.call("order.create", {"order_queue_id": 1, "info": {**INFO, **info}}).body["order_id"])


def submit(caller: Caller, order_id: str, **more: object) -> Answer:
    return caller.call("order.submit", {"order_id": order_id, **more})


def test_a_submit_answers_that_people_look_at_the_order_which_says_why(caller: Caller) -> None:
    order_id = create(caller)
    answer = submit(caller, order_id)

    assert (answer.status, answer.body["type"]) == (409, "urn:order-queues:problem:review_needed")
    assert "we look at it and come back to you, and nothing was charged" in answer.body["detail"]
    order = caller.call("order.get", {"order_id": order_id}).body
    assert order["step"]["status"] == "leads"
    assert order["review_needed_at"] is not None
    assert "declined" in order["review_because"]


def test_api_2_0_answers_it_as_a_refusal(caller: Caller) -> None:
    answer = caller.send("/api/2.0/", query="method=order.submit", body=f'{{"order_id": "{create(caller)}"}}')

    assert (answer.status, answer.body["status"]) == (200, False)
    assert "we look at it" in answer.body["error_message"]


def test_whoever_has_the_right_act_submits_it_by_hand_and_nobody_else_does(caller: Caller) -> None:
    order_id = create(caller)
    submit(caller, order_id)
    asked = {"order_id": order_id, "reviewed": True}

    assert as_user(caller, Grant(rights=ROLES["sales"]), "order.submit", asked).status == 403
    done = as_user(caller, Grant(rights=ROLES["operator"]), "order.submit", asked)
    assert (done.status, done.body["step"]["status"], done.body["review_needed_at"]) == (200, "ordinary", None)


def test_all_rights_alone_do_not_get_a_storefront_past_the_review(caller: Caller) -> None:
    order_id = create(caller)

    assert [submit(caller, order_id).status for _ in range(2)] == [409, 409]


def test_an_idempotency_key_does_not_keep_it(caller: Caller) -> None:
    order_id = create(caller)
    first = caller.call("order.submit", {"order_id": order_id}, **{"idempotency-key": "k"})
    asked = {"order_id": order_id, "reviewed": True}
    assert (first.status, caller.call("order.submit", asked).status) == (409, 200)

    assert caller.call("order.submit", {"order_id": order_id}, **{"idempotency-key": "k"}).status == 200


def test_what_is_not_paid_by_card_needs_no_review(caller: Caller) -> None:
    client_id = caller.call("client.add", {"first": "Ada", "email": "ada@example.com"}).body["client_id"]
    order = {"order_queue_id": 1, "client_id": client_id, "info": {**INFO, "payment_type": "check", "cc_token": ""}}

    assert submit(caller, caller.call("order.create", order).body["order_id"]).status == 200
