"""Money that came by bank, cheque or cash is written on its invoice once, beside charges at the same moment; and goes back."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.payments.charge import CLAIM_SECONDS, Charges
from lambdas.payments.errors import (
    ChargeInProgressError,
    ChargeUnknownError,
    NotPaidByHandError,
    NotReturnableError,
)
from lambdas.payments.gateway import GatewayUnavailableError, OutcomeUnknownError, Transaction, TransactionState
from lambdas.payments.record_payment import RecordedPayments
from lambdas.payments.reversal import Reversals
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.invoice import (
    ChargeAttempt,
    Invoice,
    InvoiceKind,
    InvoiceLine,
    InvoiceStatus,
    RecordedPayment,
)
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import NOW, a_submitted_order
from tests.unit.payments.test_charging import Shop, card
from tests.unit.records.builders import an_invoice


class Died(BaseException):
    """The process ended here."""


class Desk(Shop):
    def __init__(self, records: RecordTable, gateway: SandboxGateway) -> None:
        super().__init__(records, gateway)
        self.recording = RecordedPayments(self.invoices, gateway, self.clock)

    def record(self, reference: str = "transfer 7", amount_cents: int = 995) -> Invoice:
        payment = RecordedPayment(payment_type="wire", reference=reference, amount_cents=amount_cents, by="ann", at=NOW)
        return self.recording.record(self.read(), payment)

    def credited(self) -> Invoice:
        return self.invoices.mark(self.read(), InvoiceStatus.CREDITED, at=NOW)


@pytest.fixture
def shop(records: RecordTable, gateway: SandboxGateway) -> Desk:
    return Desk(records, gateway)


def test_an_open_invoice_is_paid_and_says_by_what(shop: Desk) -> None:
    paid = shop.record()

    assert paid == shop.read()
    assert (paid.status, paid.paid_at, paid.transaction_id) == (InvoiceStatus.PAID, NOW, None)
    assert paid.payment
    assert (paid.payment.reference, paid.payment.by) == ("transfer 7", "ann")


def test_the_same_payment_again_changes_nothing_and_another_one_is_refused(shop: Desk) -> None:
    first = shop.record()

    assert shop.record() == first
    with pytest.raises(NotPaidByHandError, match="paid already, by another payment; this money must be returned"):
        shop.record("transfer 8")
    assert shop.read() == first


@pytest.mark.parametrize("amount", [0, 994, 996])
def test_it_has_to_be_exactly_what_is_due(shop: Desk, amount: int) -> None:
    with pytest.raises(NotPaidByHandError, match=r"9\.95 USD is due on it, no more and no less"):
        shop.record(amount_cents=amount)
    assert shop.read().status is InvoiceStatus.OPEN


def test_an_invoice_that_was_charged_takes_no_second_payment_nor_the_other_way_round(shop: Desk) -> None:
    shop.charge()
    with pytest.raises(NotPaidByHandError, match="paid already"):
        shop.record()

    other = shop.invoices.issue(an_invoice(order_id=None, lines=()))
    shop.invoice = other
    paid = shop.record()
    assert shop.charge() == paid
    assert shop.state(f"invoice:{other.invoice_id}:charge:1") is None


def test_a_credited_invoice_takes_none(shop: Desk) -> None:
    shop.credited()

    with pytest.raises(NotPaidByHandError, match="credited, so nothing is owed"):
        shop.record()


def test_nor_does_one_that_is_being_charged(shop: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    capture, refused = shop.gateway.capture, []

    def meanwhile(**asked: Any) -> Transaction:
        with pytest.raises(ChargeInProgressError) as error:
            shop.record()
        refused.append(error.value)
        return capture(**asked)

    monkeypatch.setattr(shop.gateway, "capture", meanwhile)
    shop.charge()
    assert (len(refused), shop.read().payment) == (1, None)


def test_a_charge_that_comes_in_between_pays_and_the_record_is_refused(
    shop: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _before_the_write(shop, monkeypatch, shop.charge)
    with pytest.raises(NotPaidByHandError, match="paid already"):
        shop.record()
    assert shop.read().payment is None


def test_of_two_that_read_the_same_invoice_one_is_the_payment(shop: Desk) -> None:
    seen = shop.read()
    payments = [
        RecordedPayment(payment_type="wire", reference=f"transfer {number}", amount_cents=995, by="ann", at=NOW)
        for number in (1, 2)
    ]
    paid = shop.recording.record(seen, payments[0])

    with pytest.raises(NotPaidByHandError, match="paid already, by another payment"):
        shop.recording.record(seen, payments[1])
    assert shop.recording.record(seen, payments[0]) == paid


def a_charge_that_died(shop: Desk) -> None:
    """Its money was taken, and its process ended before it could be written down; its claim lapsed."""

    class Mortal(InvoiceRecords):
        def write_charge(self, before: Invoice, charge: ChargeAttempt | None, **paid: Any) -> Invoice | None:
            if paid:
                raise Died
            return super().write_charge(before, charge, **paid)

    with pytest.raises(Died):
        Charges(Mortal(shop.records), shop.gateway, shop.clock).charge(shop.read(), "7", card())
    shop.clock.time += CLAIM_SECONDS + 1


def test_what_a_charge_took_before_its_process_died_is_found(shop: Desk) -> None:
    a_charge_that_died(shop)

    with pytest.raises(
        NotPaidByHandError, match=r"a charge of it went through, which client\.invoice_charge writes down"
    ):
        shop.record()
    assert shop.charge().status is InvoiceStatus.PAID
    assert shop.state() is TransactionState.CAPTURED


def test_what_a_charge_left_held_is_let_go_of(shop: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(**asked: Any) -> Transaction:
        raise Died

    monkeypatch.setattr(shop.gateway, "capture", dies)
    with pytest.raises(Died):
        shop.charge()
    shop.clock.time += CLAIM_SECONDS + 1

    assert shop.record().status is InvoiceStatus.PAID
    assert shop.state() is TransactionState.VOIDED


@pytest.mark.parametrize("error", [GatewayUnavailableError("no way"), OutcomeUnknownError("no answer")])
def test_where_the_gateway_does_not_say_nothing_is_recorded(
    shop: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    a_charge_that_died(shop)

    def silent(key: str) -> None:
        raise error

    monkeypatch.setattr(shop.gateway, "find", silent)
    with pytest.raises(ChargeUnknownError):
        shop.record()
    assert shop.read().status is InvoiceStatus.OPEN


def test_money_that_came_by_hand_goes_back_by_hand_and_until_then_it_is_said(shop: Desk) -> None:
    shop.record()
    reversing = Reversals(shop.gateway, shop.records)
    said = reversing.reverse(a_submitted_order(), now=NOW)

    assert "9.95 USD that came for invoice 1 by wire must be paid back by hand" in str(said)
    assert not said.given_back
    noted = shop.recording.note_return(shop.read(), "transfer 9", "bob")
    assert noted.payment
    assert (noted.payment.returned_reference, noted.payment.returned_by) == ("transfer 9", "bob")
    assert str(reversing.reverse(a_submitted_order(), now=NOW)) == (
        "payment returned; invoice 1 credited by credit note 1"
    )
    assert shop.recording.note_return(shop.read(), "transfer 9", "eve") == noted
    with pytest.raises(NotReturnableError, match="noted already"):
        shop.recording.note_return(shop.read(), "transfer 10", "eve")


def test_a_credit_note_says_nothing_of_the_payment(shop: Desk) -> None:
    shop.record()
    Reversals(shop.gateway, shop.records).reverse(a_submitted_order(), now=NOW)
    note = shop.invoices.of_order("1001", InvoiceKind.CREDIT_NOTE)

    assert note
    assert (note.payment, note.paid_at) == (None, None)


def test_only_what_was_recorded_and_credited_can_go_back(shop: Desk) -> None:
    with pytest.raises(NotReturnableError, match="no payment of it was recorded by hand"):
        shop.recording.note_return(shop.read(), "transfer 9", "bob")
    shop.record()
    with pytest.raises(NotReturnableError, match="was not credited; cancel its order first"):
        shop.recording.note_return(shop.read(), "transfer 9", "bob")


def test_a_payment_of_an_order_that_is_canceled_meanwhile_is_refused(
    shop: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    _before_the_write(shop, monkeypatch, shop.credited)
    with pytest.raises(NotPaidByHandError, match="the money must be returned"):
        shop.record()


def test_of_an_invoice_of_several_orders_only_what_was_credited_goes_back(shop: Desk) -> None:
    """One of its orders is canceled, then the other: each time the money of that one."""
    lines = tuple(
        InvoiceLine(description="x", service_id=f"{order_id}001", quantity=1, amount_cents=cents)
        for order_id, cents in (("2001", 400), ("2002", 595))
    )
    shop.invoice = shop.invoices.issue(an_invoice(order_id=None, lines=lines))
    shop.record()
    reversing = Reversals(shop.gateway, shop.records)
    said = []
    for order_id, reference in (("2001", "back 1"), ("2002", "back 2")):
        order = a_submitted_order(order_id=order_id)
        said.append(str(reversing.reverse(order, now=NOW)).partition(" USD")[0].rpartition(" ")[2])
        noted = shop.recording.note_return(shop.read(), reference, "bob")
        assert shop.recording.note_return(shop.read(), reference, "bob") == noted
        assert "by hand" not in str(reversing.reverse(order, now=NOW))

    assert said == ["4.00", "5.95"]
    assert shop.read().payment
    assert (shop.read().status, shop.read().to_return_cents) == (InvoiceStatus.CREDITED, 0)


def _before_the_write(shop: Desk, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """`happens` comes in between the look at an invoice and the write of its payment."""
    write = shop.invoices.write_payment

    def late(*asked: Any) -> Invoice | None:
        happens()
        return write(*asked)

    monkeypatch.setattr(shop.invoices, "write_payment", late)
