"""A payment method that is removed is detached at Stripe, and pays no more."""

import pytest

from lambdas.payments.gateway import DeclinedError, GatewayMisusedError, GatewayUnavailableError, OutcomeUnknownError
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe_gateway import Shop


def test_it_is_detached_once_and_pays_no_more(shop: Shop) -> None:
    token = shop.token()
    shop.gateway.forget(token)
    shop.gateway.forget(token)

    assert [method["customer"] for method in shop.booked("pm")] == [None]
    with pytest.raises((DeclinedError, GatewayMisusedError)):
        shop.authorize(token=token)


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER])
def test_one_whose_answer_was_lost_is_forgotten_by_the_same_call(shop: Shop, fault: Fault) -> None:
    token = shop.token()
    shop.stand_in.api.faults.plan("POST /v1/payment_methods/*/detach", fault)
    with pytest.raises((GatewayUnavailableError, OutcomeUnknownError)):
        shop.gateway.forget(token)
    shop.gateway.forget(token)

    assert [method["customer"] for method in shop.booked("pm")] == [None]


def test_there_is_nothing_to_forget_of_a_method_that_stripe_does_not_know(shop: Shop) -> None:
    shop.gateway.forget("pm_nobody")


def test_money_that_is_held_with_it_can_still_be_captured(shop: Shop) -> None:
    held = shop.authorize()
    shop.gateway.forget(shop.booked("pm")[0]["id"])

    captured = shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=2000)
    assert captured.is_taken
