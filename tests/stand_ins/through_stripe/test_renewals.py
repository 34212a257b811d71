"""A hold is renewed at Stripe: a new intent with the saved method, and never two holds."""

import pytest

from lambdas.payments.gateway import (
    DeclinedError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from tests.stand_ins.stripe.charges import HOLD_SECONDS
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe_gateway import Shop

NEW = "1001:renew:1"


def renew(shop: Shop, old: Transaction, key: str = NEW) -> Transaction:
    return shop.gateway.renew(key=key, transaction_id=old.transaction_id, token=method_of(shop))


def method_of(shop: Shop) -> str:
    return str(shop.booked("pm")[0]["id"])


def live(shop: Shop) -> list[str]:
    return [intent["id"] for intent in shop.booked("pi") if intent["status"] == "requires_capture"]


def test_the_new_hold_is_confirmed_without_its_payer_once_the_old_one_ended(shop: Shop) -> None:
    old = shop.authorize()
    shop.clock.advance(days=5)
    new = renew(shop, old)

    assert (new.state, new.amount_cents, new.order_id) == (TransactionState.HELD, 2000, "1001")
    assert new.capture_before == int(shop.clock()) + HOLD_SECONDS
    assert (shop.again().state, live(shop)) == (TransactionState.VOIDED, [new.transaction_id])
    asked = [call.name.rsplit("/", 1)[-1] for call in shop.stand_in.api.calls if call.is_write][-3:]
    assert asked == ["payment_intents", "cancel", "confirm"]
    assert shop.gateway.find(NEW) == new


def test_a_hold_that_lapsed_is_held_again(shop: Shop) -> None:
    old = shop.authorize()
    shop.clock.advance(days=8)

    assert renew(shop, old).is_held
    assert shop.again().state is TransactionState.LAPSED


@pytest.mark.parametrize("fault", [Fault.CUT_BEFORE, Fault.CUT_AFTER])
@pytest.mark.parametrize("at", ["payment_intents", "cancel", "confirm"])
def test_a_renewal_that_is_cut_anywhere_is_finished_by_the_same_call(shop: Shop, at: str, fault: Fault) -> None:
    """Stripe forgets every key in between."""
    old = shop.authorize()
    shop.stand_in.api.faults.plan(f"POST /v1/payment_intents{'' if at == 'payment_intents' else f'/*/{at}'}", fault)
    with pytest.raises(Exception, match="provider"):
        renew(shop, old)
    assert len(live(shop)) <= 1
    shop.clock.advance(days=2)
    found = shop.gateway.find(NEW)
    new = found or renew(shop, old)

    assert new.is_held
    assert live(shop) == [new.transaction_id]


def test_a_bank_that_declines_leaves_nothing_held(shop: Shop) -> None:
    old = shop.authorize()
    declining = shop.token("pm_card_chargeCustomerFail")
    for _ in range(2):
        with pytest.raises(DeclinedError, match="declined by its bank"):
            shop.gateway.renew(key=NEW, transaction_id=old.transaction_id, token=declining)
    found = shop.gateway.find(NEW)

    assert (found and found.state, live(shop)) == (TransactionState.FAILED, [])


def test_a_bank_that_asks_for_the_absent_holder_is_a_decline(shop: Shop) -> None:
    old = shop.authorize()
    asking = shop.token("pm_card_authenticationRequired")
    with pytest.raises(DeclinedError):
        shop.gateway.renew(key=NEW, transaction_id=old.transaction_id, token=asking)
    assert live(shop) == []


def test_a_method_that_was_not_saved_leaves_the_old_hold_as_it_is(shop: Shop) -> None:
    old = shop.authorize(token=shop.token(of_customer=False))
    with pytest.raises(DeclinedError, match="not saved"):
        renew(shop, old)

    assert live(shop) == [old.transaction_id]
    assert shop.gateway.find(NEW) is None


def test_what_was_captured_meanwhile_is_not_held_again(shop: Shop) -> None:
    old = shop.captured()
    with pytest.raises(DeclinedError, match="captured"):
        renew(shop, old)
    assert shop.gateway.find(NEW) is None


def test_a_capture_between_the_steps_of_a_renewal_stops_it(shop: Shop) -> None:
    old = shop.authorize()
    shop.stand_in.api.faults.plan("POST /v1/payment_intents/*/cancel", Fault.CUT_BEFORE)
    with pytest.raises(OutcomeUnknownError):
        renew(shop, old)
    shop.gateway.capture(key="c", transaction_id=old.transaction_id, currency="USD", amount_cents=2000)
    with pytest.raises(DeclinedError):
        renew(shop, old)

    assert (live(shop), shop.gateway.find(NEW)) == ([], None)


def test_a_renewed_hold_is_captured_and_the_old_one_never(shop: Shop) -> None:
    old = shop.authorize()
    new = renew(shop, old)
    with pytest.raises((DeclinedError, LapsedError)):
        shop.gateway.capture(key="old", transaction_id=old.transaction_id, currency="USD", amount_cents=2000)
    taken = shop.gateway.capture(key="new", transaction_id=new.transaction_id, currency="USD", amount_cents=2000)

    assert taken.is_taken
    assert sum(intent["amount_received"] for intent in shop.booked("pi")) == 2000
