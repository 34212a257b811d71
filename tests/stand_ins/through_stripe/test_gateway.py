"""Stripe's adapter keeps the port's promises, by its real SDK over the stand-in."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
import requests
from mypy_boto3_dynamodb.client import DynamoDBClient

from lambdas.orders.payment_ports import Payer
from lambdas.payments.gateway import (
    DeclinedError,
    GatewayMisusedError,
    LapsedError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
    void_or_refund,
)
from lambdas.payments.stripe.transactions import CHALLENGE_SECONDS
from lambdas.records.table import RecordTable
from tests.stand_ins.conftest import Clock
from tests.stand_ins.stripe.charges import HOLD_SECONDS
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe_gateway import KEY, Shop
from tests.support.build import NOW
from tests.support.tables import make_table

TODAY, TOMORROW = (datetime.fromtimestamp(NOW + each, UTC).strftime("%Y-%m-%d") for each in (0, 86_400))


def test_money_is_held_under_ids_that_are_stored_before_it_moves(shop: Shop) -> None:
    held = shop.authorize()

    assert (held.state, held.amount_cents, held.currency) == (TransactionState.HELD, 2000, "USD")
    assert (held.capture_before, held.avs_code, held.key) == (NOW + HOLD_SECONDS, "Y", KEY)
    assert shop.again() == held
    created = [call.name for call in shop.stand_in.api.calls]
    assert created.index("POST /v1/payment_intents") < created.index(
        f"POST /v1/payment_intents/{held.transaction_id}/confirm"
    )


def test_a_payment_has_all_names_that_stripe_gives_it(shop: Shop) -> None:
    held = shop.authorize()
    charge = shop.booked("ch")[0]["id"]

    assert (held.gateway, held.customer) == ("stripe", shop.booked("cus")[0]["id"])
    assert (held.ids.authorization, held.ids.capture, held.held_at) == (charge, "", NOW)
    taken = shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=2000)
    assert (taken.ids.authorization, taken.ids.capture) == (charge, charge)


def test_an_intent_names_the_order_and_the_key_and_nobody(shop: Shop) -> None:
    shop.authorize()

    metadata = shop.booked("pi")[0]["metadata"]
    assert metadata.pop("installation")
    assert metadata == {"key": KEY, "order_id": "1001"}


def test_every_post_carries_a_key_of_ours(shop: Shop) -> None:
    taken = shop.captured()
    shop.gateway.refund(key="r1", transaction_id=taken.transaction_id, currency="USD", amount_cents=500)
    other = shop.authorize(key="other")
    shop.gateway.void(key="v1", transaction_id=other.transaction_id)
    posts = [call for call in shop.stand_in.api.calls if call.is_write]

    assert len(posts) == 7
    ours = tuple(f"{shop.gateway.installation}:{key}" for key in (KEY, "r1", "v1", "other"))
    assert all(call.idempotency_key.startswith(ours) for call in posts)
    assert len({call.idempotency_key for call in posts}) == len(posts)


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("pm_card_visa_chargeDeclined", "declined by its bank"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "not have enough funds"),
        ("pm_card_visa_chargeDeclinedLostCard", "declined by its bank"),
        ("pm_card_chargeDeclinedExpiredCard", "has expired"),
        ("pm_card_chargeDeclinedIncorrectCvc", "security code is wrong"),
        ("pm_card_chargeCustomerFail", "declined by its bank"),
    ],
)
def test_a_declined_card_holds_nothing_and_its_reason_may_be_read(shop: Shop, method: str, reason: str) -> None:
    token = shop.token(method, of_customer=False)
    for _ in range(2):
        with pytest.raises(DeclinedError, match=reason):
            shop.authorize(token=token)

    assert shop.again().state is TransactionState.FAILED
    assert len(shop.booked("ch")) == 1


@pytest.mark.parametrize("token", ["pm_nobody", "tok_approve"])
def test_a_method_that_stripe_does_not_know_is_declined(shop: Shop, token: str) -> None:
    with pytest.raises(DeclinedError, match="does not know"):
        shop.authorize(token=token)
    assert shop.gateway.find(KEY) is None


def test_one_key_holds_once_even_when_stripe_has_forgotten_it(shop: Shop, clock: Clock) -> None:
    token = shop.token()
    first = shop.authorize(token=token)
    clock.advance(days=2)
    shop.stand_in.api.keys.forget_all()

    assert shop.authorize(token=token) == first
    assert len(shop.booked("pi")) == 1


def test_two_installations_on_one_account_do_not_meet(shop: Shop, dynamodb: DynamoDBClient) -> None:
    other = replace(shop, records=RecordTable(make_table(dynamodb, "others"), dynamodb))
    held = shop.authorize(), other.authorize()

    assert held[0].transaction_id != held[1].transaction_id
    assert [list(each.gateway.list_begun(TODAY)) for each in (shop, other)] == [[held[0]], [held[1]]]


def test_the_payments_of_a_day_are_listed_however_many(
    shop: Shop, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lambdas.payments.stripe.reads.PAGE", 3)
    shop.stand_in.api.faults.plan("POST /v1/payment_intents/*/confirm", Fault.CUT_BEFORE)
    with pytest.raises(OutcomeUnknownError):
        shop.authorize(key="never confirmed")
    held = [shop.authorize(key=f"{number}") for number in range(7)]
    clock.advance(days=1)
    later = shop.authorize(key="of the next day")

    assert list(shop.gateway.list_begun(TODAY)) == held[::-1]
    assert list(shop.gateway.list_begun(TOMORROW)) == [later]


def test_another_key_is_another_hold(shop: Shop) -> None:
    assert shop.authorize().transaction_id != shop.authorize(key="other").transaction_id


def test_a_card_that_asks_its_holder_is_not_held(shop: Shop) -> None:
    asked = shop.authorize("pm_card_authenticationRequired")

    assert (asked.state, asked.capture_before) == (TransactionState.NEEDS_AUTHENTICATION, None)
    with pytest.raises(DeclinedError, match="needs_authentication"):
        shop.gateway.capture(key="c", transaction_id=asked.transaction_id, currency="USD", amount_cents=2000)
    ended = void_or_refund(shop.gateway, KEY)
    assert ended is not None
    assert ended.state is TransactionState.VOIDED


def test_less_than_was_held_may_be_taken_but_not_more(shop: Shop) -> None:
    held = shop.authorize()
    with pytest.raises(GatewayMisusedError, match="more than was held"):
        shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=2001)
    taken = shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=500)

    assert (taken.state, taken.amount_cents, taken.refunded_cents) == (TransactionState.CAPTURED, 500, 0)


def test_each_step_may_be_repeated(shop: Shop, clock: Clock) -> None:
    taken = [shop.captured()]
    clock.advance(days=2)
    taken.append(
        shop.gateway.capture(key="c", transaction_id=taken[0].transaction_id, currency="USD", amount_cents=2000)
    )
    refunded = [shop.gateway.refund(key="r", transaction_id=taken[0].transaction_id, currency="USD") for _ in range(2)]
    other = shop.authorize(key="other")
    voided = [shop.gateway.void(key="v", transaction_id=other.transaction_id) for _ in range(2)]

    for pair, state in ((taken, "captured"), (refunded, "refunded"), (voided, "voided")):
        assert pair[0] == pair[1]
        assert pair[0].state == state
    assert len(shop.booked("re")) == 1


def test_a_lapsed_hold_is_no_decline(shop: Shop, clock: Clock) -> None:
    held = shop.authorize()
    clock.advance(days=7)

    assert shop.again().state is TransactionState.LAPSED
    with pytest.raises(LapsedError):
        shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=2000)
    with pytest.raises(LapsedError):
        shop.gateway.void(key="v", transaction_id=held.transaction_id)


def test_parts_are_refunded_once_each_however_late_a_call_is_repeated(shop: Shop, clock: Clock) -> None:
    taken = shop.captured()
    for key, left in (("r1", 1500), ("r1", 1500), ("r2", 1000)):
        clock.advance(days=2)
        refunded = shop.gateway.refund(key=key, transaction_id=taken.transaction_id, currency="USD", amount_cents=500)
        assert (refunded.state, 2000 - refunded.refunded_cents) == (TransactionState.PARTLY_REFUNDED, left)
    with pytest.raises(DeclinedError, match="more than is left"):
        shop.gateway.refund(key="r3", transaction_id=taken.transaction_id, currency="USD", amount_cents=1001)
    rest = shop.gateway.refund(key="r4", transaction_id=taken.transaction_id, currency="USD")

    assert (rest.state, rest.refunded_cents) == (TransactionState.REFUNDED, 2000)
    assert len(shop.booked("re")) == 3


def test_a_part_of_a_part_is_refunded_without_the_released_rest(shop: Shop) -> None:
    held = shop.authorize()
    shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=1500)
    refunded = shop.gateway.refund(key="r1", transaction_id=held.transaction_id, currency="USD", amount_cents=500)

    assert (refunded.amount_cents, refunded.refunded_cents) == (1500, 500)
    with pytest.raises(DeclinedError, match="more than is left"):
        shop.gateway.refund(key="r2", transaction_id=held.transaction_id, currency="USD", amount_cents=1001)


def test_a_refund_that_the_bank_sent_back_can_be_made_again(shop: Shop, clock: Clock) -> None:
    taken = shop.captured("pm_card_refundFail")
    shop.gateway.refund(key="r", transaction_id=taken.transaction_id, currency="USD")
    clock.advance(seconds=60)
    assert shop.again().state is TransactionState.CAPTURED
    shop.gateway.refund(key="r", transaction_id=taken.transaction_id, currency="USD")

    assert [each["status"] for each in shop.booked("re")] == ["succeeded", "failed"]


@pytest.mark.parametrize(("step", "state"), [("void", "captured"), ("refund", "held")])
def test_a_step_in_the_wrong_state_is_refused_and_changes_nothing(shop: Shop, step: str, state: str) -> None:
    before = shop.captured() if state == "captured" else shop.authorize()
    with pytest.raises(DeclinedError, match=f"the payment is {state}"):
        asked = {} if step == "void" else {"currency": "USD"}
        getattr(shop.gateway, step)(key="k", transaction_id=before.transaction_id, **asked)

    assert shop.again() == before


@pytest.mark.parametrize(
    ("method", "state"),
    [
        ("pm_usBankAccount_success", TransactionState.CAPTURED),
        ("pm_usBankAccount_insufficientFunds", TransactionState.FAILED),
    ],
)
def test_a_debit_is_pending_for_days(shop: Shop, clock: Clock, method: str, state: TransactionState) -> None:
    assert shop.authorize(method).state is TransactionState.PENDING
    clock.advance(days=4)

    assert shop.again().state is state


@pytest.mark.parametrize(
    ("method", "code"),
    [("pm_card_avsFail", "N"), ("pm_card_avsZipFail", "A"), ("pm_card_avsUnchecked", "U"), ("pm_card_visa", "Y")],
)
def test_the_address_check_is_told_by_one_letter(shop: Shop, method: str, code: str) -> None:
    assert shop.authorize(method).avs_code == code


def test_one_card_has_one_fingerprint(shop: Shop) -> None:
    first, again, other = shop.token(), shop.token(), shop.token("pm_card_mastercard")

    assert shop.gateway.fingerprint(first) == shop.gateway.fingerprint(again) != shop.gateway.fingerprint(other)
    assert shop.gateway.fingerprint("pm_nobody") == ""


def test_amounts_are_in_stripes_own_units(shop: Shop) -> None:
    held = shop.authorize(currency="ISK", amount_cents=700)
    assert (held.amount_cents, shop.booked("pi")[0]["amount"]) == (700, 70_000)
    taken = shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="ISK", amount_cents=600)
    back = shop.gateway.refund(key="r", transaction_id=held.transaction_id, currency="ISK", amount_cents=100)

    assert (taken.amount_cents, back.refunded_cents) == (600, 100)


def test_an_unconfirmed_intent_of_another_sum_is_given_up(shop: Shop) -> None:
    shop.stand_in.api.faults.plan("POST /v1/payment_intents/*/confirm", Fault.CUT_BEFORE)
    with pytest.raises(OutcomeUnknownError):
        shop.authorize()
    held = shop.authorize(amount_cents=2100)

    assert held.amount_cents == 2100
    assert shop.again() == held
    assert [each["status"] for each in shop.booked("pi")] == ["requires_capture", "requires_confirmation"]


def asked_on_page(shop: Shop, choice: str) -> Transaction:
    asked = shop.authorize("pm_card_threeDSecure2Required", payer=Payer(return_to="https://shop.example/back?state=s"))
    assert asked.challenge is not None
    back = requests.post(asked.challenge.url, data={"choice": choice}, allow_redirects=False, timeout=5)
    assert back.headers["Location"].startswith("https://shop.example/back?state=s&payment_intent=")
    return asked


def authenticated(shop: Shop, asked: Transaction) -> Transaction:
    return shop.gateway.authenticate(key="a", transaction_id=asked.transaction_id, proof={})


def test_a_holder_who_confirms_on_the_banks_page_holds(shop: Shop) -> None:
    asked = asked_on_page(shop, "proved")
    proved = [authenticated(shop, asked) for _ in range(2)]

    assert proved[0] == proved[1] == shop.again()
    assert (proved[0].state, proved[0].capture_before) == (TransactionState.HELD, NOW + HOLD_SECONDS)


def test_a_holder_who_refuses_holds_nothing(shop: Shop) -> None:
    asked = asked_on_page(shop, "refused")
    with pytest.raises(DeclinedError, match="could not confirm"):
        authenticated(shop, asked)

    assert shop.again().state is TransactionState.FAILED


def test_coming_back_without_an_answer_proves_nothing(shop: Shop, clock: Clock) -> None:
    asked = shop.authorize("pm_card_authenticationRequired", payer=Payer(return_to="https://shop.example/back"))

    assert authenticated(shop, asked) == asked
    clock.advance(seconds=CHALLENGE_SECONDS + 1)
    with pytest.raises(DeclinedError, match="too late"):
        authenticated(shop, asked)
    assert shop.again().state is TransactionState.VOIDED


@pytest.mark.parametrize("call", ["capture", "refund"])
def test_another_currency_is_refused_before_money_moves(shop: Shop, call: str) -> None:
    payment = shop.authorize() if call == "capture" else shop.captured_of_other_key()
    with pytest.raises(GatewayMisusedError, match="the payment is in USD, and EUR was asked for"):
        getattr(shop.gateway, call)(key="k", transaction_id=payment.transaction_id, amount_cents=1, currency="EUR")
    assert shop.gateway.find(payment.key) == payment


def test_a_known_key_with_another_amount_refunds_nothing_more(shop: Shop) -> None:
    taken = shop.captured_of_other_key()
    part = shop.gateway.refund(key="r", transaction_id=taken.transaction_id, currency="USD", amount_cents=500)
    with pytest.raises(GatewayMisusedError, match="known with another amount"):
        shop.gateway.refund(key="r", transaction_id=taken.transaction_id, currency="USD", amount_cents=400)
    assert shop.gateway.find(taken.key) == part
