"""A day of the provider against ours: what agrees, what is only there or only here, what differs, and when a day is closed."""

from collections.abc import Iterator
from typing import Any

import pytest
from rich.console import Console

from infra.operate.payments import reconcile as command
from lambdas.orders.model.order import Hold, Order
from lambdas.payments.effects.effect import Outcome
from lambdas.payments.effects.ledger import EffectLedger
from lambdas.payments.effects.recorded_gateway import RecordedGateway
from lambdas.payments.gateway import GatewayUnavailableError, Transaction
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from lambdas.watch.invariants.compared import Standing
from lambdas.watch.invariants.of_payments import PaymentsOfADay
from lambdas.watch.invariants.recorded_payments import LAG_SECONDS, closes_at
from lambdas.watch.invariants.stage import Stage
from tests.support.build import NOW, a_queue, a_submitted_order
from tests.support.fakes import InMemoryOrderStore
from tests.unit.records.builders import an_invoice

DAY = "2026-07-21"
NOON = 1_784_635_200  # of DAY, UTC
CLOSED = NOON + 2 * 86_400
QUEUE = a_queue()
APPROVED = "tok_approve"


class Side:
    """Both sides: the provider (`there`), and the ledger, orders and invoices."""

    def __init__(self, records: RecordTable) -> None:
        self.at = float(NOON)
        self.records, self.orders = records, InMemoryOrderStore()
        self.there = SandboxGateway(records.name, records.client, lambda: self.at)
        self.gateway = RecordedGateway(self.there, "sandbox", EffectLedger(records), lambda: self.at)
        self.now = CLOSED

    def order(self, number: int, *, token: str = APPROVED, brand_id: int = 1) -> tuple[Order, Transaction]:
        """An order that holds 9.95 USD, or whose money was taken at once."""
        key = f"{number}:submit:authorize:1"
        held = self.gateway.authorize(key=key, token=token, amount_cents=995, currency="USD", order_id=str(number))
        known = {"transaction_id": held.transaction_id, "key": key, "method": "card"}
        hold = Hold(**known, amount_cents=995, currency="USD", captured=held.is_taken)
        changes: dict[str, Any] = {"order_id": str(number), "hash": f"0a1b2-c3d4e-{number}", "brand_id": brand_id}
        self.orders.create(a_submitted_order(QUEUE, **changes, hold=hold), (), NOW)
        return self.orders.get(str(number)), held

    def compared(self) -> list[tuple[Standing, str]]:
        payments = PaymentsOfADay(self.there, self.orders, self.records, DAY, self.now)
        return [(each.standing, each.place) for each in payments.compare()]

    def violations(self) -> list[str]:
        return [each.line for each in PaymentsOfADay(self.there, self.orders, self.records, DAY, self.now).violations()]

    def stage(self, gateway: Any = None) -> Stage:
        nothing: Any = None
        return Stage(
            self.orders, nothing, frozenset, self.records, gateway or self.there, {}, lambda: self.now, lambda _: None
        )

    def printed(self, gateway: Any = None) -> tuple[int, str]:
        console = Console(width=200, record=True, quiet=False, file=None)
        with console.capture() as captured:
            code = command.reconcile(self.stage(gateway), DAY, console)
        return code, captured.get()


@pytest.fixture
def both(records: RecordTable) -> Side:
    return Side(records)


def capture(both: Side, order: Order, held: Transaction) -> None:
    """By Generate Invoice, on a later day."""
    both.at += 86_400
    both.gateway.capture(
        key=f"{order.order_id}:invoice:1:capture", transaction_id=held.transaction_id, amount_cents=995, currency="USD"
    )
    invoice = InvoiceRecords(both.records).issue(an_invoice(order_id=order.order_id))
    InvoiceRecords(both.records).mark(invoice, InvoiceStatus.PAID, held.transaction_id, at=NOW)


def test_payments_agree_also_those_that_were_captured_on_a_later_day(both: Side) -> None:
    order, held = both.order(1001)
    both.order(1002)
    capture(both, order, held)

    assert sorted(both.compared()) == [(Standing.AGREE, "1001"), (Standing.AGREE, "1002")]
    code, printed = both.printed()
    assert code == command.AGREE
    assert "2 agree, 0 only there, 0 only here, 0 differ" in printed


def test_a_payment_that_nobody_here_knows(both: Side) -> None:
    both.order(1001)
    both.there.authorize(key="9:x", token=APPROVED, amount_cents=500, currency="EUR", order_id="9")

    assert sorted(both.compared()) == [(Standing.AGREE, "1001"), (Standing.ONLY_THERE, "9")]
    code, printed = both.printed()
    assert code == command.DIFFERS
    assert "5.00 EUR" in printed


class Forgetful(SandboxGateway):
    """Does not know these payments."""

    lost: tuple[str, ...] = ()

    def list_begun(self, day: str) -> Iterator[Transaction]:
        return (each for each in super().list_begun(day) if each.key not in self.lost)

    def find(self, key: str) -> Transaction | None:
        return None if key in self.lost else super().find(key)


def test_a_payment_that_the_provider_does_not_know_counts_once_the_day_is_closed(both: Side) -> None:
    both.order(1001)
    forgetful = Forgetful(both.records.name, both.records.client, lambda: both.at)
    forgetful.lost = ("1001:submit:authorize:1",)
    both.there = forgetful
    both.now = closes_at(DAY) - 1

    assert both.compared() == []
    assert both.violations() == []
    code, printed = both.printed()
    assert (code, "the day is not closed" in printed) == (command.NOT_CLOSED, True)

    both.now += 1
    assert both.compared() == [(Standing.ONLY_HERE, "1001")]
    (violation,) = both.violations()
    assert (
        "9.95 USD of 2026-07-21 in our records are held, and the payment provider does not know that payment"
        in violation
    )
    assert both.printed()[0] == command.DIFFERS


def test_a_payment_that_the_provider_dates_on_the_next_day_is_not_only_here(both: Side) -> None:
    both.at = NOON + 12 * 3_600 - 1.0  # the last second of DAY
    order, _ = both.order(1001)
    record = both.records.get(
        f"sandbox#{order.hold.transaction_id.removeprefix('sb_')}" if order.hold else "", "transaction"
    )
    assert record
    both.records.put_if("attribute_exists(pk)", {**record, "begun_on": "2026-07-22"})

    assert both.compared() == [(Standing.AGREE, "1001")]


def test_a_hold_that_somebody_voided_at_the_provider(both: Side) -> None:
    _, held = both.order(1001)
    both.there.void(key="by hand", transaction_id=held.transaction_id)

    assert both.compared() == [(Standing.DIFFER, "1001")]
    assert "is recorded as held" in both.violations()[0]


def test_an_invoice_whose_money_somebody_refunded_at_the_provider(both: Side) -> None:
    order, held = both.order(1001)
    capture(both, order, held)
    both.there.refund(key="by hand", transaction_id=held.transaction_id, currency="USD")

    (violation,) = both.violations()

    assert "is paid by it" in violation


def test_what_time_alone_does_is_no_difference(both: Side) -> None:
    both.order(1001)
    both.order(1002, token="ach_later")
    both.at = NOON + 8 * 86_400.0  # the hold lapsed, the debit was taken

    assert {standing for standing, place in both.compared() if place == "1001"} == {Standing.AGREE}


def test_a_payment_from_before_the_ledger_is_held_to_orders_and_invoices_alone(both: Side) -> None:
    both.gateway = both.there  # type: ignore[assignment]
    both.order(1001)

    assert both.compared() == [(Standing.AGREE, "1001")]
    assert "9.95" in both.printed()[1]


def test_sums_stand_by_brand_and_currency_on_both_sides(both: Side) -> None:
    order, held = both.order(1001)
    both.order(1002, brand_id=2)
    both.order(1003, brand_id=2)
    both.there.authorize(key="9:x", token=APPROVED, amount_cents=500, currency="EUR", order_id="9")
    capture(both, order, held)

    lines = [line.replace("│", " ").split() for line in both.printed()[1].splitlines()]

    assert ["1", "USD", "0.00", "0.00", "9.95", "9.95", "0.00", "0.00"] in lines
    assert ["2", "USD", "19.90", "19.90", "0.00", "0.00", "0.00", "0.00"] in lines
    assert ["none", "EUR", "5.00", "0.00", "0.00", "0.00", "0.00", "0.00"] in lines


def test_a_provider_that_does_not_answer_is_no_day_that_agrees(both: Side, monkeypatch: pytest.MonkeyPatch) -> None:
    class Silent(SandboxGateway):
        def list_begun(self, day: str) -> Iterator[Transaction]:
            raise GatewayUnavailableError("no answer")

    quiet = both.stage(Silent(both.records.name, both.records.client))
    monkeypatch.setattr(command, "deployed", lambda stage, options: quiet)
    monkeypatch.setattr(command, "client_options", lambda stage: {})

    assert command.main(["--stage", "dev", "--day", DAY]) == command.NOT_REACHED


@pytest.mark.parametrize("day", ["", "yesterday", "2026-02-30", "2026-7-1"])
def test_a_day_that_is_none_is_refused(day: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(["--stage", "dev", "--day", day])

    assert refused.value.code == 2
    assert "DAY=2026-11-26" in capsys.readouterr().err


def test_a_day_is_closed_some_hours_after_it_ended() -> None:
    assert closes_at(DAY) == NOON + 12 * 3_600 + LAG_SECONDS


def test_a_call_without_an_outcome_is_no_payment_of_the_day(both: Side) -> None:
    with pytest.raises(Exception, match="declined"):
        both.order(1001, token="tok_decline")

    assert [each.outcome for each in EffectLedger(both.records).on_day(DAY)] == [Outcome.DECLINED]
    assert both.compared() == []
