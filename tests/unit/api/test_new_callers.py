"""One path per method: real status codes, problem documents, idempotency keys."""

from tests.support.build import CARD, CONTACT
from tests.unit.api.conftest import Caller

ORDER = {"order_queue_id": 1, "info": {**CONTACT, **CARD, "pack1": {"plan_id": "1", "price": "12.50"}}}


def test_create_answers_201_where_and_what_it_made(caller: Caller) -> None:
    made = caller.call("order.create", ORDER)

    assert (made.status, made.headers["Content-Type"]) == (201, "application/json")
    assert made.headers["Location"] == f"/order.get?order_id={made.body['order_id']}"
    assert (made.body["total"], made.body["currency"], made.body["step"]["status"]) == ("12.50", "USD", "leads")
    assert [action["state"] for action in made.body["actions"]] == ["pending"] * 3


def test_an_idempotency_key_makes_one_order(caller: Caller) -> None:
    keyed = {"idempotency-key": "cart-7"}
    first = caller.call("order.create", ORDER, **keyed)
    again = caller.call("order.create", dict(reversed(ORDER.items())), **keyed)
    other = caller.call("order.create", {**ORDER, "priority": 3}, **keyed)

    assert again.body == first.body
    assert (other.status, other.body["order_id"]) == (409, first.body["order_id"])


def test_submit_moves_the_order_on(caller: Caller) -> None:
    order_id = caller.call("order.create", ORDER).body["order_id"]
    submitted = caller.call("order.submit", {"order_id": order_id})

    assert (submitted.status, submitted.body["step"]["name"]) == (200, "Processing")
    assert submitted.body["submitted_at"].endswith("Z")


def test_what_cannot_be_processed_is_named_field_by_field(caller: Caller) -> None:
    order_id = caller.call("order.create", {"order_queue_id": 1, "info": {"pack1": {"plan_id": "77"}}}).body["order_id"]
    refused = caller.call("order.submit", {"order_id": order_id})

    assert refused.status == 422
    fields = [error["field"] for error in refused.body["errors"]]
    assert fields == ["info.first", "info.email", "info.pack1.plan_id"]


def test_payment_data_without_a_token_is_named(caller: Caller) -> None:
    order = {"order_queue_id": 1, "info": {**CONTACT, "payment_type": "cc", "pack1": {"plan_id": "1"}}}
    order_id = caller.call("order.create", order).body["order_id"]

    assert "info.cc_token" in caller.call("order.submit", {"order_id": order_id}).body["detail"]


def test_a_declined_payment_is_402_and_a_canceled_order_409(caller: Caller) -> None:
    declined = {**ORDER, "info": {**ORDER["info"], "cc_token": "tok_decline"}}  # type: ignore[dict-item]
    order_id = caller.call("order.create", declined).body["order_id"]

    assert caller.call("order.submit", {"order_id": order_id}).status == 402
    assert (
        caller.call("order.cancel", {"order_id": order_id, "reason": "no money"}).body["canceled_because"] == "no money"
    )
    assert caller.call("order.submit", {"order_id": order_id}).status == 409
    assert caller.call("order.get", {"order_id": "9"}).status == 404
    assert caller.call("order.get", {}).body["errors"][0]["field"] == "order_id"
