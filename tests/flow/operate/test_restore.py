"""Rows of orders in many steps are deleted, rolled back, spoiled. A restore to a moment fixes them, and all are charged once."""

import io
import time
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import httpx
import pytest
from rich.console import Console

from infra.local.play.scenes import SCENES
from infra.operate.deployed_stage import output_of
from infra.operate.redrive import readers_of
from infra.operate.restore.__main__ import restoring_of
from infra.operate.restore.walks import Walks
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateway import TransactionState
from lambdas.records.invoices.invoice import InvoiceStatus
from lambdas.redrive.redriving import redrive
from tests.faults.people import next_deed
from tests.flow.conftest import Shop, new_client_order, until

pytestmark = pytest.mark.engine
SERVER = SCENES["dedicated_server"]
FINISHED_WITHIN_SECONDS = 180.0
Row = dict[str, Any]


@dataclass
class Desk:
    """People who drive orders, and a hand that damages rows."""

    shop: Shop
    options: dict[str, Any]
    orders: list[str] = field(default_factory=list)

    def new(self, **info: Any) -> str:
        order_id = str(self.shop.done("order.create", new_client_order(**info))["order_id"])
        self.orders.append(order_id)
        return order_id

    def server(self) -> str:
        order_id = str(self.shop.done("order.create", SERVER.order(3))["order_id"])
        self.orders.append(order_id)
        self.submit(order_id)
        return order_id

    def submit(self, order_id: str) -> None:
        self.shop.done("order.submit", {"order_id": order_id})

    def order(self, order_id: str) -> Order:
        return DynamoOrderStore(self.shop.stack.order_table, self.shop.dynamodb).get(order_id)

    def drive(self, order_id: str, to: str = "") -> None:
        """As its people do, until it waits at the action, or until it has ended."""

        def act() -> bool | None:
            order = self.order(order_id)
            waits = {order.actions[key].name for key in order.waits if key in order.actions}
            if order.is_final or (to and to in waits):
                return True
            if deed := next_deed(order, SERVER):
                login = self.shop.stack.people[deed.who] if deed.who else None
                auth = (login[0], login[1]) if login else httpx.USE_CLIENT_DEFAULT
                self.shop.http.post(f"/{deed.method}", json={"order_id": order_id, **deed.parameters}, auth=auth)
            return None

        until(f"order {order_id} at {to or 'its end'}", act, FINISHED_WITHIN_SECONDS)

    def still(self, order_ids: list[str]) -> int | None:
        """A moment before and after which the rows are the same; None if the machines were still at work."""
        before = [self.row(order_id) for order_id in order_ids]
        moment = a_moment()
        is_same = before == [self.row(order_id) for order_id in order_ids]
        return moment if is_same and not any(self.has_moved(order_id, moment) for order_id in order_ids) else None

    def has_moved(self, order_id: str, since: int) -> bool:
        """Whether the execution of an order of a server did anything since, be it only a branch that says nothing on the row."""
        walks = Walks(self.shop.step_functions, {"3": self.shop.stack.machines["dedicated_server"]})
        (walk,) = walks.of(self.order(order_id))
        return walks.latest_event_at(walk) >= since

    def row(self, order_id: str) -> Row:
        return self.shop._item(order_id)

    def rows_of(self, order_id: str) -> list[Row]:
        """Its row and its keys."""
        pages = self.shop.dynamodb.get_paginator("scan").paginate(TableName=self.shop.stack.order_table)
        rows = (row for page in pages for row in page["Items"])
        return [row for row in rows if order_id in (row["pk"]["S"], row.get("order_id", {}).get("S"))]

    def delete(self, *order_ids: str) -> None:
        for row in (row for order_id in order_ids for row in self.rows_of(order_id)):
            key = {name: row[name] for name in ("pk", "sk")}
            self.shop.dynamodb.delete_item(TableName=self.shop.stack.order_table, Key=key)

    def put(self, row: Row) -> None:
        self.shop.dynamodb.put_item(TableName=self.shop.stack.order_table, Item=row)

    def spoil(self, order_id: str) -> None:
        self.put({**self.row(order_id), "step_status": {"S": "nonsense"}})

    def restore(self, at: int, execute: str, *only: str) -> tuple[int, str]:
        said = io.StringIO()
        console = Console(file=said, width=300)
        found = restoring_of("local", at, only or self.orders, self.options, console)
        new = replace(found.findings.new, pause=partial(_tick, 0.05))
        return replace(found, findings=replace(found.findings, new=new)).take(execute), said.getvalue()


def _tick(seconds: float, _: float) -> None:
    time.sleep(seconds)


def a_moment() -> int:
    """A second in which nothing of these orders was written, and that can be restored to."""
    before = int(time.time())
    moment = until("the next second", lambda: int(time.time()) if int(time.time()) > before else None)
    until("the moment is over", lambda: True if int(time.time()) > moment else None)
    return moment


@pytest.fixture
def desk(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Desk:
    for name, value in shop.engine.environment().items():
        monkeypatch.setenv(name, value)
    return Desk(shop, shop.engine.client_options())


@pytest.mark.slow
def test_damaged_orders_come_back_where_they_were_and_are_charged_once(desk: Desk, shop: Shop) -> None:
    complete, complete_later, submitted_later = desk.new(), desk.new(cc_token="tok_approve"), desk.new()
    canceled_later = desk.new(cc_token="tok_capture_fails")
    desk.submit(complete)
    desk.submit(canceled_later)
    desk.drive(complete)
    shop.until_action(canceled_later, "Generate Invoice", "waiting")
    standing, rolled_back, spoiled, billed_later, gone_on = servers = [desk.server() for _ in range(5)]
    for order_id in servers:
        desk.drive(order_id, to="Rack and Cable")
    early = desk.row(rolled_back)
    at = until("a moment at which nobody moves", lambda: desk.still(servers))

    desk.submit(complete_later)
    desk.drive(complete_later)
    desk.submit(submitted_later)
    desk.drive(submitted_later)
    shop.done("order.cancel", {"order_id": canceled_later})
    shop.until_unwound(canceled_later)
    desk.drive(billed_later, to="Client Confirms")
    desk.drive(rolled_back, to="QA Checklist")
    desk.drive(gone_on, to="QA Checklist")
    desk.new()
    created_later = desk.orders[-1]
    desk.submit(created_later)
    desk.drive(created_later)
    known = {order_id: desk.order(order_id) for order_id in desk.orders}
    until("history has heard of all", lambda: all(heard(shop, order_id) for order_id in desk.orders) or None)
    services = shop.dynamodb.query(
        TableName=shop.stack.record_table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"services#{known[complete].client_id}"}},
    )["Items"]
    before_damage = a_moment()
    standing_moved = desk.has_moved(standing, at)  # as it may on a busy machine

    desk.delete(complete, complete_later, submitted_later, standing, billed_later, created_later, canceled_later)
    shop.dynamodb.delete_item(TableName=shop.stack.record_table, Key={name: services[0][name] for name in ("pk", "sk")})
    desk.put(early)
    desk.spoil(spoiled)

    code, said = desk.restore(at, "")
    assert (code, "nothing was changed; EXECUTE=tables" in said) == (0, True), said
    assert f"1 orders have an execution and no row: {created_later}" in said or created_later in said
    code, said = desk.restore(at, "tables")
    assert code == 1, said
    damaged = {complete, complete_later, submitted_later, standing, billed_later, canceled_later, rolled_back, spoiled}
    for order_id in damaged:
        assert f"order {order_id}: would be fixed" in said, said
    assert f"order {gone_on}:" not in said
    assert not desk.rows_of(complete)

    code, said = desk.restore(at, "fix")
    assert (code, f"{created_later} (submitted" in said) == (1, True), said
    code, said = desk.restore(before_damage, "fix")
    assert (code, "all payments since then agree" in said) == (0, True), said
    redrive(readers_of("local", desk.options), lambda _: None)

    assert [service["sk"] for service in services] == [each["sk"] for each in services_of(shop, known[complete])]
    as_before = {order_id for order_id, order in known.items() if order.is_final} | {gone_on}
    came_back_as_they_were(desk, known, as_before if standing_moved else as_before | {standing})
    assert desk.order(standing).machine_run == 1 + standing_moved
    for order_id in servers:
        desk.drive(order_id)
        assert desk.order(order_id).completed_at, order_id
    payments = [each for each in shop.gateway.list_begun(today()) if each.order_id in desk.orders]
    assert sorted(each.order_id for each in payments) == sorted(desk.orders)
    for payment in payments:
        order = desk.order(payment.order_id)
        if order.order_id == canceled_later:
            assert payment.state is TransactionState.VOIDED
            continue
        invoice = shop.invoices.of_order(order.order_id)
        assert invoice is not None
        assert (payment.state, payment.amount_cents) == (TransactionState.CAPTURED, invoice.owed_cents)
        assert (invoice.status, invoice.transaction_id) == (InvoiceStatus.PAID, payment.transaction_id)
    code, said = desk.restore(before_damage, "tables")
    assert (code, "all payments since then agree" in said) == (0, True), said
    assert output_of("local", "OrderTable", desk.options) == shop.stack.order_table


def came_back_as_they_were(desk: Desk, known: dict[str, Order], as_before: set[str]) -> None:
    """All by their links, and these in each value."""
    for order_id, before in known.items():
        assert desk.shop.done("order.get", {"hash": before.hash})["order_id"] == order_id
        if order_id in as_before:
            assert difference(before, desk.order(order_id)) == {}, order_id


def difference(before: Order, after: Order) -> dict[str, tuple[Any, Any]]:
    """But for what a row that is put back has anew."""
    sides = [each.model_dump(exclude={"revision", "activity", "looked_at", "looks"}) for each in (before, after)]
    return {name: (sides[0][name], sides[1][name]) for name in sides[0] if sides[0][name] != sides[1][name]}


def heard(shop: Shop, order_id: str) -> bool:
    page = shop.done("order.history", {"order_id": order_id})
    return bool(page["recorded_revision"] == page["revision"])


def services_of(shop: Shop, order: Order) -> list[Row]:
    found = shop.dynamodb.query(
        TableName=shop.stack.record_table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"services#{order.client_id}"}},
    )
    return list(found["Items"])


def today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())
