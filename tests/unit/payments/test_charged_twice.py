"""`was I charged twice?`: the answer follows from what the gateway says, or else from the records."""

from collections.abc import Callable
from typing import Any

import pytest

from lambdas.orders.model.order import Hold, Order
from lambdas.payments.captures import capture_for
from lambdas.payments.effects.charged_twice import Answer, Verdict, answer_of
from lambdas.payments.effects.effect import charge_key
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.order_money import OrderMoney, read_money
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import Gateway, GatewayUnavailableError, OutcomeUnknownError, Transaction, void_or_refund
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.credit_notes import CreditNotes
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceStatus, RecordedPayment
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.support.build import NOW, a_submitted_order, hold_key
from tests.unit.records.builders import an_invoice

APPROVED = "tok_approve"
NOT_NOW = "This is from our own records"


class Silent(SandboxGateway):
    """Answers no look-up."""

    def find(self, key: str) -> Transaction | None:
        raise GatewayUnavailableError


class Shop:
    """An order of 9.95 USD and what its payments are."""

    def __init__(self, records: RecordTable, clock: Callable[[], float] = lambda: float(NOW)) -> None:
        self.records = records
        self.sandbox = SandboxGateway(records.name, records.client, clock)
        self.gateway: Gateway = RecordedGateway(self.sandbox, "sandbox", EffectLedger(records), clock)
        self.order: Order = a_submitted_order(total_cents=995, currency="USD")
        self.key = hold_key(self.order)

    def hold(self, key: str = "", *, token: str = APPROVED, cents: int = 995) -> Transaction:
        held = self.gateway.authorize(
            key=key or self.key, token=token, amount_cents=cents, currency="USD", order_id=self.order.order_id
        )
        if not key:
            known = {"transaction_id": held.transaction_id, "key": held.key, "method": "card"}
            hold = Hold(**known, amount_cents=cents, currency="USD", captured=held.is_taken)
            self.order = self.order.changed(hold=hold)
        return held

    def invoice(self, **changes: Any) -> Invoice:
        return InvoiceRecords(self.records).issue(an_invoice(**changes))

    def captured(self) -> tuple[Invoice, Transaction]:
        self.hold()
        invoice = self.invoice()
        assert self.order.hold
        taken = capture_for(invoice, self.order, self.order.hold, self.gateway)
        return InvoiceRecords(self.records).mark(invoice, InvoiceStatus.PAID, taken.transaction_id, at=NOW), taken

    def charged(self, invoice: Invoice, number: int = 1) -> Transaction:
        """By another method of the client, on the invoice."""
        key = charge_key(invoice.invoice_id, number)
        held = self.hold(key)
        self.gateway.capture(key=f"{key}:capture", transaction_id=held.transaction_id, amount_cents=995, currency="USD")
        return held

    def read(self, gateway: Gateway | None = None) -> OrderMoney:
        return read_money(self.order, gateway or self.gateway, self.records, now=NOW)

    def answer(self) -> Answer:
        return answer_of(self.read())


@pytest.fixture
def shop(records: RecordTable) -> Shop:
    return Shop(records)


def test_nothing_was_begun(shop: Shop) -> None:
    assert shop.answer() == (Verdict.NO, "No: nothing was taken, and nothing is held.")


def test_only_declines(shop: Shop) -> None:
    for number in (1, 2):
        with pytest.raises(Exception, match="declined"):
            shop.hold(hold_key(shop.order, number), token="tok_decline")

    money = shop.read()

    assert answer_of(money).sentence == "No: nothing was taken, and nothing is held."
    assert money.payments == ()  # a decline is no payment, and the gateway need not be asked about it
    assert len(money.effects) == 2


def test_held(shop: Shop) -> None:
    shop.hold()

    assert shop.answer() == (Verdict.NO, "No: nothing was taken, and 9.95 USD is held once.")


def test_taken_once(shop: Shop) -> None:
    shop.captured()

    assert shop.answer() == (Verdict.NO, "No: 9.95 USD was taken once.")


def test_taken_at_submit_before_there_is_an_invoice(shop: Shop) -> None:
    shop.hold(token="paypal_captured")

    assert shop.answer() == (Verdict.NO, "No: 9.95 USD was taken once.")


def test_taken_from_the_hold_and_by_a_charge(shop: Shop) -> None:
    invoice, _ = shop.captured()
    shop.charged(invoice)

    assert shop.answer() == (
        Verdict.YES,
        "Yes: 19.90 USD was taken by 2 payments, and 9.95 USD is owed; 9.95 USD must be refunded.",
    )


def test_taken_twice_and_refunded_once(shop: Shop) -> None:
    invoice, _ = shop.captured()
    shop.charged(invoice)
    void_or_refund(shop.gateway, charge_key(invoice.invoice_id, 1))

    assert shop.answer() == (Verdict.NO, "No: 19.90 USD was taken twice, and 9.95 USD was refunded.")


def test_taken_by_card_and_by_bank_transfer(shop: Shop) -> None:
    shop.hold()
    invoice = shop.invoice()
    assert shop.order.hold
    capture_for(invoice, shop.order, shop.order.hold, shop.gateway)
    transfer = RecordedPayment(payment_type="wire", reference="X", amount_cents=995, by="jane", at=NOW)
    assert InvoiceRecords(shop.records).write_payment(invoice, transfer)

    answer = shop.answer()

    assert answer.verdict is Verdict.YES
    assert "9.95 USD must be refunded" in answer.sentence


def test_held_although_it_is_paid(shop: Shop) -> None:
    shop.captured()
    shop.hold(hold_key(shop.order, 2))

    assert shop.answer() == (
        Verdict.YES,
        "Yes: 9.95 USD is held by 1 payment, and 9.95 USD was taken beside it; one of them must be released.",
    )


def test_two_holds(shop: Shop) -> None:
    shop.hold()
    shop.hold(hold_key(shop.order, 2))

    answer = shop.answer()

    assert answer.verdict is Verdict.YES
    assert "19.90 USD is held by 2 payments" in answer.sentence


def test_all_refunded(shop: Shop) -> None:
    invoice, _ = shop.captured()
    CreditNotes(shop.records).credit(invoice, "1001", NOW)
    void_or_refund(shop.gateway, shop.key)

    assert shop.answer() == (Verdict.NO, "No: 9.95 USD was taken once, and all of it was refunded.")


def test_credited_and_not_refunded(shop: Shop) -> None:
    invoice, _ = shop.captured()
    CreditNotes(shop.records).credit(invoice, "1001", NOW)

    answer = shop.answer()

    assert answer.verdict is Verdict.YES
    assert "nothing is owed; 9.95 USD must be refunded" in answer.sentence


def test_a_debit_on_its_way(shop: Shop) -> None:
    shop.hold(token="ach_later")

    answer = shop.answer()

    assert answer.verdict is Verdict.UNKNOWN
    assert "do not pay again" in answer.sentence


def test_an_outcome_that_a_look_up_settles(shop: Shop) -> None:
    with pytest.raises(OutcomeUnknownError):
        shop.hold(token="tok_times_out")

    assert shop.answer() == (Verdict.NO, "No: nothing was taken, and 9.95 USD is held once.")
    assert [each.times for each in shop.read().look_ups] == [2]


def silent(shop: Shop) -> Gateway:
    quiet = Silent(shop.records.name, shop.records.client, lambda: float(NOW))
    return RecordedGateway(quiet, "sandbox", EffectLedger(shop.records), lambda: float(NOW))


def test_an_outcome_that_nobody_knows(shop: Shop) -> None:
    with pytest.raises(OutcomeUnknownError):
        shop.hold(token="tok_times_out")

    answer = answer_of(shop.read(silent(shop)))

    assert answer.verdict is Verdict.UNKNOWN
    assert "do not pay again" in answer.sentence
    assert NOT_NOW in answer.sentence


def test_the_records_answer_for_a_silent_provider(shop: Shop) -> None:
    shop.captured()

    money = shop.read(silent(shop))

    assert answer_of(money).sentence.startswith("No: 9.95 USD was taken once.")
    assert NOT_NOW in answer_of(money).sentence
    assert not money.is_current


def test_a_payment_from_before_the_ledger_is_as_the_order_and_its_invoice_have_it(shop: Shop) -> None:
    shop.gateway = shop.sandbox
    shop.hold()
    assert answer_of(shop.read(silent(shop))).sentence.startswith("No: nothing was taken, and 9.95 USD is held once.")

    shop.captured()
    assert answer_of(shop.read(silent(shop))).sentence.startswith("No: 9.95 USD was taken once.")

    shop.order = shop.order.changed(canceled_at=NOW)  # nothing here says what the cancel did
    assert answer_of(shop.read(silent(shop))).verdict is Verdict.UNKNOWN
    assert shop.answer().verdict is Verdict.NO


def test_a_renewed_hold_is_one_hold_whether_the_provider_answers_or_not(shop: Shop) -> None:
    held = shop.hold()
    shop.gateway.renew(key=f"{shop.key}:renew:1", transaction_id=held.transaction_id, token=APPROVED)

    assert shop.answer() == (Verdict.NO, "No: nothing was taken, and 9.95 USD is held once.")
    assert answer_of(shop.read(silent(shop))).verdict is Verdict.NO


def test_the_provider_is_asked_about_the_latest_payments_only(shop: Shop) -> None:
    for number in range(1, 14):
        shop.hold(hold_key(shop.order, number))
        void_or_refund(shop.gateway, hold_key(shop.order, number))

    money = shop.read()

    assert [each.is_current for each in money.payments] == [False] * 3 + [True] * 10
    assert answer_of(money).verdict is Verdict.NO


def test_a_charge_that_was_begun_and_never_recorded_is_looked_up(shop: Shop) -> None:
    invoice = shop.invoice()
    key = charge_key(invoice.invoice_id, 1)
    shop.sandbox.authorize(key=key, token="ach_approve", amount_cents=995, currency="USD", order_id="1001")
    begun = ChargeAttempt(key=key, billing_info_id="1", claim="c", claim_ends_at=NOW)
    assert InvoiceRecords(shop.records).write_charge(invoice, begun)

    assert shop.answer() == (Verdict.NO, "No: 9.95 USD was taken once.")
