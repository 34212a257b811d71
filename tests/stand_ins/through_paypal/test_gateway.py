"""PayPal's adapter: approval and its abandonment, money held, taken and given back once, whatever answer is lost."""

import json
from typing import Any

import pytest

from lambdas.orders.payment_ports import ABSENT
from lambdas.payments.gateway import (
    AbandonedError,
    DeclinedError,
    GatewayMisusedError,
    GatewayRefusedUsError,
    GatewayUnavailableError,
    LapsedError,
    OutcomeUnknownError,
    TooSoonError,
    TransactionState,
    void_or_refund,
)
from lambdas.payments.paypal.amounts import our_amount, paypal_amount
from lambdas.payments.paypal.gateway import CAPTURE, PayPalGateway
from lambdas.payments.paypal.notes import Notes
from lambdas.payments.paypal.transactions import APPROVAL_SECONDS
from lambdas.records.clients.payment_method import APPROVAL
from tests.stand_ins.paypal.payments import CANCELED, CAPTURE_DECLINED, DECLINED
from tests.stand_ins.paypal.server import SECRET
from tests.stand_ins.stripe.faults import Fault
from tests.stand_ins.through_paypal.shop import KEY, PayPalShop, answered

AUTHORIZE, TAKE = "POST /v2/checkout/orders/*/authorize", "POST /v2/payments/authorizations/*/capture"
REFUND, READ = "POST /v2/payments/captures/*/refund", "GET /v2/checkout/orders/*"
LOST = [Fault.CUT_AFTER, Fault.HTML_502_AFTER, Fault.STORED_500_AFTER]


def test_a_payment_moves_nothing_before_its_payer_approved_it(paypal: PayPalShop) -> None:
    begun = paypal.begin()
    assert begun.state is TransactionState.NEEDS_AUTHENTICATION
    assert begun.challenge is not None
    assert begun.challenge.url.startswith(paypal.stand_in.url)
    assert paypal.authenticate(begun).state is TransactionState.NEEDS_AUTHENTICATION
    assert paypal.holds() == []

    back = paypal.approve(begun)
    assert back["token"] == begun.transaction_id
    held = paypal.authenticate(begun)
    (hold,) = paypal.holds()
    assert (held.state, held.ids.authorization, held.ids.order) == (
        TransactionState.HELD, hold["id"], begun.transaction_id
    )  # fmt: skip
    assert (held.capture_before, held.honoured_until) == (paypal.clock() + 29 * 86_400, paypal.clock() + 3 * 86_400)


def test_an_order_at_paypal_names_ours_and_says_where_to_come_back(paypal: PayPalShop) -> None:
    paypal.begin()
    (call,) = [each for each in paypal.stand_in.api.calls if each.name == "POST /v2/checkout/orders"]
    (unit,), context = call.body["purchase_units"], call.body["payment_source"]["paypal"]["experience_context"]

    assert (call.body["intent"], unit["custom_id"]) == ("AUTHORIZE", "1001")
    assert unit["invoice_id"].endswith(f":{KEY}")
    assert context["return_url"] == "https://shop.example/back?state=s"
    assert context["cancel_url"] == "https://shop.example/back?state=s&canceled=1"


def test_every_call_that_changes_something_has_a_request_id(paypal: PayPalShop) -> None:
    taken = paypal.captured()
    paypal.refund(taken, 500)
    paypal.void(paypal.held(key="other"))
    changing = [each for each in paypal.stand_in.api.calls if each.name.startswith("POST /v2/")]

    assert len(changing) == 7
    assert all(8 < len(each.request_id) <= 108 for each in changing)
    assert len({each.request_id for each in changing}) == len(changing)


def test_who_comes_back_without_paying_is_not_declined_and_loses_nothing(paypal: PayPalShop) -> None:
    begun = paypal.begin()
    back = paypal.approve(begun, CANCELED)
    assert back["canceled"] == "1"
    with pytest.raises(AbandonedError):
        paypal.authenticate(begun, **paypal.pages.proof(back))

    assert paypal.again().state is TransactionState.VOIDED
    assert paypal.held(key="second").is_held


def test_a_payment_that_was_given_up_is_never_taken_though_its_payer_approves_it_later(paypal: PayPalShop) -> None:
    begun = paypal.begin()
    void_or_refund(paypal.gateway, KEY)
    paypal.approve(begun)
    with pytest.raises(DeclinedError):
        paypal.authenticate(begun)

    assert paypal.holds() == []
    assert paypal.again().state is TransactionState.VOIDED


def test_an_order_that_nobody_approved_is_forgotten_at_paypal_and_holds_nothing(paypal: PayPalShop) -> None:
    begun = paypal.begin()
    paypal.clock.advance(seconds=APPROVAL_SECONDS + 1)

    assert paypal.again().state is TransactionState.VOIDED
    assert void_or_refund(paypal.gateway, KEY) is not None
    assert paypal.gateway.look_up(begun.transaction_id) is None
    asked: dict[str, Any] = {"key": f"{KEY}:capture", "amount_cents": 500, "currency": "USD"}
    with pytest.raises(DeclinedError, match="holds nothing"):
        paypal.gateway.capture(transaction_id=begun.transaction_id, **asked)


def test_an_absent_payer_and_another_providers_token_are_declined_before_paypal_is_asked(paypal: PayPalShop) -> None:
    asked: dict[str, Any] = {"key": KEY, "amount_cents": 2000, "currency": "USD", "order_id": "1001"}
    with pytest.raises(DeclinedError, match="nobody is there"):
        paypal.gateway.authorize(token=APPROVAL, payer=ABSENT, **asked)
    with pytest.raises(DeclinedError, match="does not know"):
        paypal.gateway.authorize(token="pm_1", **asked)

    assert paypal.stand_in.api.calls == []
    assert paypal.gateway.find(KEY) is None


def test_a_declined_instrument_is_a_decline_and_the_next_payment_has_another_order(paypal: PayPalShop) -> None:
    begun = paypal.begin()
    paypal.approve(begun, DECLINED)
    with pytest.raises(DeclinedError, match="another one can be chosen"):
        paypal.authenticate(begun)

    assert paypal.again().state is TransactionState.VOIDED
    paypal.clock.advance(seconds=APPROVAL_SECONDS + 1)  # now it is forgotten at PayPal too
    assert paypal.again().state is TransactionState.VOIDED
    assert paypal.held(key="second").is_held


@pytest.mark.parametrize("fault", LOST)
def test_a_lost_answer_to_authorizing_is_looked_up_and_money_is_held_once(paypal: PayPalShop, fault: Fault) -> None:
    begun = paypal.begin()
    paypal.approve(begun)
    paypal.stand_in.api.faults.plan(AUTHORIZE, fault)
    with pytest.raises(OutcomeUnknownError):
        paypal.authenticate(begun)

    assert paypal.again().is_held
    assert paypal.authenticate(begun).is_held
    assert len(paypal.holds()) == 1


def test_a_call_that_never_arrived_is_made_again_later(paypal: PayPalShop) -> None:
    begun = paypal.begin()
    paypal.approve(begun)
    paypal.stand_in.api.faults.plan(AUTHORIZE, Fault.CUT_BEFORE)
    with pytest.raises(OutcomeUnknownError):
        paypal.authenticate(begun)

    assert paypal.again().is_answered
    assert paypal.authenticate(begun).is_held


def test_a_lost_answer_to_making_an_order_leaves_one_that_nobody_approves(paypal: PayPalShop) -> None:
    paypal.stand_in.api.faults.plan("POST /v2/checkout/orders", Fault.CUT_AFTER)
    with pytest.raises(GatewayUnavailableError):
        paypal.begin()
    assert paypal.gateway.find(KEY) is None
    paypal.clock.advance(seconds=7 * 3_600)  # its request id is forgotten

    assert paypal.held().is_held
    assert len(paypal.stand_in.books.orders) == 2
    assert len(paypal.holds()) == 1


@pytest.mark.parametrize("fault", LOST)
@pytest.mark.parametrize("keeps_ids", [True, False])
def test_a_lost_answer_to_capturing_or_refunding_moves_money_once(
    paypal: PayPalShop, fault: Fault, keeps_ids: bool
) -> None:
    paypal.stand_in.api.keeps_ids = keeps_ids
    held = paypal.held()
    paypal.stand_in.api.faults.plan(TAKE, fault)
    with pytest.raises(OutcomeUnknownError):
        paypal.capture(held)
    assert paypal.capture(held).state is TransactionState.CAPTURED
    paypal.stand_in.api.faults.plan(REFUND, fault)
    with pytest.raises(OutcomeUnknownError):
        paypal.refund(held, 500)

    assert paypal.refund(held, 500).refunded_cents == 500
    assert (paypal.taken(), paypal.refunds()) == (["20.00"], ["5.00"])


def test_a_part_is_captured_and_the_rest_is_released(paypal: PayPalShop) -> None:
    taken = paypal.capture(paypal.held(), 1500)

    assert (taken.amount_cents, taken.kept_cents) == (1500, 1500)
    assert paypal.holds() == []


def test_a_capture_that_is_declined_can_be_tried_again(paypal: PayPalShop) -> None:
    held = paypal.held(CAPTURE_DECLINED)
    with pytest.raises(DeclinedError, match="could not take"):
        paypal.capture(held)
    assert paypal.again().is_held
    paypal.stand_in.books.choices[held.transaction_id] = ""

    assert paypal.capture(held).state is TransactionState.CAPTURED


def test_with_intent_capture_money_is_taken_when_its_payer_approves(paypal: PayPalShop) -> None:
    taking = PayPalShop(paypal.stand_in, paypal.clock, paypal.records, intent=CAPTURE)
    taken = taking.held()

    assert (taken.state, taken.amount_cents) == (TransactionState.CAPTURED, 2000)
    assert taken.ids.capture
    assert taking.refund(taken).state is TransactionState.REFUNDED
    assert paypal.again().state is TransactionState.REFUNDED  # the setting changed: the order's own intent counts


def test_with_intent_capture_a_refused_payment_is_a_decline(paypal: PayPalShop) -> None:
    taking = PayPalShop(paypal.stand_in, paypal.clock, paypal.records, intent=CAPTURE)
    begun = taking.begin()
    taking.approve(begun, CAPTURE_DECLINED)
    with pytest.raises(DeclinedError):
        taking.authenticate(begun)

    assert taking.again().kept_cents == 0


def test_a_hold_is_renewed_once_and_not_before_its_fourth_day(paypal: PayPalShop) -> None:
    held = paypal.held()
    with pytest.raises(TooSoonError) as soon:
        paypal.renew(held)
    assert soon.value.again_at == held.honoured_until + 1  # type: ignore[operator]
    paypal.clock.advance(days=3, seconds=1)
    renewed = paypal.renew(held)

    assert renewed.transaction_id.startswith(f"{held.transaction_id}-")
    assert (renewed.state, paypal.again().state) == (TransactionState.HELD, TransactionState.VOIDED)
    assert len(paypal.holds()) == 1
    paypal.clock.advance(days=4)
    with pytest.raises(DeclinedError, match="does not hold the money again"):
        paypal.renew(renewed, "1001:renew:2@paypal")
    assert paypal.capture(renewed).is_taken
    assert paypal.refund(renewed).state is TransactionState.REFUNDED


@pytest.mark.parametrize("fault", [*LOST, Fault.CUT_BEFORE])
def test_a_lost_answer_to_renewing_is_looked_up_and_is_released_with_the_order(
    paypal: PayPalShop, fault: Fault
) -> None:
    held = paypal.held()
    paypal.clock.advance(days=4)
    paypal.stand_in.api.faults.plan("POST /v2/payments/authorizations/*/reauthorize", fault)
    with pytest.raises(OutcomeUnknownError):
        paypal.renew(held)
    void_or_refund(paypal.gateway, "1001:renew:1@paypal")
    void_or_refund(paypal.gateway, KEY)

    assert paypal.holds() == []


def test_a_hold_that_lapsed_is_no_decline(paypal: PayPalShop) -> None:
    held = paypal.held()
    paypal.clock.advance(days=29, seconds=2)
    with pytest.raises(LapsedError):
        paypal.capture(held)
    with pytest.raises(LapsedError):
        paypal.void(held)

    assert paypal.again().state is TransactionState.LAPSED


def test_a_refund_is_looked_for_by_its_key_long_after_paypal_forgot_the_request(paypal: PayPalShop) -> None:
    taken = paypal.captured()
    paypal.refund(taken, 500)
    paypal.clock.advance(days=46)
    paypal.refund(taken, 500)
    with pytest.raises(GatewayMisusedError):
        paypal.refund(taken, 600)

    assert paypal.refunds() == ["5.00"]


def test_a_payment_of_another_installation_is_left_alone(paypal: PayPalShop, dynamodb: Any) -> None:
    held = paypal.held()
    from lambdas.records.table import RecordTable
    from tests.support.tables import make_table

    other = RecordTable(make_table(dynamodb, "records_of_others"), dynamodb)
    theirs = PayPalGateway(paypal.calls, Notes(other), paypal.clock)

    assert theirs.look_up(held.transaction_id) is None
    with pytest.raises(GatewayMisusedError, match="did not begin"):
        theirs.void(key="k", transaction_id=held.transaction_id)
    assert len(paypal.holds()) == 1


def test_a_new_key_counts_at_once_and_an_old_token_is_bought_again(paypal: PayPalShop) -> None:
    paypal.held()
    paypal.stand_in.api.secrets = {"new-id:new-secret"}
    paypal.secrets.text = f"new-id:new-secret\n{SECRET}\n"
    assert paypal.held(key="with the new key").is_held
    paypal.clock.advance(seconds=10 * 3_600)
    assert paypal.held(key="with a new token").is_held

    paypal.stand_in.api.secrets = set()
    paypal.stand_in.api.tokens.clear()
    with pytest.raises(GatewayRefusedUsError):
        paypal.begin(key="with no key")


@pytest.mark.parametrize("fault", [Fault.TOO_MANY, Fault.CUT_BEFORE, Fault.HTML_502_BEFORE])
def test_without_a_token_nothing_was_asked(paypal: PayPalShop, fault: Fault) -> None:
    paypal.stand_in.api.faults.plan("POST /v1/oauth2/token", fault)
    with pytest.raises(GatewayUnavailableError):
        paypal.begin()

    assert [each.name for each in paypal.stand_in.api.calls] == ["POST /v1/oauth2/token"]


def test_a_provider_that_is_away_moved_nothing(paypal: PayPalShop) -> None:
    held = paypal.held()
    with paypal.stand_in.away(), pytest.raises(GatewayUnavailableError):
        paypal.capture(held)

    assert paypal.capture(held).is_taken


def test_nobody_is_sent_to_an_address_that_is_not_paypals(paypal: PayPalShop) -> None:
    careful = PayPalGateway(paypal.calls, Notes(paypal.records), paypal.clock)
    begun = careful.authorize(key=KEY, token=APPROVAL, amount_cents=2000, currency="USD", order_id="1001")

    assert (begun.state, begun.challenge) == (TransactionState.NEEDS_AUTHENTICATION, None)


def test_without_an_address_to_return_to_the_payer_stays_at_paypal(paypal: PayPalShop) -> None:
    begun = paypal.gateway.authorize(key=KEY, token=APPROVAL, amount_cents=2000, currency="USD", order_id="1001")
    assert begun.challenge is not None
    assert answered(begun.challenge.url) == ""
    assert paypal.again().is_answered


@pytest.mark.parametrize(
    ("amount", "currency", "value"),
    [(1999, "USD", "19.99"), (1500, "JPY", "1500"), (150_000, "HUF", "1500"), (5, "EUR", "0.05")],
)
def test_amounts_are_written_as_paypal_takes_them(amount: int, currency: str, value: str) -> None:
    written = paypal_amount(amount, currency)

    assert written == {"currency_code": currency, "value": value}
    assert our_amount(written) == amount


def test_an_amount_between_two_steps_is_declined_before_paypal_is_asked() -> None:
    with pytest.raises(DeclinedError, match=r"steps of 1\.00 TWD"):
        paypal_amount(150, "TWD")


def test_nothing_of_the_payer_and_no_key_is_noted_or_told(
    paypal: PayPalShop, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = paypal.begin()
    paypal.approve(begun, DECLINED)
    with pytest.raises(DeclinedError) as declined:
        paypal.authenticate(begun)
    noted = paypal.records.client.scan(TableName=paypal.records.name)["Items"]

    told = json.dumps(noted) + str(declined.value) + "".join(capsys.readouterr())
    assert SECRET not in told
    assert "PAYER" not in told
    assert "PayPal's words" not in told
