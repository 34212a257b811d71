"""The nightly check: each broken promise is found once, named with its place and what to do, and nothing else is."""

from typing import Any

import pytest

from lambdas.orders.decisions import progress
from lambdas.orders.model.checklist import ActionState
from lambdas.orders.model.executions import Execution, execution_name
from lambdas.orders.model.order import Hold, Order, Wait
from lambdas.orders.model.queue import Queue
from lambdas.orders.table.entries import FoundOrder, UnreadableOrder
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.service import ServiceRecords, ServiceStatus
from lambdas.records.invoices.invoice import InvoiceKind
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.invoices.series import Series, series_pk
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from lambdas.watch.check import NIGHT_HOUR, pass_to_continue
from lambdas.watch.invariants.check import PAGE, Check
from lambdas.watch.invariants.progress import Progress, ProgressRecord
from lambdas.watch.invariants.stage import Stage
from lambdas.watch.invariants.violation import Promise, Violation
from tests.support.build import NOW, Clock, a_queue, a_submitted_order, an_order
from tests.support.fakes import FakeMachine, InMemoryOrderStore
from tests.unit.records.builders import a_service_record, an_invoice

HOUR, DAY = 3_600, 86_400
LATER = NOW + 2 * HOUR
QUEUE = a_queue()


class World:
    """Orders with their counts and running executions; `check` walks them."""

    def __init__(self, records: RecordTable, *orders: Order, queue: Queue = QUEUE) -> None:
        self.records, self.store, self.machine = records, InMemoryOrderStore(), FakeMachine()
        self.gateway = SandboxGateway(records.name, records.client)
        self.found: list[Violation] = []
        self.lapsing: list[str] = []
        self.pauses: list[float] = []
        self.running = {execution_name(order) for order in orders}
        self.queue, self.clock = queue, Clock(LATER)
        for order in orders:
            self.store.create(order, (), NOW)
            StepCounts(records).follow(None, order)

    def stage(self) -> Stage:
        return Stage(
            orders=self.store,
            executions=self.machine,
            running=lambda: frozenset(self.running),
            records=self.records,
            gateway=self.gateway,
            queues={self.queue.order_queue_id: self.queue},
            now=self.clock,
            pause=self.pauses.append,
        )

    def check(self, begin: Progress | None = None, **how: Any) -> Progress:
        given: dict[str, Any] = {"has_time": lambda: True, "keep": lambda progress: progress, **how}
        return Check(
            stage=self.stage(),
            report=self.found.append,
            on_lapsing=lambda order: self.lapsing.append(order.order_id),
            **given,
        ).run(begin or Progress(is_over=False))

    def promises(self) -> list[tuple[Promise, str]]:
        return [(each.promise, each.place) for each in self.found]


def numbered(number: int, **changes: Any) -> Order:
    return a_submitted_order(QUEUE, order_id=str(number), hash=f"0a1b2-c3d4e-{number}", **changes)


def canceled(number: int, **changes: Any) -> Order:
    return progress.canceled(numbered(number, client_id="101"), now=NOW, because="x").changed(
        **{"unwound_at": NOW, "waits": {}, **changes}
    )


def test_where_all_is_well_nothing_is_found(records: RecordTable) -> None:
    waiting = Wait(token="t", since=NOW, due_at=NOW + DAY, owner="operations")
    world = World(records, numbered(1001, waits={"21": waiting}), canceled(1002), an_order(QUEUE, order_id="1003"))
    InvoiceRecords(records).issue(an_invoice())

    after = world.check()

    assert (world.found, after.is_over, after.found, after.checked) == ([], True, 0, 2)
    assert after.oldest_wait_seconds == 2 * HOUR


def test_an_order_without_its_execution_is_found_and_one_that_says_so_is_not(records: RecordTable) -> None:
    lost, stopped, ended = numbered(1001), numbered(1002, machine_stopped_at=NOW), numbered(1003)
    world = World(records, lost, stopped, ended)
    world.running = set()
    name = execution_name(ended)
    world.machine.ended[name] = Execution(name=name, status="ABORTED", started_at=NOW)

    world.check()

    assert world.promises() == [(Promise.EXECUTION, "1001"), (Promise.EXECUTION, "1003")]
    assert world.found[0].mend == "order.restart"


def test_a_start_that_is_on_its_way_is_no_loss(records: RecordTable) -> None:
    world = World(records, numbered(1001))
    world.running, world.clock.time = set(), NOW + 60

    world.check()

    assert world.found == []


@pytest.mark.parametrize("owner", ["", "  "])
def test_a_wait_that_is_nobodys_is_found(records: RecordTable, owner: str) -> None:
    world = World(records, numbered(1001, waits={"21": Wait(token="t", since=NOW, owner=owner)}))

    world.check()

    assert world.promises() == [(Promise.OWNER, "1001")]


@pytest.mark.parametrize("state", [ActionState.WAITING, ActionState.FAILED])
def test_an_action_that_stands_and_asks_nobody_is_found_after_an_hour(records: RecordTable, state: ActionState) -> None:
    order = numbered(1001)
    action = order.actions["21"].changed(state=state)
    world = World(records, order.changed(actions={**order.actions, "21": action}))

    world.check()
    assert world.promises() == [(Promise.ASKED, "1001")]
    world.found.clear()
    world.clock.time = NOW + HOUR - 1
    world.check()
    assert world.found == []


def test_money_that_is_held_for_a_canceled_order_is_found_by_asking_the_gateway(records: RecordTable) -> None:
    world = World(records)
    for number, ends in ((1001, "held"), (1002, "voided")):
        made = world.gateway.authorize(
            key=f"{number}:1", token="tok_approve", amount_cents=995, currency="USD", order_id=str(number)
        )
        if ends == "voided":
            world.gateway.void(key=f"{number}:v", transaction_id=made.transaction_id)
        hold = Hold(transaction_id=made.transaction_id, key=made.key, method="card", amount_cents=995, currency="USD")
        world.store.create(canceled(number, hold=hold), (), NOW)
        StepCounts(records).follow(None, world.store.get(str(number)))

    world.check()

    assert world.promises() == [(Promise.HOLD, "1001")]
    assert "sb_" not in world.found[0].line  # no number of a transaction in logs


def test_one_run_that_has_time_walks_many_pages(records: RecordTable) -> None:
    world = World(records, *(numbered(1001 + at) for at in range(2 * PAGE + 1)))
    record = ProgressRecord(records)
    begin = record.write(Progress(day="2026-11-27", is_over=False))

    after = world.check(begin, keep=record.write)

    assert (after.is_over, after.checked) == (True, 2 * PAGE + 1)


def test_money_that_no_order_knows_is_found_when_its_day_is_over(records: RecordTable) -> None:
    world = World(records)
    world.gateway = SandboxGateway(records.name, records.client, lambda: LATER)
    world.gateway.authorize(key="1001:1", token="tok_approve", amount_cents=995, currency="USD", order_id="1001")

    world.check()
    assert world.found == []
    world.clock.time = LATER + DAY
    world.check()

    assert world.promises() == [(Promise.MATCHED, "1001")]


def test_a_live_service_of_an_unwound_order_is_found_and_of_one_that_unwinds_is_not(records: RecordTable) -> None:
    world = World(records, canceled(1001), canceled(1002, unwound_at=None), canceled(1003))
    services = ServiceRecords(records)
    for number in ("1001", "1002"):
        services.make(a_service_record(service_id=f"{number}001", order_id=number))
    services.make(a_service_record(service_id="1003001", order_id="1003", status=ServiceStatus.CANCELED))

    world.check()

    assert world.promises() == [(Promise.SERVICES, "1001")]
    assert "1001001" in world.found[0].what


def test_a_wrong_count_is_found_if_it_stays_wrong(records: RecordTable) -> None:
    world = World(records, numbered(1001), numbered(1002))
    StepCounts(records).correct(9, 2, 5)

    world.check()

    assert world.promises() == [(Promise.COUNTS, "queue 9 step 2")]
    assert "7 are counted, and there are 2" in world.found[0].what


def test_a_count_that_catches_up_is_right(records: RecordTable) -> None:
    world = World(records, numbered(1001))
    StepCounts(records).correct(9, 2, -1)
    stage_pause = world.pauses

    def catch_up(seconds: float) -> None:
        stage_pause.append(seconds)
        StepCounts(records).correct(9, 2, 1)

    world.pauses = type("Pauses", (), {"append": staticmethod(catch_up)})()
    world.check()

    assert (world.found, len(stage_pause)) == ([], 1)


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_number_that_is_missing_in_a_series_is_found(records: RecordTable, gone: int) -> None:
    for number in (1001, 1002, 1003):
        InvoiceRecords(records).issue(an_invoice(order_id=str(number)))
    pk = series_pk(1, InvoiceKind.INVOICE)
    records.client.delete_item(TableName=records.name, Key={"pk": {"S": pk}, "sk": {"S": f"number#{gone:09d}"}})
    world = World(records)

    world.check()

    assert world.promises() == [(Promise.GAPLESS, pk)]
    assert world.found[0].what == f"missing: {gone}"


def test_a_number_that_is_on_its_way_is_no_gap(records: RecordTable) -> None:
    series = Series(records, series_pk(1, InvoiceKind.INVOICE), lambda: NOW)
    series.take("somebody's", NOW)
    InvoiceRecords(records).issue(an_invoice())
    world = World(records)

    world.check()

    assert world.found == []


def test_an_unreadable_order_is_found_and_holds_up_no_other(records: RecordTable) -> None:
    world = World(records, numbered(1001), numbered(1002, waits={"21": Wait(token="t", since=NOW, owner="")}))

    class Broken(InMemoryOrderStore):
        def get_many(self, order_ids: Any) -> list[FoundOrder]:
            found = super().get_many(order_ids)
            return [UnreadableOrder(order_id="1001", why="x") if o.order_id == "1001" else o for o in found]

    broken = Broken()
    broken.orders = world.store.orders
    world.store = broken

    world.check()

    assert world.promises() == [(Promise.READABLE, "1001"), (Promise.OWNER, "1002")]


def test_a_gateway_that_does_not_answer_stops_no_other_question(records: RecordTable) -> None:
    hold = Hold(transaction_id="t", key="k", method="card", amount_cents=995, currency="USD")
    world = World(records, canceled(1001, hold=hold), canceled(1002))
    ServiceRecords(records).make(a_service_record(service_id="1002001", order_id="1002"))

    def fail(key: str) -> None:
        raise ConnectionError

    world.gateway.find = fail  # type: ignore[method-assign]
    after = world.check()

    assert after.is_over
    assert world.promises() == [(Promise.SERVICES, "1002")]


@pytest.mark.parametrize(
    ("left", "captured", "lapses"), [(-1, False, True), (DAY, False, True), (3 * DAY, False, False), (DAY, True, False)]
)
def test_a_hold_that_lapses_before_it_is_captured_is_named(
    records: RecordTable, left: int, captured: bool, lapses: bool
) -> None:
    gateway = SandboxGateway(records.name, records.client)
    made = gateway.authorize(key="k", token="tok_approve", amount_cents=995, currency="USD", order_id="1001")
    hold = Hold(
        transaction_id=made.transaction_id,
        key="k",
        method="card",
        amount_cents=995,
        currency="USD",
        captured=captured,
        capture_before=LATER + left,
    )
    world = World(records, numbered(1001, hold=hold))

    after = world.check()

    assert (world.lapsing, after.lapsing, world.found) == (["1001"] if lapses else [], int(lapses), [])


def test_a_pass_over_many_orders_is_continued_and_finds_each_thing_once(records: RecordTable) -> None:
    nobodys = {"21": Wait(token="t", since=NOW, owner="")}
    orders = [numbered(1001 + at, waits=nobodys if at % 50 == 0 else {}) for at in range(2 * PAGE + 50)]
    world = World(records, *orders)
    record, runs = ProgressRecord(records), 0
    begin = record.write(Progress(day="2026-11-27", is_over=False))
    assert begin is not None
    while not begin.is_over:
        begin = world.check(record.read(), has_time=lambda: False, keep=record.write)
        runs += 1
        assert runs < 50

    assert runs > 3
    assert [place for _, place in world.promises()] == [str(1001 + at) for at in range(0, 250, 50)]
    assert (begin.checked, begin.found) == (250, 5)
    assert record.read() == begin


def test_canceled_orders_are_looked_at_in_turn(records: RecordTable) -> None:
    world = World(records, *(canceled(1001 + at) for at in range(2 * PAGE)))
    ServiceRecords(records).make(a_service_record(service_id="1150001", order_id="1150"))

    first = world.check(most_canceled=PAGE)
    assert world.found == []
    second = world.check(Progress(is_over=False, canceled_behind=first.canceled_behind), most_canceled=PAGE)

    assert world.promises() == [(Promise.SERVICES, "1150")]
    third = world.check(Progress(is_over=False, canceled_behind=second.canceled_behind), most_canceled=PAGE)
    assert third.canceled_behind == {}  # none is left: the next pass begins at the first one
    assert world.check(Progress(is_over=False), most_canceled=PAGE).canceled_behind == first.canceled_behind


def test_two_runs_at_once_are_one(records: RecordTable) -> None:
    record = ProgressRecord(records)
    known = record.write(Progress(is_over=False))
    assert known is not None
    assert record.write(known) is not None

    assert record.write(known) is None
    world = World(records, numbered(1001))
    assert not world.check(known, keep=record.write).is_over


def test_a_pass_begins_once_a_night_and_an_unfinished_one_is_continued() -> None:
    midnight = NOW - NOW % DAY
    over = Progress(day="2000-01-01")
    begun = pass_to_continue(over, midnight + NIGHT_HOUR * HOUR, at_once=False)

    assert begun is not None and not begun.is_over
    assert pass_to_continue(over, midnight + NIGHT_HOUR * HOUR - 1, at_once=False) is None
    assert pass_to_continue(begun, midnight, at_once=False) == begun
    done = begun.model_copy(update={"is_over": True})
    assert pass_to_continue(done, midnight + 20 * HOUR, at_once=False) is None
    assert pass_to_continue(done, midnight + DAY + 3 * HOUR, at_once=False) is not None
    at_once = pass_to_continue(done, midnight + 20 * HOUR, at_once=True)
    assert at_once is not None and at_once.checked == 0
