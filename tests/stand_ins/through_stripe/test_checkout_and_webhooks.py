"""The stand-in's hosted page and its signed webhooks."""

import json
import random
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pytest
import requests
import stripe
from stripe import StripeClient

from tests.stand_ins.conftest import Clock
from tests.stand_ins.stripe.server import StripeStandIn
from tests.stand_ins.stripe.webhooks import Webhooks

SETUP: Any = {
    "mode": "setup",
    "ui_mode": "hosted_page",
    "payment_method_types": ["card"],
    "customer_creation": "always",
    "client_reference_id": "visit-1",
    "success_url": "https://shop.example/back?session={CHECKOUT_SESSION_ID}",
    "cancel_url": "https://shop.example/back?canceled=1",
}


def choose(url: str | None, choice: str) -> requests.Response:
    return requests.post(str(url), data={"choice": choice}, allow_redirects=False, timeout=5)


def test_a_person_enters_a_card_that_can_then_be_charged(sdk: StripeClient) -> None:
    session = sdk.v1.checkout.sessions.create(SETUP)
    assert "pm_card_visa" in requests.get(str(session.url), timeout=5).text
    back = choose(session.url, "pm_card_visa")
    assert back.headers["Location"] == f"https://shop.example/back?session={session.id}"
    done = sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})

    assert (done.status, done.client_reference_id) == ("complete", "visit-1")
    assert isinstance(done.setup_intent, stripe.SetupIntent)
    method = done.setup_intent.payment_method
    assert isinstance(method, stripe.PaymentMethod)
    paid = sdk.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "customer": str(done.customer),
            "payment_method": method.id,
            "confirm": True,
        }
    )
    assert paid.status == "succeeded"


def test_a_declined_card_stays_on_the_page(sdk: StripeClient) -> None:
    session = sdk.v1.checkout.sessions.create(SETUP)
    told = choose(session.url, "pm_card_visa_chargeDeclined")

    assert (told.status_code, "declined" in told.text) == (200, True)
    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_a_person_may_go_back_and_a_session_ends_after_a_day(sdk: StripeClient, clock: Clock) -> None:
    session = sdk.v1.checkout.sessions.create(SETUP)
    assert choose(session.url, "back").headers["Location"] == "https://shop.example/back?canceled=1"
    clock.advance(days=1)

    assert sdk.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert choose(session.url, "pm_card_visa").status_code == 200


def test_without_types_a_setup_needs_a_currency(sdk: StripeClient) -> None:
    untyped: Any = {name: value for name, value in SETUP.items() if name != "payment_method_types"}
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        sdk.v1.checkout.sessions.create(untyped)


class Endpoint:
    """Verifies as the SDK does. `fails`: that many deliveries are not acknowledged."""

    def __init__(self, secret: str, *, fails: int = 0) -> None:
        self.secret, self.fails, self.got = secret, fails, list[str]()

    def __call__(self, body: str, headers: Mapping[str, str]) -> int:
        if self.fails:
            self.fails -= 1
            return 500
        stripe.WebhookSignature.verify_header(body, headers["Stripe-Signature"], self.secret)
        self.got.append(str(json.loads(body)["type"]))
        return 200


def hold(sdk: StripeClient) -> None:
    sdk.v1.payment_intents.create(
        {
            "amount": 2000,
            "currency": "usd",
            "payment_method": "pm_card_visa",
            "capture_method": "manual",
            "confirm": True,
        }
    )


def test_events_tell_of_each_change_in_order(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    endpoint = Endpoint("whsec_new")
    hooks = Webhooks(stand_in.books, endpoint, ("whsec_new", "whsec_old"))
    hold(sdk)
    hooks.deliver()

    assert endpoint.got == ["payment_intent.created", "payment_intent.amount_capturable_updated"]
    assert hooks.deliver() == []


@pytest.mark.parametrize("secret", ["whsec_new", "whsec_old"])
def test_while_secrets_roll_either_verifies(sdk: StripeClient, stand_in: StripeStandIn, secret: str) -> None:
    endpoint = Endpoint(secret)
    hold(sdk)
    Webhooks(stand_in.books, endpoint, ("whsec_new", "whsec_old")).deliver()

    assert len(endpoint.got) == 2


def test_a_wrong_secret_does_not_verify(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    hold(sdk)
    with pytest.raises(stripe.SignatureVerificationError):
        Webhooks(stand_in.books, Endpoint("whsec_other"), ("whsec_new",)).deliver()


def test_events_come_any_number_of_times_in_any_order(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    endpoint = Endpoint("whsec_new")
    for _ in range(5):
        hold(sdk)
    chance = random.Random(7)
    sent = Webhooks(stand_in.books, endpoint, ("whsec_new",)).deliver(chance=chance, least_copies=0, most_copies=3)

    copies = Counter(each.event_id for each in sent)
    assert set(copies.values()) >= {1, 3}
    assert len(copies) < len(stand_in.books.events)
    assert [each.event_id for each in sent] != sorted(each.event_id for each in sent)


def test_what_is_not_acknowledged_comes_again(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    endpoint = Endpoint("whsec_new", fails=1)
    hooks = Webhooks(stand_in.books, endpoint, ("whsec_new",))
    hold(sdk)
    hooks.deliver()
    assert endpoint.got == ["payment_intent.amount_capturable_updated"]
    hooks.deliver()

    assert endpoint.got == ["payment_intent.amount_capturable_updated", "payment_intent.created"]
