"""A shop whose orders failed, and the machine of bulk runs, whose work a test does itself."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from lambdas.bulk.pages import PageUnfinished, PageWork
from lambdas.bulk.run_records import RunRecords
from lambdas.bulk.worker import end
from lambdas.orders.decisions import claims, outcomes
from lambdas.orders.model.order import Order, Wait
from lambdas.orders.store import save
from lambdas.runtime import aws
from tests.support.build import CARD, CONTACT, NOW
from tests.unit.api.conftest import INSTALLED, Answer, Caller, make_bulk_machine

PACK = {"pack1": {"plan_id": "1", "period": 1}}
CLIENT, SERVICES, INVOICE = 101, 102, 103


@dataclass
class Desk:
    """`paused_seconds`: how long the work waited between orders."""

    caller: Caller
    states: Any
    machine: str
    paused_seconds: list[float] = field(default_factory=list)

    def order(self, **changes: Any) -> str:
        """A submitted order of one plan, whose money is held."""
        sent = {"order_queue_id": 1, "info": {**CONTACT, **CARD, **PACK}, **changes}
        made = str(self.caller.call("order.create", sent).body["order_id"])
        assert self.caller.call("order.submit", {"order_id": made}).status == 200
        return made

    def failed(self, action_id: int = CLIENT) -> str:
        """An order of which this action failed, and waits."""
        made = self.order()
        self.fail(made, action_id)
        return made

    def fail(self, order_id: str, action_id: int = CLIENT) -> None:
        def change(order: Order) -> Order:
            for before in range(CLIENT, action_id):
                order = outcomes.done(order, before, now=NOW, reason="", result={})
            running = claims.claimed(order, action_id, claim="c", now=NOW, ends_at=NOW + 60)
            stuck = outcomes.failed(running, action_id, now=NOW, reason="the panel is down")
            wait = Wait(token="t", since=NOW, due_at=NOW + 3600, owner="operations")
            return stuck.changed(waits={**stuck.waits, str(action_id): wait}, changed_by="", changed_how="action")

        self.change(order_id, change)

    def change(self, order_id: str, change: Any) -> Order:
        store = self.caller.api.backend.service.store
        return save(store, store.get(order_id), change)

    def row(self, order_id: str) -> Order:
        return self.caller.api.backend.service.store.get(order_id)

    def preview(self, **parameters: Any) -> dict[str, Any]:
        answer = self.caller.call("order.bulk_preview", parameters)
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def run(self, preview: dict[str, Any], reason: str = "the panel is back") -> Answer:
        return self.caller.call("order.bulk_run", {"preview": preview["preview"], "reason": reason})

    def begun(self, preview: dict[str, Any]) -> str:
        answer = self.run(preview)
        assert answer.status == 200, answer.body
        return str(answer.body["bulk_run_id"])

    def report(self, run_id: str, **parameters: Any) -> dict[str, Any]:
        answer = self.caller.call("order.bulk_get", {"bulk_run_id": run_id, **parameters})
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def inputs(self) -> list[dict[str, Any]]:
        """Of all executions, the latest first."""
        found = self.states.list_executions(stateMachineArn=self.machine)["executions"]
        described = (self.states.describe_execution(executionArn=each["executionArn"]) for each in found)
        return [json.loads(each["input"]) for each in described]

    def work(self, *, time_for: int = 1_000_000, **parts: Any) -> PageWork:
        backend = self.caller.api.backend
        left = iter(range(time_for))
        return PageWork(
            service=parts.pop("service", backend.service),
            runs=parts.pop("runs", RunRecords(backend.records)),
            users=self.caller.api.users,
            now=backend.service.now,
            has_time=lambda: next(left, None) is not None,
            pause=self.paused_seconds.append,
            **parts,
        )

    def carry_out(self, run_id: str) -> dict[str, Any]:
        """As the machine does: every page, then the end."""
        run = RunRecords(self.caller.api.backend.records).find(run_id)
        assert run is not None
        for number in range(run.pages):
            try:
                self.work().act_on_page(run_id, number)
            except PageUnfinished:
                continue
        self.end(run_id, run.starts)
        return self.report(run_id)

    def end(self, run_id: str, start: int = 1) -> None:
        end(RunRecords(self.caller.api.backend.records), run_id, start, NOW)

    def stop_executions(self) -> None:
        for each in self.states.list_executions(stateMachineArn=self.machine, statusFilter="RUNNING")["executions"]:
            self.states.stop_execution(executionArn=each["executionArn"])


@pytest.fixture
def desk(caller: Caller, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    aws._client.cache_clear()
    make_bulk_machine()
    monkeypatch.setenv("BULK_MACHINE", INSTALLED["BULK_MACHINE"])
    yield Desk(caller, aws.step_functions(), INSTALLED["BULK_MACHINE"])
    aws._client.cache_clear()
