"""The stand-in's payments, by Stripe's own SDK: holds, declines, authentication, captures, refunds, debits."""

from typing import Any

import pytest
import requests
import stripe
from stripe import StripeClient

from tests.stand_ins.conftest import Clock
from tests.stand_ins.stripe.charges import HOLD_SECONDS
from tests.stand_ins.stripe.server import StripeStandIn
from tests.support.build import NOW

HELD: Any = {"amount": 2000, "currency": "usd", "capture_method": "manual", "payment_method_types": ["card"]}
BACK = "https://shop.example/back"


def begun(sdk: StripeClient, method: str, **more: Any) -> stripe.PaymentIntent:
    asked: Any = {**HELD, "payment_method": method, **more}
    return sdk.v1.payment_intents.create(asked)


def held(sdk: StripeClient, method: str = "pm_card_visa", **more: Any) -> stripe.PaymentIntent:
    return sdk.v1.payment_intents.confirm(begun(sdk, method, **more).id, {"expand": ["latest_charge"]})


def test_creating_moves_no_money(sdk: StripeClient) -> None:
    intent = begun(sdk, "pm_card_visa", metadata={"order": "1001"})

    assert (intent.status, intent.amount_capturable, intent.latest_charge) == ("requires_confirmation", 0, None)
    assert intent.metadata["order"] == "1001"


def test_confirming_holds_for_a_week_and_tells_until_when(sdk: StripeClient) -> None:
    intent = held(sdk)

    assert (intent.status, intent.amount_capturable) == ("requires_capture", 2000)
    assert isinstance(intent.latest_charge, stripe.Charge)
    assert intent.latest_charge.payment_method_details.card.capture_before == NOW + HOLD_SECONDS  # type: ignore[union-attr]


def test_a_charge_is_an_id_unless_it_is_asked_for(sdk: StripeClient) -> None:
    intent = sdk.v1.payment_intents.retrieve(held(sdk).id)

    assert isinstance(intent.latest_charge, str)


@pytest.mark.parametrize(
    ("method", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeCustomerFail", "card_declined", "generic_decline"),
    ],
)
def test_a_declined_card_waits_for_another(sdk: StripeClient, method: str, code: str, decline_code: str) -> None:
    intent = begun(sdk, method)
    with pytest.raises(stripe.CardError) as declined:
        sdk.v1.payment_intents.confirm(intent.id)

    error = declined.value.error
    assert error is not None
    assert (declined.value.code, error.decline_code) == (code, decline_code)
    assert sdk.v1.payment_intents.retrieve(intent.id).status == "requires_payment_method"


@pytest.mark.parametrize(("choice", "status"), [("proved", "requires_capture"), ("refused", "requires_payment_method")])
def test_a_holder_is_asked_on_a_page_and_the_intent_moves_by_itself(
    sdk: StripeClient, choice: str, status: str
) -> None:
    intent = begun(sdk, "pm_card_authenticationRequired")
    asked = sdk.v1.payment_intents.confirm(intent.id, {"return_url": BACK})
    assert asked.status == "requires_action"
    assert asked.next_action is not None
    assert asked.next_action.redirect_to_url is not None
    url = str(asked.next_action.redirect_to_url.url)
    assert "Complete" in requests.get(url, timeout=5).text
    back = requests.post(url, data={"choice": choice}, allow_redirects=False, timeout=5)

    assert back.headers["Location"].startswith(f"{BACK}?payment_intent={intent.id}")
    assert sdk.v1.payment_intents.retrieve(intent.id).status == status


def test_without_a_return_address_there_is_no_page(sdk: StripeClient) -> None:
    asked = held(sdk, "pm_card_threeDSecure2Required")

    assert asked.next_action is not None
    assert asked.next_action.type == "use_stripe_sdk"


def test_an_absent_holder_cannot_be_asked(sdk: StripeClient) -> None:
    intent = begun(sdk, "pm_card_authenticationRequired")
    with pytest.raises(stripe.CardError) as declined:
        sdk.v1.payment_intents.confirm(intent.id, {"off_session": True})

    assert declined.value.code == "authentication_required"


def test_a_part_is_taken_and_the_rest_is_released(sdk: StripeClient) -> None:
    intent = held(sdk)
    taken = sdk.v1.payment_intents.capture(intent.id, {"amount_to_capture": 1500, "expand": ["latest_charge"]})

    assert isinstance(taken.latest_charge, stripe.Charge)
    assert (taken.status, taken.amount_received, taken.latest_charge.amount_captured) == ("succeeded", 1500, 1500)
    assert taken.latest_charge.amount_refunded == 500


def test_a_second_capture_cancel_or_confirm_is_stopped_by_state(sdk: StripeClient) -> None:
    intent = held(sdk)
    sdk.v1.payment_intents.capture(intent.id)
    intents = sdk.v1.payment_intents

    for again in (intents.capture, intents.cancel, intents.confirm):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            again(intent.id)
        assert refused.value.code == "payment_intent_unexpected_state"


def test_more_than_is_held_cannot_be_taken(sdk: StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.payment_intents.capture(held(sdk).id, {"amount_to_capture": 2001})

    assert refused.value.code == "amount_too_large"


def test_a_hold_lapses_when_its_time_has_come(sdk: StripeClient, clock: Clock) -> None:
    intent = held(sdk)
    clock.advance(days=7)
    lapsed = sdk.v1.payment_intents.retrieve(intent.id)

    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.payment_intents.capture(intent.id)
    assert refused.value.code == "capture_charge_authorization_expired"


def test_an_extended_hold_lasts_longer_where_it_is_offered(sdk: StripeClient, clock: Clock) -> None:
    intent = held(sdk, payment_method_options={"card": {"request_extended_authorization": "if_available"}})
    clock.advance(days=29)

    assert sdk.v1.payment_intents.retrieve(intent.id).status == "requires_capture"


def test_refunds_are_listed_and_a_repeated_part_is_a_second_refund(sdk: StripeClient) -> None:
    intent = held(sdk)
    sdk.v1.payment_intents.capture(intent.id)
    for part in ("a", "b"):
        sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 500, "metadata": {"part": part}})

    listed = sdk.v1.refunds.list({"payment_intent": intent.id}).data
    assert [(each.amount, each.metadata and each.metadata["part"]) for each in listed] == [(500, "b"), (500, "a")]
    with pytest.raises(stripe.InvalidRequestError):
        sdk.v1.refunds.create({"payment_intent": intent.id, "amount": 1001})


def test_all_that_is_left_is_refunded_once(sdk: StripeClient) -> None:
    intent = held(sdk)
    sdk.v1.payment_intents.capture(intent.id)
    sdk.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        sdk.v1.refunds.create({"payment_intent": intent.id})

    assert refused.value.code == "charge_already_refunded"


def test_a_refund_may_fail_after_it_succeeded(sdk: StripeClient, clock: Clock) -> None:
    intent = held(sdk, "pm_card_refundFail")
    sdk.v1.payment_intents.capture(intent.id)
    refund = sdk.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == "succeeded"
    clock.advance(seconds=60)

    assert sdk.v1.refunds.retrieve(refund.id).status == "failed"


@pytest.mark.parametrize(
    ("method", "status"),
    [("pm_usBankAccount_success", "succeeded"), ("pm_usBankAccount_insufficientFunds", "requires_payment_method")],
)
def test_a_debit_is_known_days_later(sdk: StripeClient, clock: Clock, method: str, status: str) -> None:
    types = ["us_bank_account"]
    intent = begun(sdk, method, capture_method="automatic", payment_method_types=types)
    mandate: Any = {"customer_acceptance": {"type": "online"}}
    assert sdk.v1.payment_intents.confirm(intent.id, {"mandate_data": mandate}).status == "processing"
    clock.advance(days=4)

    assert sdk.v1.payment_intents.retrieve(intent.id).status == status


def test_a_customers_method_needs_the_customer_in_every_call(sdk: StripeClient) -> None:
    customer = sdk.v1.customers.create({"email": "ada@example.com"})
    method = sdk.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})

    with pytest.raises(stripe.InvalidRequestError, match="belongs to a Customer"):
        begun(sdk, method.id)
    assert held(sdk, method.id, customer=customer.id).status == "requires_capture"
    assert held(sdk, method.id, customer=customer.id).status == "requires_capture"


def test_a_method_of_nobody_pays_once(sdk: StripeClient, stand_in: StripeStandIn) -> None:
    first = held(sdk)

    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        begun(sdk, str(first.payment_method))
    assert len(list(stand_in.books.all("pi"))) == 1


def test_lists_know_at_once_newest_first_by_customer_and_time(sdk: StripeClient, clock: Clock) -> None:
    customer = sdk.v1.customers.create({}).id
    made = []
    for _ in range(12):
        made.append(begun(sdk, "pm_card_visa", customer=customer).id)
        clock.advance(seconds=1)
    begun(sdk, "pm_card_visa")
    listed = sdk.v1.payment_intents.list({"customer": customer, "limit": 5})

    assert [each.id for each in listed.auto_paging_iter()] == made[::-1]
    since = sdk.v1.payment_intents.list({"customer": customer, "created": {"gte": NOW + 10}})
    assert [each.id for each in since.data] == made[:-3:-1]


@pytest.mark.parametrize(
    ("wrong", "param"),
    [({"amount": 49}, "amount"), ({"currency": "dollars"}, "currency"), ({"surprise": 1}, "surprise")],
)
def test_a_wrong_parameter_is_named(sdk: StripeClient, wrong: dict[str, Any], param: str) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        begun(sdk, "pm_card_visa", **wrong)

    assert refused.value.param == param
