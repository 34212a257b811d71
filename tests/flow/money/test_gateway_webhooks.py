"""Webhooks of the payment provider as they are deployed: in by the door, through the queue, applied by the worker's own role."""

from typing import Any

import pytest

from lambdas.payments.gateway import TransactionState
from lambdas.payments.sandbox import PROOF
from tests.flow.conftest import Shop, new_client_order
from tests.flow.money.provider import Provider, new_event_id

pytestmark = pytest.mark.engine

HELD, TAKEN = "payment_intent.amount_capturable_updated", "payment_intent.succeeded"


@pytest.fixture(scope="module")
def provider(shop: Shop) -> Provider:
    return Provider(shop)


@pytest.fixture(scope="module")
def stray(shop: Shop, provider: Provider) -> tuple[str, str]:
    """A payment that no order knows, told of before all others: the worker looks at it three times. Its order and event."""
    order_id, event_id = "987654", new_event_id()
    held = shop.gateway.authorize(
        key=f"nobody:{event_id}", token="tok_approve", amount_cents=995, currency="USD", order_id=order_id
    )
    provider.tell(held.transaction_id, HELD, event_id=event_id).raise_for_status()
    return order_id, event_id


def asked_for_its_holder(shop: Shop) -> str:
    """An order whose submit waits for the card's holder."""
    order_id = str(shop.done("order.create", new_client_order(cc_token="tok_sca"))["order_id"])
    answer = shop.call("order.submit", {"order_id": order_id, "return_to": "https://shop.example/back"})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (402, "authentication_required"), (
        answer.text
    )
    return order_id


def prove(shop: Shop, order_id: str) -> str:
    """The holder proves themselves on the provider's page, and never comes back. Return the payment's id."""
    asked = shop.gateway.find(shop.hold_key(order_id))
    assert asked is not None and asked.challenge is not None
    proof: dict[str, Any] = {"challenge_id": asked.challenge.challenge_id, "proof": PROOF}
    shop.gateway.authenticate(key=f"{asked.key}:page", transaction_id=asked.transaction_id, proof=proof)
    return asked.transaction_id


@pytest.mark.usefixtures("stray")
def test_a_submit_is_completed_by_a_webhook_alone(shop: Shop, provider: Provider) -> None:
    order_id, event_id = asked_for_its_holder(shop), new_event_id()
    about = prove(shop, order_id)
    answer = provider.tell(about, HELD, event_id=event_id)

    assert (answer.status_code, answer.json()) == (200, {"received": True})
    assert provider.outcome(event_id) == "submitted"
    shop.until_step(order_id, "complete")
    payment = shop.gateway.find(shop.hold_key(order_id))
    assert payment is not None
    assert (payment.transaction_id, payment.state) == (about, TransactionState.CAPTURED)


def test_an_event_that_comes_twice_or_late_changes_nothing(shop: Shop, provider: Provider) -> None:
    order_id, event_id = asked_for_its_holder(shop), new_event_id()
    about = prove(shop, order_id)
    sent = [provider.tell(about, HELD, event_id=event_id) for _ in range(3)]
    assert {answer.status_code for answer in sent} == {200}
    assert provider.outcome(event_id) == "submitted"
    shop.until_step(order_id, "complete")

    revision, late = shop._row(order_id).revision, new_event_id()
    assert provider.tell(about, HELD, event_id=event_id).status_code == 200
    provider.tell(about, TAKEN, event_id=late).raise_for_status()
    assert provider.outcome(late) == "known"
    assert shop._row(order_id).revision == revision
    assert shop.gateway.find(shop.hold_key(order_id, 2)) is None


def test_what_is_not_signed_by_the_key_of_the_stage_is_not_kept(shop: Shop, provider: Provider) -> None:
    event_id = new_event_id()
    answer = provider.tell("sb_0", HELD, event_id=event_id, key="another key")

    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (401, "bad_signature")
    assert provider.key not in answer.text
    assert provider.stored(event_id) is None


def test_money_that_no_order_knows_lands_on_the_worklist(
    shop: Shop, provider: Provider, stray: tuple[str, str]
) -> None:
    order_id, event_id = stray
    assert provider.outcome(event_id) == "known, unmatched"

    found = shop.done("order.worklist", {"team": "operations"})["violations"]
    (violation,) = [each for each in found if each["place"] == order_id]
    assert violation["promise"] == "money at the gateway is matched"
    assert "neither an order nor an invoice knows that payment" in violation["what"]
    provider.forget(order_id)
