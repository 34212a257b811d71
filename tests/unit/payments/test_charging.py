"""An open invoice is charged once, however often and by however many; what is refused leaves it open."""

from typing import Any

import pytest

from lambdas.orders.errors import OrderError
from lambdas.payments.captures import end_charge
from lambdas.payments.charge import CLAIM_SECONDS, Charges
from lambdas.payments.errors import (
    AnotherSumTakenError,
    ChargeInProgressError,
    ChargeRefusedError,
    ChargeUnknownError,
    NotChargeableError,
)
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, TransactionState
from lambdas.payments.reversal import ReversalPendingError, Reversals
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.payment_method import MethodKind, PaymentMethod
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import Clock, a_submitted_order
from tests.unit.records.builders import an_invoice

KEY = "invoice:1000000001:charge:1"


def card(by: str = "tok_approve") -> PaymentMethod:
    return PaymentMethod(kind=MethodKind.CARD, token=by, last_four="4242")


class Shop:
    def __init__(self, records: RecordTable, gateway: SandboxGateway) -> None:
        self.clock, self.gateway, self.records = Clock(), gateway, records
        self.invoices = InvoiceRecords(records)
        self.charging = Charges(self.invoices, gateway, self.clock)
        self.invoice = self.invoices.issue(an_invoice())

    def read(self) -> Invoice:
        found = self.invoices.get(self.invoice.invoice_id)
        assert found
        return found

    def charge(self, by: str = "tok_approve") -> Invoice:
        return self.charging.charge(self.read(), "7", card(by))

    def state(self, key: str = KEY) -> TransactionState | None:
        found = self.gateway.find(key)
        return found.state if found else None


@pytest.fixture
def shop(records: RecordTable, gateway: SandboxGateway) -> Shop:
    return Shop(records, gateway)


@pytest.mark.parametrize("token", ["tok_approve", "tok_times_out", "ach_approve", "paypal_captured"])
def test_an_open_invoice_is_paid(shop: Shop, token: str) -> None:
    paid = shop.charge(token)

    assert paid == shop.read()
    assert (paid.status, paid.transaction_id, paid.paid_at) == (
        InvoiceStatus.PAID,
        getattr(shop.gateway.find(KEY), "transaction_id", None),
        shop.clock(),
    )
    assert shop.state() is TransactionState.CAPTURED


def test_charging_again_takes_nothing_more(shop: Shop) -> None:
    first, again = shop.charge(), shop.charge("tok_decline")

    assert first == again
    assert shop.state("invoice:1000000001:charge:2") is None


def took_another_sum(shop: Shop, difference: int) -> None:
    """An earlier try took a sum, and the invoice is of another one now."""
    key, attempt = KEY, {"billing_info_id": "7", "claim": "gone", "claim_ends_at": 0, "tries": 1}
    shop.gateway.authorize(
        key=key,
        token="paypal_captured",
        amount_cents=shop.invoice.owed_cents + difference,
        currency=shop.invoice.currency,
        order_id="",
    )
    assert shop.invoices.write_charge(shop.read(), ChargeAttempt(key=key, **attempt))


@pytest.mark.parametrize("difference", [-1, 1, 500])
def test_another_sum_than_is_owed_pays_no_invoice_and_is_not_taken_twice(shop: Shop, difference: int) -> None:
    took_another_sum(shop, difference)

    for _ in range(2):
        with pytest.raises(AnotherSumTakenError, match="refund the difference"):
            shop.charge()

    left = shop.read()
    assert (left.status, left.charge and left.charge.key, left.declines) == (InvoiceStatus.OPEN, KEY, 0)
    assert shop.state("invoice:1000000001:charge:2") is None
    assert shop.state() is TransactionState.CAPTURED


def test_a_charge_that_is_ended_pays_no_invoice_of_another_sum(shop: Shop) -> None:
    took_another_sum(shop, 1)

    with pytest.raises(AnotherSumTakenError):
        end_charge(shop.invoices, shop.gateway, shop.read(), now=shop.clock())

    assert shop.read().status is InvoiceStatus.OPEN


def test_an_invoice_is_paid_once_the_difference_is_refunded(shop: Shop) -> None:
    took_another_sum(shop, 500)
    found = shop.gateway.find(KEY)
    assert found
    shop.gateway.refund(key="by hand", transaction_id=found.transaction_id, amount_cents=500, currency="USD")

    assert shop.charge().status is InvoiceStatus.PAID


@pytest.mark.parametrize("token", ["tok_decline", "tok_capture_fails", "tok_sca", "tok_needs_authentication", "odd"])
def test_a_refused_charge_leaves_the_invoice_open_and_holds_nothing(shop: Shop, token: str) -> None:
    with pytest.raises(ChargeRefusedError, match="stays open"):
        shop.charge(token)

    assert (shop.read().status, shop.read().charge, shop.read().declines) == (InvoiceStatus.OPEN, None, 1)
    assert shop.state() in (None, TransactionState.VOIDED)
    assert shop.charge().status is InvoiceStatus.PAID
    assert shop.state("invoice:1000000001:charge:2") is TransactionState.CAPTURED


def test_a_gateway_that_cannot_be_reached_can_be_asked_again_at_once(shop: Shop) -> None:
    with pytest.raises(ChargeRefusedError, match="nothing was charged"):
        shop.charge("tok_unavailable")

    assert shop.charge().status is InvoiceStatus.PAID
    assert shop.state() is TransactionState.CAPTURED


@pytest.mark.parametrize("call", ["authorize", "capture"])
def test_of_two_charges_at_once_one_wins(shop: Shop, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    original = getattr(shop.gateway, call)
    refused: list[OrderError] = []

    def meanwhile(**asked: Any) -> Any:
        with pytest.raises(ChargeInProgressError) as error:
            shop.charge()
        refused.append(error.value)
        return original(**asked)

    monkeypatch.setattr(shop.gateway, call, meanwhile)

    assert shop.charge().status is InvoiceStatus.PAID
    assert len(refused) == 1
    assert shop.state("invoice:1000000001:charge:2") is None


def test_of_two_that_read_the_same_invoice_one_charges(shop: Shop) -> None:
    seen = shop.read()
    shop.charge()

    with pytest.raises(ChargeInProgressError):
        shop.charging.charge(seen, "7", card())


@pytest.mark.parametrize("call", ["authorize", "capture"])
@pytest.mark.parametrize("done", [True, False])
def test_what_a_dead_process_did_is_found_not_done_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, call: str, done: bool
) -> None:
    original = getattr(shop.gateway, call)

    class Died(BaseException):
        pass

    def die(**asked: Any) -> Any:
        if done:
            original(**asked)
        raise Died

    with monkeypatch.context() as broken, pytest.raises(Died):
        broken.setattr(shop.gateway, call, die)
        shop.charge()
    with pytest.raises(ChargeInProgressError):
        shop.charge()
    shop.clock.time += CLAIM_SECONDS + 1

    assert shop.charge().status is InvoiceStatus.PAID
    assert shop.state() is TransactionState.CAPTURED
    assert shop.state("invoice:1000000001:charge:2") is None


@pytest.mark.parametrize("error", [OutcomeUnknownError("no answer"), GatewayUnavailableError("no way")])
def test_an_unknown_capture_is_confirmed_later(shop: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def silent(**_: Any) -> Any:
        raise error

    with monkeypatch.context() as broken, pytest.raises(ChargeUnknownError, match="do not pay again"):
        broken.setattr(shop.gateway, "capture", silent)
        shop.charge()
    shop.clock.time += CLAIM_SECONDS + 1

    assert shop.charge().status is InvoiceStatus.PAID


def test_nothing_is_owed_on_a_credited_invoice(shop: Shop) -> None:
    shop.invoices.mark(shop.invoice, InvoiceStatus.CREDITED, at=shop.clock())

    with pytest.raises(NotChargeableError, match="was credited"):
        shop.charge()
    assert shop.state() is None


def test_money_for_an_invoice_that_is_credited_meanwhile_goes_back(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    capture = shop.gateway.capture

    def meanwhile(**asked: Any) -> Any:
        shop.invoices.mark(shop.invoice, InvoiceStatus.CREDITED, at=shop.clock())
        return capture(**asked)

    monkeypatch.setattr(shop.gateway, "capture", meanwhile)

    with pytest.raises(NotChargeableError, match="returned"):
        shop.charge()
    assert shop.state() is TransactionState.REFUNDED
    assert shop.read().status is InvoiceStatus.CREDITED


def test_a_free_invoice_is_paid_without_a_gateway(shop: Shop) -> None:
    free = shop.invoices.issue(an_invoice(order_id="1002", total_cents=0))

    assert shop.charging.charge(free, "7", card("tok_unavailable")).status is InvoiceStatus.PAID


def test_a_reversal_gives_back_what_was_charged(shop: Shop) -> None:
    shop.charge()
    reversing = Reversals(shop.gateway, shop.records)
    done = [reversing.reverse(a_submitted_order(), now=shop.clock()) for _ in range(2)]

    assert done[0] == done[1]
    assert (done[0].given_back, done[0].invoice, done[0].credit_note) == (True, 1, 1)
    assert shop.state() is TransactionState.REFUNDED


def test_a_reversal_waits_for_a_charge_that_is_under_way(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    authorize = shop.gateway.authorize
    reversing = Reversals(shop.gateway, shop.records)

    def meanwhile(**asked: Any) -> Any:
        with pytest.raises(ReversalPendingError):
            reversing.reverse(a_submitted_order(), now=shop.clock())
        return authorize(**asked)

    monkeypatch.setattr(shop.gateway, "authorize", meanwhile)

    with pytest.raises(NotChargeableError):
        shop.charge()
    assert shop.state() is TransactionState.REFUNDED
    shop.clock.time += CLAIM_SECONDS + 1
    assert reversing.reverse(a_submitted_order(), now=shop.clock()).given_back
