"""Compiled machines on the engine, over a table of their own, with deadlines short enough to wait for."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import boto3
import pytest

from infra.local.engine_process import ACCOUNT_ID, LocalEngine
from lambdas.orders.machine import Answer, StepFunctionsMachine
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.model.queue import Queue
from lambdas.orders.store import DynamoOrderStore, save
from lambdas.runtime.items import from_item, to_item
from statemachines.__main__ import machine_of
from statemachines.compiler import to_json
from statemachines.modules import read_modules
from tests.support.tables import make_table

T = TypeVar("T")
ROLE = f"arn:aws:iam::{ACCOUNT_ID}:role/machine"


@dataclass
class Bench:
    """One machine and its table."""

    engine: LocalEngine
    table: str
    arn: str
    order_queue_id: int

    @property
    def orders(self) -> DynamoOrderStore:
        return DynamoOrderStore(self.table, boto3.client("dynamodb", **self.engine.client_options()))

    @property
    def step_functions(self) -> Any:
        return boto3.client("stepfunctions", **self.engine.client_options())

    def start(self, order: Order) -> str:
        self.orders.create(order, (), order.ts)
        self.begin(order)
        return order.order_id

    def begin(self, order: Order) -> None:
        """Begin the order's execution as the relay does, however the order is by now."""
        StepFunctionsMachine({str(self.order_queue_id): self.arn}, client=self.step_functions).start(order)

    def answer(self, token: str, answer: Answer) -> None:
        StepFunctionsMachine({}, client=self.step_functions).answer(token, answer)

    def changed(self, order_id: str, decision: Callable[[Order], Order]) -> Order:
        """The order as decided and saved. No relay answers the waits that this ends."""
        return save(self.orders, self.orders.get(order_id), decision)

    def until(self, what: str, ask: Callable[[Order], T | None], order_id: str) -> T:
        deadline = time.monotonic() + 30
        while (found := ask(self.orders.get(order_id))) is None:
            assert time.monotonic() < deadline, f"{what} did not happen: {self.orders.get(order_id)}"
            time.sleep(0.02)
        return found

    def execution_arn(self, order_id: str) -> str:
        name = execution_name(self.orders.get(order_id))
        return self.arn.replace(":stateMachine:", ":execution:") + f":{name}"

    def item(self, order_id: str) -> dict[str, Any]:
        """The order as it is stored, with what its indexes live on."""
        client = boto3.client("dynamodb", **self.engine.client_options())
        return from_item(client.get_item(TableName=self.table, Key=to_item({"pk": order_id, "sk": "order"}))["Item"])

    def entered(self, order_id: str) -> list[str]:
        arn = self.execution_arn(order_id)
        history = self.step_functions.get_execution_history(executionArn=arn, maxResults=1000)["events"]
        return [event["stateEnteredEventDetails"]["name"] for event in history if "stateEnteredEventDetails" in event]

    def ended(self, order_id: str) -> str:
        arn = self.execution_arn(order_id)
        deadline = time.monotonic() + 30
        while (status := self.step_functions.describe_execution(executionArn=arn)["status"]) == "RUNNING":
            assert time.monotonic() < deadline, f"still running: {self.entered(order_id)}"
            time.sleep(0.02)
        return str(status)


BenchOf = Callable[..., Bench]


@pytest.fixture
def bench_of(deployed_engine: LocalEngine) -> BenchOf:
    """Puts a queue's machine on the engine; `seconds` replaces the time-outs of states by name."""

    def make(queue: Queue, *, seconds: dict[str, int], functions: dict[str, str] | None = None) -> Bench:
        number = secrets.token_hex(4)
        options = deployed_engine.client_options()
        table = make_table(boto3.client("dynamodb", **options), f"machine-orders-{number}")
        compiled = json.loads(machine_of(queue, read_modules()))
        _shorten(compiled["States"], seconds)
        definition = to_json(compiled).replace("${OrderTable}", table)
        for module, arn in (functions or {}).items():
            definition = definition.replace(f"${{{module}}}", arn)
        made = boto3.client("stepfunctions", **options).create_state_machine(
            name=f"machine-{number}", definition=definition, roleArn=ROLE
        )
        return Bench(deployed_engine, table, made["stateMachineArn"], queue.order_queue_id)

    return make


def _shorten(states: dict[str, Any], seconds: dict[str, int]) -> None:
    for name, state in states.items():
        if name in seconds:
            state["TimeoutSeconds"] = seconds[name]
        for branch in state.get("Branches", []):
            _shorten(branch["States"], seconds)
