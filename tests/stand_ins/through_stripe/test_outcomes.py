"""Each way in which Stripe can fail belongs to one class, and after each the money is taken once."""

import logging
import subprocess
import sys
from collections.abc import Callable

import pytest

from lambdas.payments.gateway import (
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    OutcomeUnknownError,
    Transaction,
    TransactionState,
)
from lambdas.payments.stripe.sdk import ANSWER_SECONDS, CONNECT_SECONDS
from tests.stand_ins.conftest import Clock
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.stripe.server import SECRET
from tests.stand_ins.stripe_gateway import ARN, KEY, Shop

CREATE, CONFIRM = "POST /v1/payment_intents", "POST /v1/payment_intents/*/confirm"
CAPTURE, CANCEL = "POST /v1/payment_intents/*/capture", "POST /v1/payment_intents/*/cancel"
REFUND, READ = "POST /v1/refunds", "GET /v1/payment_intents/*"
CANARY = "rk_canary_of_nobody_WXYZ"
UNKNOWN = [
    Fault.CUT_BEFORE,
    Fault.CUT_AFTER,
    Fault.HTML_502_BEFORE,
    Fault.HTML_502_AFTER,
    Fault.STORED_500_BEFORE,
    Fault.STORED_500_AFTER,
    Fault.TWIN,
]


@pytest.mark.parametrize("fault", [*UNKNOWN, Fault.TOO_MANY])
def test_a_lost_answer_to_creating_moved_nothing(shop: Shop, clock: Clock, fault: Fault) -> None:
    shop.stand_in.api.faults.plan(CREATE, fault)
    with pytest.raises(GatewayUnavailableError):
        shop.authorize()
    assert shop.gateway.find(KEY) is None
    clock.advance(seconds=60)

    assert shop.authorize().state is TransactionState.HELD
    assert [each["status"] for each in shop.booked("ch")] == ["succeeded"]


@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (fault, seconds)
        for fault in UNKNOWN
        for seconds in (0, 60, 2 * 86_400)
        if seconds or fault is not Fault.STORED_500_BEFORE  # repeated under one key; a minute later it is another key
    ],
)
def test_a_lost_answer_to_confirming_is_unknown_and_then_held_once(
    shop: Shop, clock: Clock, fault: Fault, seconds: int
) -> None:
    token = shop.token()
    shop.stand_in.api.faults.plan(CONFIRM, fault)
    with pytest.raises(OutcomeUnknownError):
        shop.authorize(token=token)
    clock.advance(seconds=seconds)

    assert shop.authorize(token=token).state is TransactionState.HELD
    assert len(shop.booked("ch")) == 1


STEPS: dict[str, tuple[str, TransactionState, Callable[[Shop, Transaction], Transaction]]] = {
    "capture": (
        CAPTURE,
        TransactionState.CAPTURED,
        lambda shop, held: shop.gateway.capture(
            key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=2000
        ),
    ),
    "void": (
        CANCEL,
        TransactionState.VOIDED,
        lambda shop, held: shop.gateway.void(key="v", transaction_id=held.transaction_id),
    ),
    "refund": (
        REFUND,
        TransactionState.PARTLY_REFUNDED,
        lambda shop, held: shop.gateway.refund(
            key="r", transaction_id=held.transaction_id, currency="USD", amount_cents=500
        ),
    ),
}


@pytest.mark.parametrize("fault", UNKNOWN)
@pytest.mark.parametrize("name", STEPS)
def test_a_lost_answer_to_a_later_step_is_unknown_and_the_step_is_done_once(
    shop: Shop, clock: Clock, name: str, fault: Fault
) -> None:
    call, state, step = STEPS[name]
    begun = shop.captured() if name == "refund" else shop.authorize()
    shop.stand_in.api.faults.plan(call, fault)
    with pytest.raises(OutcomeUnknownError):
        step(shop, begun)
    clock.advance(days=2)

    assert step(shop, begun).state is state
    assert shop.again().state is state
    assert len(shop.booked("re")) == (name == "refund")


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.GOES_AWAY])
def test_a_call_that_never_came_to_work_moved_nothing(shop: Shop, name: str, fault: Fault) -> None:
    call, state, step = STEPS[name]
    begun = shop.captured() if name == "refund" else shop.authorize()
    if fault is Fault.TOO_MANY:
        shop.stand_in.api.faults.plan(call, fault)
        with pytest.raises(GatewayUnavailableError):
            step(shop, begun)
    else:
        with shop.stand_in.away(), pytest.raises(GatewayUnavailableError):
            step(shop, begun)
    assert shop.again() == begun

    assert step(shop, begun).state is state


def test_a_stripe_that_is_not_reached_holds_nothing(shop: Shop) -> None:
    token = shop.token()
    with shop.stand_in.away(), pytest.raises(GatewayUnavailableError):
        shop.authorize(token=token)

    assert shop.authorize(token=token).state is TransactionState.HELD


def test_what_was_confirmed_before_is_unknown_while_it_cannot_be_read(shop: Shop) -> None:
    token = shop.token()
    shop.stand_in.api.faults.plan(CONFIRM, Fault.CUT_AFTER)
    with pytest.raises(OutcomeUnknownError):
        shop.authorize(token=token)

    with shop.stand_in.away(), pytest.raises(OutcomeUnknownError):
        shop.authorize(token=token)
    for fault in (Fault.TOO_MANY, Fault.HTML_502_BEFORE, Fault.CUT_BEFORE):
        shop.stand_in.api.faults.plan(READ, fault)
        with pytest.raises(OutcomeUnknownError):
            shop.authorize(token=token)
    assert shop.again().state is TransactionState.HELD


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.HTML_502_BEFORE, Fault.CUT_BEFORE])
def test_a_look_up_that_fails_can_be_repeated(shop: Shop, fault: Fault) -> None:
    held = shop.authorize()
    shop.stand_in.api.faults.plan(READ, fault)
    with pytest.raises(GatewayUnavailableError):
        shop.gateway.find(KEY)

    assert shop.again() == held


@pytest.mark.parametrize("is_restricted", [False, True])
def test_a_key_of_ours_that_is_not_accepted_is_no_decline(shop: Shop, is_restricted: bool) -> None:
    token = shop.token()
    shop.secrets.text = "rk_other"
    if is_restricted:
        shop.stand_in.api.restricted.add("rk_other")
    with pytest.raises(GatewayRefusedUsError):
        shop.authorize(token=token)
    assert shop.booked("pi") == []


def test_an_empty_secret_is_no_decline(shop: Shop) -> None:
    shop.secrets.text = "\n"
    with pytest.raises(GatewayRefusedUsError, match="empty"):
        shop.authorize()
    assert shop.stand_in.api.calls == []


def test_a_replaced_key_is_fetched_again_without_a_cold_start(shop: Shop) -> None:
    held = shop.authorize()
    shop.stand_in.api.secrets.clear()
    shop.stand_in.api.secrets.add("rk_new")
    shop.secrets.text = f"rk_new\n{SECRET}"

    taken = shop.gateway.capture(key="c", transaction_id=held.transaction_id, currency="USD", amount_cents=2000)
    assert taken.state is TransactionState.CAPTURED
    assert shop.secrets.asked == [ARN, ARN]


def test_a_key_is_kept_for_five_minutes(shop: Shop, clock: Clock) -> None:
    shop.authorize()
    shop.authorize(key="second")
    assert len(shop.secrets.asked) == 1
    clock.advance(seconds=301)
    shop.authorize(key="third")

    assert len(shop.secrets.asked) == 2


def test_what_stripe_cannot_do_is_our_fault(shop: Shop) -> None:
    with pytest.raises(GatewayMisusedError, match="amount_too_small"):
        shop.authorize(amount_cents=1)
    taken = shop.captured_of_other_key()
    shop.gateway.refund(key="r", transaction_id=taken.transaction_id, currency="USD", amount_cents=500)
    shop.booked("re")[0]["metadata"].clear()  # as if the look-up did not see it
    with pytest.raises(GatewayMisusedError, match="key"):
        shop.gateway.refund(key="r", transaction_id=taken.transaction_id, currency="USD", amount_cents=400)


def test_no_failure_tells_a_key_a_card_or_a_person(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    shop.secrets.text = CANARY
    with pytest.raises(GatewayRefusedUsError) as refused:
        shop.authorize()
    shop.secrets.text = SECRET
    shop.authorize()

    said = [repr(refused.value), *caplog.messages]
    assert not [each for each in said if CANARY in each or CANARY[-4:] in each or SECRET in each]
    assert refused.value.__cause__ is None


def test_a_call_ends_before_whoever_asked_for_it() -> None:
    assert CONNECT_SECONDS + ANSWER_SECONDS < 29


def test_a_function_that_pays_nothing_does_not_load_the_sdk() -> None:
    code = "import sys; import lambdas.payments.stripe.gateway; sys.exit('stripe' in sys.modules or 'requests' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
