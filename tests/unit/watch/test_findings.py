"""What the nightly check finds stands on the worklist until a pass finds it mended, and no longer."""

from typing import Any

import pytest

from lambdas.orders.model.order import Hold, Order, Wait
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.broken_promises import BrokenPromise, BrokenPromises
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.invoices.invoice import InvoiceKind
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.series import number_sk, series_pk
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from lambdas.watch.check import NIGHT_HOUR, pass_to_continue
from lambdas.watch.findings import Findings
from lambdas.watch.invariants.check import PAGE, Check
from lambdas.watch.invariants.progress import Progress, ProgressRecord
from lambdas.watch.invariants.violation import Promise
from tests.support.build import NOW
from tests.unit.records.builders import a_service_record, an_invoice
from tests.unit.watch.test_check import DAY, HOUR, QUEUE, World, canceled, numbered

NOBODYS = {"21": Wait(token="t", since=NOW, owner="")}
SOMEBODYS = {"21": Wait(token="t", since=NOW, owner="operations")}
FIRST_NIGHT = NOW - NOW % DAY + NIGHT_HOUR * HOUR


class Nights(World):
    """A world that is checked night after night, as the function does it."""

    nights = 0

    def night(self, **how: Any) -> Progress:
        """A whole pass, a day after the last one."""
        self.nights += 1
        self.clock.time = FIRST_NIGHT + self.nights * DAY
        return self.go_on(at_once=False, **how)

    def go_on(self, *, at_once: bool, **how: Any) -> Progress:
        record = ProgressRecord(self.records)
        begun = pass_to_continue(record.read(), self.clock.time, at_once=at_once)
        assert begun is not None
        stage = self.stage()
        findings = Findings(stage, begun)
        given: dict[str, Any] = {"has_time": lambda: True, **how}
        check = Check(
            stage=stage,
            report=findings.report,
            on_lapsing=lambda order: None,
            keep=record.write,
            settle=findings.settle,
            **given,
        )
        return check.run(begun)

    def replace(self, order: Order) -> None:
        self.store.orders[order.order_id] = order

    def listed(self) -> list[BrokenPromise]:
        return sorted(BrokenPromises(self.records).read_all(), key=lambda each: (each.promise, each.place))

    def places(self) -> list[tuple[str, str]]:
        return [(each.promise, each.place) for each in self.listed()]


def test_what_is_found_again_keeps_its_first_day_and_goes_when_it_is_mended(records: RecordTable) -> None:
    world = Nights(records, numbered(1001, waits=NOBODYS), numbered(1002, waits=NOBODYS))

    assert world.night().found == 2
    first = world.listed()
    assert world.night().found == 2
    again = world.listed()

    assert [(each.place, each.promise) for each in again] == [("1001", Promise.OWNER), ("1002", Promise.OWNER)]
    assert [each.first_day for each in again] == [each.first_day for each in first] == [first[0].last_day] * 2
    assert again[0].last_day > again[0].first_day
    assert again[0].what == "wait 21 is nobody's" and "name an owner" in again[0].mend
    world.replace(numbered(1002, waits=SOMEBODYS))
    assert world.night().found == 1
    assert world.places() == [(Promise.OWNER, "1001")]


def test_a_pass_at_once_on_the_same_day_forgets_what_was_mended_since(records: RecordTable) -> None:
    world = Nights(records, numbered(1001, waits=NOBODYS))
    world.night()
    world.replace(numbered(1001, waits=SOMEBODYS))

    assert world.go_on(at_once=True).found == 0

    assert world.listed() == []


def test_a_pass_forgets_nothing_before_it_is_over(records: RecordTable) -> None:
    world = Nights(records, *(numbered(1001 + at, waits=NOBODYS if at == 0 else {}) for at in range(PAGE + 1)))
    world.night()
    world.replace(numbered(1001, waits=SOMEBODYS))

    assert not world.night(has_time=lambda: False).is_over
    assert world.places() == [(Promise.OWNER, "1001")]
    for _ in range(20):
        if world.go_on(at_once=False, has_time=lambda: False).is_over:
            break

    assert world.listed() == []


def test_a_canceled_order_that_is_not_this_nights_turn_is_asked_about_again(records: RecordTable) -> None:
    world = Nights(records, *(canceled(1001 + at) for at in range(2 * PAGE)))
    services = ServiceRecords(records)
    service = a_service_record(service_id="1001001", order_id="1001")
    services.make(service)
    assert world.night(most_canceled=PAGE).found == 1

    after = world.night(most_canceled=PAGE)  # the others' turn

    assert after.found == 1
    assert world.places() == [(Promise.SERVICES, "1001")]
    assert world.listed()[0].last_day == after.day
    world.night(most_canceled=PAGE)
    services.cancel(service)
    world.night(most_canceled=PAGE)
    assert world.listed() == []


def test_a_hold_stays_while_the_gateway_does_not_answer(records: RecordTable) -> None:
    world = Nights(records)
    made = world.gateway.authorize(key="1001:1", token="tok_approve", amount_cents=995, currency="USD", order_id="1001")
    hold = Hold(transaction_id=made.transaction_id, key=made.key, method="card", amount_cents=995, currency="USD")
    world.store.create(canceled(1001, hold=hold), (), NOW)
    StepCounts(records).follow(None, world.store.get("1001"))
    world.night()
    found = world.places()
    assert (Promise.HOLD, "1001") in found
    gateway = world.gateway

    class Silent(SandboxGateway):
        def find(self, key: str) -> Any:
            raise ConnectionError

        def list_begun(self, day: str) -> Any:
            raise ConnectionError

    world.gateway = Silent(records.name, records.client)
    assert world.night().found == len(found)
    assert world.places() == found
    world.gateway = gateway
    gateway.void(key="1001:v", transaction_id=made.transaction_id)
    world.night()
    assert world.listed() == []


def test_money_of_a_day_that_no_pass_looks_at_any_more_stays_until_it_is_given_back(records: RecordTable) -> None:
    world = Nights(records)
    world.gateway = SandboxGateway(records.name, records.client, lambda: FIRST_NIGHT)
    made = world.gateway.authorize(key="1001:1", token="tok_approve", amount_cents=995, currency="USD", order_id="1001")
    for _ in range(6):
        assert world.night().found == 1

    assert world.places() == [(Promise.MATCHED, "1001")]
    world.gateway.void(key="1001:v", transaction_id=made.transaction_id)
    assert world.night().found == 0
    assert world.listed() == []


def test_counts_and_gaps_go_when_they_are_mended(records: RecordTable) -> None:
    world = Nights(records, numbered(1001))
    for number in (1001, 1002):
        InvoiceRecords(records).issue(an_invoice(order_id=str(number)))
    pk = series_pk(1, InvoiceKind.INVOICE)
    gone = records.get(pk, number_sk(1))
    assert gone is not None
    records.client.delete_item(TableName=records.name, Key={"pk": {"S": pk}, "sk": {"S": number_sk(1)}})
    StepCounts(records).correct(9, 2, 5)
    world.night()
    assert world.places() == [(Promise.COUNTS, "queue 9 step 2"), (Promise.GAPLESS, pk)]

    StepCounts(records).correct(9, 2, -5)
    world.night()
    assert world.places() == [(Promise.GAPLESS, pk)]
    assert records.put_new(gone)
    world.night()

    assert world.listed() == []


def test_a_series_that_cannot_be_read_hides_no_gap(records: RecordTable, monkeypatch: pytest.MonkeyPatch) -> None:
    world = Nights(records)
    InvoiceRecords(records).issue(an_invoice())
    pk = series_pk(1, InvoiceKind.INVOICE)
    records.client.delete_item(TableName=records.name, Key={"pk": {"S": pk}, "sk": {"S": number_sk(1)}})
    world.night()

    def fail(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr("lambdas.watch.invariants.check.of_series", fail)
        assert world.night().found == 1

    assert world.places() == [(Promise.GAPLESS, pk)]


def test_an_order_that_is_gone_breaks_no_promise(records: RecordTable) -> None:
    world = Nights(records, numbered(1001, waits=NOBODYS))
    world.night()
    del world.store.orders["1001"]
    StepCounts(records).correct(QUEUE.order_queue_id, 2, -1)

    world.night()

    assert world.listed() == []


def test_a_pass_that_was_overtaken_changes_nothing_that_the_newer_one_found(records: RecordTable) -> None:
    book = BrokenPromises(records)
    newer = BrokenPromise(
        promise="p", place="1001", what="new", mend="m", first_day="2026-11-02", last_day="2026-11-02", pass_begun_at=20
    )
    older = newer.changed(what="old", first_day="2026-11-01", last_day="2026-11-01", pass_begun_at=10)

    assert book.note(older) and book.note(newer)
    assert not book.note(older)
    assert not book.forget(older)

    assert book.read_all() == [newer.changed(first_day="2026-11-01")]
    assert book.forget(book.read_all()[0]) and book.forget(newer)
    assert book.read_all() == []
