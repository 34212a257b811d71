"""What a submit has to hold, on what, and what becomes of it at the gateway."""

from typing import Any

import pytest

from lambdas.orders.decisions.hold_clock import mark_at
from lambdas.orders.model.order import Order, PaymentAttempt
from lambdas.orders.model.payment_ids import PaymentIds
from lambdas.orders.payment_ports import Payer, PaymentDeclined, PaymentUnavailable, PaymentUnclear
from lambdas.orders.service import OrderService
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, Transaction, TransactionState
from lambdas.payments.gateways import gateway_named
from lambdas.payments.preauthorization import PreAuthorization
from lambdas.payments.sandbox import HOLD_SECONDS, SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.table import RecordTable
from tests.support.build import CARD, NOW, a_draft, a_queue, a_service, an_order
from tests.unit.records.builders import CARD_METHOD, a_client

KEY = "1001:submit:authorize:1"
BANK = {"payment_type": "ach", "ach_token": "btok_1", "ach_acct": "000123456789"}


@pytest.fixture
def payments(gateway: SandboxGateway, records: RecordTable) -> PreAuthorization:
    return PreAuthorization(gateway, ClientRecords(records))


def paid_with(info: dict[str, Any], **changes: Any) -> Order:
    return an_order(**{"info": info, "total_cents": 2000, **changes})


def card(token: str) -> dict[str, Any]:
    return {**CARD, "cc_token": token}


def an_attempt(**changes: Any) -> PaymentAttempt:
    fields: dict[str, Any] = {
        "key": KEY,
        "amount_cents": 2000,
        "currency": "USD",
        "method": "card:x",
        "claim": "c",
        "claim_ends_at": NOW,
    }
    return PaymentAttempt(**{**fields, **changes})


def state_of(gateway: SandboxGateway) -> TransactionState | None:
    found = gateway.find(KEY)
    return found.state if found else None


def test_a_card_is_held_for_the_whole_total(payments: PreAuthorization) -> None:
    due = payments.due(paid_with(CARD))

    assert due.amount_cents == 2000
    assert due.method.startswith("card:")
    assert "tok_approve" not in due.method


def test_a_hold_keeps_all_that_finds_its_money_again(payments: PreAuthorization, gateway: SandboxGateway) -> None:
    hold = payments.authorize(paid_with(CARD), an_attempt())
    found = gateway.find(KEY)

    assert found is not None
    assert (hold.gateway, hold.transaction_id, hold.customer) == ("sandbox", found.ids.authorization, found.customer)
    assert (mark_at(hold, 0), hold.capture_before) == (NOW, NOW + HOLD_SECONDS)


def test_a_hold_keeps_the_names_and_the_life_that_are_not_the_usual_ones(payments: PreAuthorization) -> None:
    class Named(SandboxGateway):
        def authorize(self, **asked: Any) -> Transaction:
            ids = PaymentIds(order="order", authorization="authorization")
            return super().authorize(**asked).changed(ids=ids, customer="cus", capture_before=NOW + 29 * 86_400)

    records = payments.clients.table
    gateway = Named(records.name, records.client, now=lambda: float(NOW))
    hold = PreAuthorization(gateway, payments.clients).authorize(paid_with(CARD), an_attempt())

    assert hold.ids == PaymentIds(order="order", authorization="authorization")
    assert (hold.customer, hold.held_at) == ("cus", NOW)


def test_a_hold_says_whether_its_payer_was_there(payments: PreAuthorization) -> None:
    assert payments.authorize(paid_with(CARD), an_attempt()).payer_present
    assert not payments.authorize(paid_with(CARD), an_attempt(key="other"), Payer(False, "")).payer_present


def test_money_that_was_taken_at_once_is_named_at_once(payments: PreAuthorization) -> None:
    hold = payments.authorize(paid_with({"payment_type": "paypal", "paypal_token": "paypal_captured"}), an_attempt())

    assert hold.captured
    assert (hold.ids, hold.held_at) == (PaymentIds(), None)  # all of it has the payment's own id


def test_another_card_is_another_method(payments: PreAuthorization) -> None:
    assert payments.due(paid_with(card("tok_a"))).method != payments.due(paid_with(card("tok_b"))).method


@pytest.mark.parametrize("info", [BANK, {}, {"payment_type": "check"}], ids=["bank account", "nothing", "on account"])
def test_nothing_is_held_where_there_is_no_hold(payments: PreAuthorization, info: dict[str, Any]) -> None:
    assert payments.due(paid_with(info)).amount_cents == 0
    assert payments.problems(paid_with(info)) == ()


def test_a_free_order_holds_nothing(payments: PreAuthorization) -> None:
    assert payments.due(paid_with(CARD, total_cents=0)).amount_cents == 0


def test_nothing_is_held_that_no_action_would_ever_take(payments: PreAuthorization) -> None:
    steps = [*a_queue().model_dump()["steps"]]
    steps[1]["actions"] = steps[1]["actions"][:1]
    order = an_order(a_queue(steps=steps), info=CARD, total_cents=2000)

    assert payments.due(order).amount_cents == 0


@pytest.mark.parametrize(
    ("info", "field"),
    [
        ({"payment_type": "cc"}, "info.cc_token"),
        ({"payment_type": "ach"}, "info.ach_token"),
        ({"payment_type": "paypal"}, "info.paypal_token"),
        ({"payment_type": "barter"}, "info.payment_type"),
        ({"billing_info_id": "1"}, "info.billing_info_id"),
    ],
)
def test_what_is_missing_to_pay_is_named(payments: PreAuthorization, info: dict[str, Any], field: str) -> None:
    assert [problem.field for problem in payments.problems(paid_with(info))] == [field]


@pytest.mark.parametrize(
    "info", [{"payment_type": "cc"}, {"payment_type": "ach"}, {"payment_type": "charge_prior_auth"}]
)
def test_nobody_is_asked_what_they_pay_from_when_nothing_is_due(
    payments: PreAuthorization, info: dict[str, Any]
) -> None:
    assert payments.problems(paid_with(info, total_cents=0)) == ()
    assert [problem.field for problem in payments.problems(paid_with({"payment_type": "barter"}, total_cents=0))] == [
        "info.payment_type"
    ]


@pytest.mark.parametrize("token", ["tok approve", "t" * 256, "tok\u00fc", "tok\n2"])
def test_what_no_gateway_could_take_is_no_token(payments: PreAuthorization, token: str) -> None:
    assert [problem.field for problem in payments.problems(paid_with(card(token)))] == ["info.cc_token"]


def test_a_card_is_authorized(payments: PreAuthorization, gateway: SandboxGateway) -> None:
    hold = payments.authorize(paid_with(CARD), an_attempt())

    assert (hold.key, hold.method, hold.amount_cents, hold.captured) == (KEY, "card", 2000, False)
    assert hold.capture_before is not None
    assert state_of(gateway) is TransactionState.HELD


def test_a_stored_method_of_the_client_pays(payments: PreAuthorization, records: RecordTable) -> None:
    ClientRecords(records).make(a_client(), CARD_METHOD)
    order = paid_with({"billing_info_id": "1001"}, client_id="101")

    assert payments.problems(order) == ()
    assert payments.due(order).amount_cents == 2000
    assert payments.authorize(order, an_attempt()).method == "card"


def test_a_stored_bank_account_is_not_held(payments: PreAuthorization, records: RecordTable) -> None:
    ClientRecords(records).make(a_client(), PaymentMethod(kind=MethodKind.BANK_ACCOUNT, token="b"))

    assert payments.due(paid_with({"billing_info_id": "1001"}, client_id="101")).amount_cents == 0


@pytest.mark.parametrize("client_id", ["102", None])
def test_a_stored_method_of_somebody_else_is_no_method(
    payments: PreAuthorization, records: RecordTable, client_id: str | None
) -> None:
    ClientRecords(records).make(a_client(), CARD_METHOD)
    order = paid_with({"billing_info_id": "1001"}, client_id=client_id)

    assert [problem.field for problem in payments.problems(order)] == ["info.billing_info_id"]
    assert payments.due(order).amount_cents == 0


def test_paypal_that_was_captured_is_given_back_by_a_refund(
    payments: PreAuthorization, gateway: SandboxGateway
) -> None:
    order = paid_with({"payment_type": "paypal", "paypal_token": "paypal_captured"})
    hold = payments.authorize(order, an_attempt())
    payments.release(hold)
    payments.release(hold)

    assert hold.captured
    assert state_of(gateway) is TransactionState.REFUNDED


@pytest.mark.parametrize("by", ["hold", "attempt"])
def test_a_hold_is_given_back_by_a_void(payments: PreAuthorization, gateway: SandboxGateway, by: str) -> None:
    hold = payments.authorize(paid_with(CARD), an_attempt())
    for _ in range(2):
        payments.release(hold if by == "hold" else an_attempt())

    assert state_of(gateway) is TransactionState.VOIDED


def test_where_nothing_was_held_nothing_is_given_back(payments: PreAuthorization, gateway: SandboxGateway) -> None:
    payments.release(an_attempt())

    assert gateway.find(KEY) is None


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("tok_decline", "declined by its bank"),
        ("tok_needs_authentication", "3-D Secure"),
        ("tok_unavailable", "cannot be reached; nothing was charged"),
        ("tok_nobody_knows", "does not know this payment token"),
    ],
)
def test_a_refusal_says_why(payments: PreAuthorization, token: str, reason: str) -> None:
    with pytest.raises((PaymentDeclined, PaymentUnavailable), match=reason):
        payments.authorize(paid_with(card(token)), an_attempt())


def test_a_method_that_was_taken_off_is_refused(payments: PreAuthorization) -> None:
    with pytest.raises(PaymentDeclined, match="removed from the order"):
        payments.authorize(paid_with({}), an_attempt())


def test_an_unknown_outcome_is_looked_up_at_once(payments: PreAuthorization) -> None:
    assert payments.authorize(paid_with(card("tok_times_out")), an_attempt()).amount_cents == 2000


def test_a_later_try_looks_up_what_the_dead_one_did(payments: PreAuthorization) -> None:
    first = payments.authorize(paid_with(CARD), an_attempt())

    assert payments.authorize(paid_with(card("tok_decline")), an_attempt(tries=2)) == first


def test_a_later_try_authorizes_what_the_dead_one_did_not_reach(payments: PreAuthorization) -> None:
    assert payments.authorize(paid_with(CARD), an_attempt(tries=2)).amount_cents == 2000


def test_a_hold_that_was_released_meanwhile_is_refused(payments: PreAuthorization) -> None:
    payments.release(payments.authorize(paid_with(CARD), an_attempt()))

    with pytest.raises(PaymentDeclined, match="no longer held"):
        payments.authorize(paid_with(CARD), an_attempt(tries=2))


class Blind(SandboxGateway):
    """Its look-up does not answer either."""

    error: Exception | None = GatewayUnavailableError("the payment gateway cannot be reached")

    def find(self, key: str) -> Transaction | None:
        if self.error:
            raise self.error
        return None


@pytest.mark.parametrize("error", [None, GatewayUnavailableError("no way"), OutcomeUnknownError("no answer")])
@pytest.mark.parametrize("tries", [1, 2])
def test_an_outcome_that_cannot_be_looked_up_is_unclear_and_not_tried_again(
    records: RecordTable, error: Exception | None, tries: int
) -> None:
    blind = Blind(records.name, records.client)
    blind.error = error

    with pytest.raises(PaymentUnclear):
        PreAuthorization(blind, ClientRecords(records)).authorize(
            paid_with(card("tok_times_out")), an_attempt(tries=tries)
        )


def test_the_gateway_is_chosen_by_name(records: RecordTable) -> None:
    assert isinstance(gateway_named("sandbox", records), SandboxGateway)
    with pytest.raises(ValueError, match="no gateway is called stone; known: sandbox"):
        gateway_named("stone", records)


@pytest.mark.parametrize("tries", [1, 2], ids=["at once", "looked up after a died submit"])
def test_a_payment_found_under_the_key_that_is_another_one_does_not_count_and_is_not_touched(
    payments: PreAuthorization, gateway: SandboxGateway, tries: int
) -> None:
    """The table was restored, and its numbers were given again."""
    payments.authorize(paid_with(CARD), an_attempt(amount_cents=700))

    with pytest.raises(PaymentDeclined, match="another payment under the key of this one"):
        payments.authorize(paid_with(CARD), an_attempt(tries=tries))
    assert state_of(gateway) is TransactionState.HELD


def test_two_orders_of_one_number_have_no_key_in_common() -> None:
    first, second = (attempt_of_new(a_service(), hash=hash) for hash in ("one-order", "another"))

    assert first != second
    assert {key.partition("-")[0] for key in (first, second)} == {"1001"}


def attempt_of_new(service: OrderService, *, hash: str) -> str:
    order = service.submit(service.create(a_draft(hash=f"{hash}-{'0' * 30}")))
    assert order.hold is not None
    assert order.hash not in order.hold.key
    return order.hold.key
