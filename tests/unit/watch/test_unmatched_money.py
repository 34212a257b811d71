"""The nightly check: money that the gateway holds or took, and that no order and no invoice knows, is found."""

import pytest

from lambdas.orders.model.order import Hold, Order, PaymentAttempt
from lambdas.orders.model.steps import StepStatus
from lambdas.payments.gateway import Gateway, Transaction
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.invoice import ChargeAttempt, Invoice, InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.watch.invariants.of_holds import of_held_money
from lambdas.watch.invariants.of_payments import DAYS, PaymentsOfADay, days_before
from lambdas.watch.invariants.violation import Promise, Violation
from tests.support.build import NOW, a_queue, a_submitted_order
from tests.support.fakes import InMemoryOrderStore
from tests.unit.records.builders import an_invoice

DAY = "2026-07-21"
DAY_AT = 1_784_635_200  # noon of DAY, UTC
APPROVED = "tok_approve"
QUEUE = a_queue()


@pytest.fixture
def gateway(records: RecordTable) -> SandboxGateway:
    return SandboxGateway(records.name, records.client, lambda: DAY_AT)


def begin(gateway: Gateway, key: str, order_id: str = "", *, token: str = APPROVED, cents: int = 995) -> Transaction:
    return gateway.authorize(key=key, token=token, amount_cents=cents, currency="USD", order_id=order_id)


def stored(**changes: object) -> InMemoryOrderStore:
    store = InMemoryOrderStore()
    store.create(a_submitted_order(QUEUE, order_id="1001", hash="0a1b2-c3d4e-1001", **changes), (), NOW)
    return store


def found(gateway: Gateway, records: RecordTable, orders: InMemoryOrderStore | None = None) -> list[Violation]:
    orders = orders or InMemoryOrderStore()
    return list(PaymentsOfADay(gateway, orders, records, DAY).violations())


@pytest.mark.parametrize("token", ["tok_approve", "ach_approve"])
def test_money_of_an_order_that_does_not_exist(gateway: SandboxGateway, records: RecordTable, token: str) -> None:
    begin(gateway, "order:1001:pay:1", "1001", token=token)

    (violation,) = found(gateway, records)

    assert (violation.promise, violation.place) == (Promise.MATCHED, "1001")
    assert "9.95 USD" in violation.what
    assert DAY in violation.what
    assert "sb_" not in violation.line  # no number of a transaction in logs


def test_money_of_an_order_that_knows_another_payment(gateway: SandboxGateway, records: RecordTable) -> None:
    known = begin(gateway, "order:1001:pay:1", "1001")
    begin(gateway, "order:1001:pay:2", "1001", cents=500)
    hold = Hold(transaction_id=known.transaction_id, key=known.key, method="card", amount_cents=995, currency="USD")

    (violation,) = found(gateway, records, stored(hold=hold))

    assert violation.place == "1001"
    assert "5.00 USD" in violation.what


def test_the_money_of_a_try_that_its_order_knows(gateway: SandboxGateway, records: RecordTable) -> None:
    begin(gateway, "order:1001:pay:1", "1001")
    attempt = PaymentAttempt(
        key="order:1001:pay:1", amount_cents=995, currency="USD", method="card", claim="c", claim_ends_at=NOW
    )

    assert found(gateway, records, stored(attempt=attempt)) == []


@pytest.mark.parametrize("ends", ["voided", "refunded"])
def test_a_payment_whose_money_is_back(gateway: SandboxGateway, records: RecordTable, ends: str) -> None:
    payment = begin(gateway, "order:1001:pay:1", "1001")
    if ends == "voided":
        gateway.void(key="v", transaction_id=payment.transaction_id)
    else:
        gateway.capture(key="c", transaction_id=payment.transaction_id, amount_cents=995, currency="USD")
        gateway.refund(key="r", transaction_id=payment.transaction_id, currency="USD")

    assert found(gateway, records) == []


def test_the_part_that_is_left_of_a_refund(gateway: SandboxGateway, records: RecordTable) -> None:
    payment = begin(gateway, "order:1001:pay:1", "1001", token="ach_approve")
    gateway.refund(key="r", transaction_id=payment.transaction_id, amount_cents=295, currency="USD")

    (violation,) = found(gateway, records)

    assert "7.00 USD" in violation.what


def test_a_charge_of_an_invoice_is_known_by_its_invoice(gateway: SandboxGateway, records: RecordTable) -> None:
    invoice = InvoiceRecords(records).issue(an_invoice())
    key = f"invoice:{invoice.invoice_id}:charge:1"
    begin(gateway, key)
    charge = ChargeAttempt(key=key, billing_info_id="1", claim="c", claim_ends_at=NOW, tries=1)
    assert InvoiceRecords(records).write_charge(invoice, charge)

    assert found(gateway, records) == []


def paid(records: RecordTable, payment: Transaction, **changes: object) -> Invoice:
    """The order's invoice, as paid by this payment."""
    invoices = InvoiceRecords(records)
    issued = invoices.issue(an_invoice(order_id="1001", **changes))
    return invoices.mark(issued, InvoiceStatus.PAID, payment.transaction_id, at=NOW)


def held_by(payment: Transaction, **changes: object) -> InMemoryOrderStore:
    hold = Hold(transaction_id=payment.transaction_id, key=payment.key, method="card", amount_cents=995, currency="USD")
    return stored(hold=hold, **changes)


def test_money_of_a_paid_invoice_of_that_sum(gateway: SandboxGateway, records: RecordTable) -> None:
    payment = begin(gateway, "order:1001:pay:1", "1001", token="ach_approve")
    paid(records, payment, total_cents=995)

    assert found(gateway, records, held_by(payment, completed_at=NOW, step_status=StepStatus.COMPLETE)) == []


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"completed_at": NOW}, "there is no invoice for it"),
        ({"canceled_at": NOW, "unwound_at": NOW}, "its order is canceled"),
    ],
)
def test_money_that_was_taken_and_is_not_due(
    gateway: SandboxGateway, records: RecordTable, order: dict[str, object], words: str
) -> None:
    payment = begin(gateway, "order:1001:pay:1", "1001", token="ach_approve")
    final = StepStatus.CANCELED if "canceled_at" in order else StepStatus.COMPLETE

    (violation,) = found(gateway, records, held_by(payment, step_status=final, **order))

    assert words in violation.what


@pytest.mark.parametrize(
    ("paid_by", "total_cents", "words"),
    [(None, 995, "is open"), ("sb_other", 995, "paid by another payment"), ("", 1_200, "is of 12.00 USD")],
)
def test_money_that_the_invoice_tells_otherwise(
    gateway: SandboxGateway, records: RecordTable, paid_by: str | None, total_cents: int, words: str
) -> None:
    payment = begin(gateway, "order:1001:pay:1", "1001", token="ach_approve")
    invoices = InvoiceRecords(records)
    issued = invoices.issue(an_invoice(order_id="1001", total_cents=total_cents))
    if paid_by is not None:
        invoices.mark(issued, InvoiceStatus.PAID, paid_by or payment.transaction_id, at=NOW)

    (violation,) = found(gateway, records, held_by(payment, completed_at=NOW, step_status=StepStatus.COMPLETE))

    assert words in violation.what


def test_a_hold_that_a_complete_order_left(gateway: SandboxGateway, records: RecordTable) -> None:
    payment = begin(gateway, "order:1001:pay:1", "1001")

    (violation,) = found(gateway, records, held_by(payment, completed_at=NOW, step_status=StepStatus.COMPLETE))

    assert "are held, and its order is complete" in violation.what


def test_money_that_moved_while_it_was_looked_at(gateway: SandboxGateway, records: RecordTable) -> None:
    class Moving(SandboxGateway):
        def find(self, key: str) -> Transaction | None:
            found = super().find(key)
            return found and self.void(key="v", transaction_id=found.transaction_id)

    begin(gateway, "order:1001:pay:1", "1001")
    listed = list(gateway.list_begun(DAY))
    moving = Moving(records.name, records.client, lambda: DAY_AT)
    moving.list_begun = lambda day: iter(listed)  # type: ignore[method-assign]

    assert found(moving, records) == []


def test_a_charge_that_its_invoice_does_not_know(gateway: SandboxGateway, records: RecordTable) -> None:
    invoice = InvoiceRecords(records).issue(an_invoice())
    begin(gateway, f"invoice:{invoice.invoice_id}:charge:1")

    (violation,) = found(gateway, records)

    assert violation.place == f"invoice {invoice.invoice_id}"


@pytest.mark.parametrize(
    ("ends", "words"),
    [("voided", "is voided"), ("never begun", "is unknown there"), ("failed", "is failed"), ("held", "")],
)
def test_an_open_order_whose_money_is_gone_at_the_gateway(
    gateway: SandboxGateway, records: RecordTable, ends: str, words: str
) -> None:
    payment = begin(gateway, "order:1001:pay:1", "1001", token="ach_fails_later" if ends == "failed" else APPROVED)
    gateway = SandboxGateway(records.name, records.client, lambda: DAY_AT + 2 * 86_400)
    if ends == "voided":
        gateway.void(key="v", transaction_id=payment.transaction_id)
    key = "another" if ends == "never begun" else payment.key
    hold = Hold(transaction_id=payment.transaction_id, key=key, method="card", amount_cents=995, currency="USD")
    order = a_submitted_order(QUEUE, order_id="1001", hold=hold)

    violations = list(of_held_money(order, gateway))

    assert [violation.place for violation in violations] == (["1001"] if words else [])
    assert all(words in violation.what for violation in violations)


def test_only_payments_of_that_day_are_looked_at(gateway: SandboxGateway, records: RecordTable) -> None:
    begin(gateway, "order:1001:pay:1", "1001")

    before = PaymentsOfADay(gateway, InMemoryOrderStore(), records, "2026-07-20")
    assert list(before.violations()) == []


def test_a_payment_that_is_asked_for_twice_is_listed_once(gateway: SandboxGateway) -> None:
    for _ in range(2):
        begin(gateway, "order:1001:pay:1", "1001")

    assert [payment.key for payment in gateway.list_begun(DAY)] == ["order:1001:pay:1"]


def test_the_days_that_are_over_are_looked_at_again_for_late_reports() -> None:
    assert days_before(DAY_AT) == ("2026-07-20", "2026-07-19", "2026-07-18")
    assert len(days_before(DAY_AT)) == DAYS


def test_an_order_that_cannot_be_read_hides_no_other(gateway: SandboxGateway, records: RecordTable) -> None:
    class Unreadable(InMemoryOrderStore):
        def get(self, order_id: str) -> Order:
            if order_id == "1001":
                raise ValueError("unreadable")
            return super().get(order_id)

    begin(gateway, "order:1001:pay:1", "1001")
    begin(gateway, "order:1002:pay:1", "1002")

    assert sorted(violation.place for violation in found(gateway, records, Unreadable())) == ["1001", "1002"]
