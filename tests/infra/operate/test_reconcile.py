"""The order table was restored to a moment: what others know since is taken into account."""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws
from rich.console import Console

from infra.operate.reconcile import MARGIN, REVISIONS, Reconciliation
from lambdas.orders.decisions import progress
from lambdas.orders.decisions.operator import restart
from lambdas.orders.model.executions import Execution, execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.model.waits import MACHINE_WAIT
from lambdas.orders.store import DynamoOrderStore
from lambdas.outbox.announcer import SentEvents, announce
from lambdas.outbox.changes import NoDeadLetters
from lambdas.records.step_counts import StepCounts
from lambdas.records.table import RecordTable
from tests.support.build import NOW, a_submitted_order, an_order, the_default_queue
from tests.support.fakes import FakeBus, FakeMachine
from tests.support.tables import make_order_table, make_table

QUEUE = the_default_queue()
PROCESSING, COMPLETE, CANCELED = 12, 13, 14


class Listed:
    """Step Functions that only lists."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def get_paginator(self, _: str) -> "Listed":
        return self

    def paginate(self, **_: Any) -> list[dict[str, Any]]:
        started = datetime.fromtimestamp(NOW, UTC)
        return [{"executions": [{"name": name, "startDate": started} for name in self.names]}]


class Stage:
    def __init__(self) -> None:
        client = boto3.client("dynamodb", region_name="us-east-1")
        self.orders = DynamoOrderStore(make_order_table(client, "orders"), client)
        self.counts = StepCounts(RecordTable(make_table(client, "records"), client))
        self.machine, self.bus = FakeMachine(), FakeBus()

    def put(self, *orders: Order) -> None:
        for order in orders:
            self.orders.create(order, (), NOW)

    def tell(self, records: Sequence[dict[str, Any]]) -> bool:
        return announce(records, self.bus, {"counts": self.counts}, NoDeadLetters(), SentEvents()) == []

    def run(self, *names: str) -> tuple[int, str]:
        said = io.StringIO()
        machine: Any = self.machine
        command = Reconciliation(
            orders=self.orders,
            machine=machine,
            counts=self.counts,
            step_functions=Listed(*names),
            machines={"1": "arn"},
            queues={1: QUEUE},
            send=self.tell,
            now=NOW + restart.STARTS_WITHIN_SECONDS,
        )
        return command.run(Console(file=said, width=200)), said.getvalue()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with mock_aws():
        yield Stage()


def test_numbers_that_were_given_are_not_given_again(stage: Stage) -> None:
    stage.orders.new_order_id()

    assert stage.run("order-1500", "by-hand", execution_name(an_order(order_id="1400")))[0] == 0
    assert int(stage.orders.new_order_id()) == 1500 + MARGIN + 1
    stage.run("order-1500")
    assert int(stage.orders.new_order_id()) == 1500 + MARGIN + 2


def test_an_order_whose_execution_went_on_shows_it_and_can_be_restarted(stage: Stage) -> None:
    gone_on, running, lead = a_submitted_order(), a_submitted_order(order_id="1002"), an_order(order_id="1003")
    stage.put(gone_on, running, lead)
    name = execution_name(gone_on)
    stage.machine.ended[name] = Execution(name=name, status="SUCCEEDED", started_at=NOW)
    stage.machine.started.append("1002")

    code, said = stage.run()

    assert (code, "1 have no execution: 1001" in said) == (0, True), said
    marked = stage.orders.get("1001")
    assert "came to its end before" in marked.machine_stopped_because.replace("had come", "came")
    assert marked.waits[MACHINE_WAIT].owner == restart.OWNER
    assert restart.restarted(marked, QUEUE, by="ann", now=NOW).machine_run == 2
    assert stage.orders.get("1002").machine_stopped_at is None
    assert (stage.orders.get("1002").revision, stage.orders.get("1003").revision) == (1 + REVISIONS, 1)


def test_counts_are_those_of_the_orders_that_are_there(stage: Stage) -> None:
    """One had come to Complete, one was made after the moment; the counts know both."""
    restored, vanished = a_submitted_order(), progress.canceled(an_order(order_id="1009"), now=NOW, because="x")
    stage.counts.follow(None, restored.changed(step_id=COMPLETE, revision=40))
    stage.counts.follow(None, vanished)
    stage.put(restored)
    stage.machine.started.append("1001")

    for _ in range(2):
        assert stage.run()[0] == 0
        counted = {step: count for step, count in stage.counts.of_queue(1).items() if count}
        assert counted == {PROCESSING: 1}
    assert stage.bus.accepted == []
    after = stage.orders.get("1001")
    stage.counts.follow(after, after.changed(step_id=COMPLETE, revision=after.revision + 1))
    assert stage.counts.of_queue(1)[COMPLETE] == 1
