"""A deployed stack whose functions can be made to die, and a caller of its API who asks again when no answer comes."""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import boto3
import httpx

from infra.local_engine import REPOSITORY, LocalEngine
from infra.local_stack import LocalStack
from lambdas.orders.queue import StepStatus
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.gateway import TransactionState
from lambdas.runtime.items import from_item
from tests.archive import PRODUCT, zipped
from tests.fault_points import switch

FUNCTION_SECONDS = 3  # a claim lapses five seconds after its function's time-out, so this makes lapses short
ORDER: dict[str, Any] = {
    "order_queue_id": 1,
    "info": {
        "first": "Ada",
        "last": "Lovelace",
        "email": "ada@example.com",
        "payment_type": "cc",
        "cc_token": "tok_approve",
        "pack1": {"plan_id": "1"},
        "pack2": {"plan_id": "3"},
    },
}
PACKS = 2


@dataclass
class Made:
    """What the record table holds for each order."""

    clients: Counter[str] = field(default_factory=Counter)
    services: Counter[str] = field(default_factory=Counter)
    invoices: Counter[str] = field(default_factory=Counter)
    captures: Counter[str] = field(default_factory=Counter)
    holds: Counter[str] = field(default_factory=Counter)

    def of(self, order_id: str) -> dict[str, int]:
        return {name: counted[order_id] for name, counted in vars(self).items()}

    def is_double(self, order_id: str) -> bool:
        """More than one of anything, more services than packs, or money still held beside the money taken."""
        once = (self.clients, self.invoices, self.captures)
        doubled = any(counted[order_id] > 1 for counted in once) or self.services[order_id] > PACKS
        return doubled or self.holds[order_id] + self.captures[order_id] > 1


class FaultyShop:
    def __init__(self, engine: LocalEngine, stack: LocalStack, functions: tuple[str, ...]) -> None:
        self._stack = stack
        options = engine.client_options()
        self._dynamodb = boto3.client("dynamodb", **options)
        self._orders = DynamoOrderStore(stack.order_table, self._dynamodb)
        limits = httpx.Limits(max_connections=16)
        self._http = httpx.Client(base_url=stack.api_url, auth=(stack.user, stack.token), timeout=30, limits=limits)
        self._make_faulty(boto3.client("lambda", **options), functions)

    def lead(self, function: str, point: str, manner: str) -> str:
        """A lead that is armed before it exists: the relay may be told of it at once. Ids count up, and nobody else orders."""
        counter = {"pk": {"S": "counter#order_id"}, "sk": {"S": "counter"}}
        found = self._dynamodb.get_item(TableName=self._stack.order_table, Key=counter, ConsistentRead=True)
        order_id = str(int(from_item(found["Item"])["latest"]) + 1) if "Item" in found else "1001"
        key = switch(order_id, function, point)
        self._dynamodb.put_item(TableName=self._stack.record_table, Item={**key, "manner": {"S": manner}})
        made = self._http.post("/order.create", json=ORDER).raise_for_status()
        assert made.json()["order_id"] == order_id
        return order_id

    def submit(self, order_id: str, deadline: float) -> None:
        """Until it is answered with success."""
        while time.monotonic() < deadline:
            answer = self._http.post("/order.submit", json={"order_id": order_id})
            if answer.is_success:
                return
            time.sleep(0.5)

    def is_complete(self, order_id: str) -> bool:
        return self._orders.get(order_id).step_status is StepStatus.COMPLETE

    def is_armed(self, order_id: str, function: str, point: str) -> bool:
        key = switch(order_id, function, point)
        return "Item" in self._dynamodb.get_item(TableName=self._stack.record_table, Key=key, ConsistentRead=True)

    def story(self, order_id: str) -> str:
        order = self._orders.get(order_id)
        states = {action.module: (action.state.value, action.attempts) for action in order.actions.values()}
        return f"order {order_id} in {order.step.name}, {states}, waits {sorted(order.waits)}"

    def what_was_made(self) -> Made:
        made = Made()
        counts = {"client": made.clients, "service": made.services, "invoice": made.invoices}
        states = {TransactionState.CAPTURED: made.captures, TransactionState.HELD: made.holds}
        for page in self._dynamodb.get_paginator("scan").paginate(TableName=self._stack.record_table):
            for record in map(from_item, page["Items"]):
                kind = str(record["sk"]).split("#", maxsplit=1)[0]
                if str(record["pk"]).startswith("client#") and kind in counts:
                    counts[kind][str(record["order_id"])] += 1
                if kind == "transaction" and record["state"] in states:
                    states[record["state"]][str(record["order_id"])] += 1
        return made

    def _make_faulty(self, client: Any, functions: tuple[str, ...]) -> None:
        code = zipped(REPOSITORY, *PRODUCT, "tests/__init__.py", "tests/fault_points.py")
        for page in client.get_paginator("list_functions").paginate():
            for function in page["Functions"]:
                name = function["Handler"].split(".")[-2]
                name = "api" if ".api." in function["Handler"] else name
                if name not in functions:
                    continue
                client.update_function_code(FunctionName=function["FunctionName"], ZipFile=code)
                faults = {"FAULT_HANDLER": function["Handler"], "FAULT_FUNCTION": name}
                variables = {**function["Environment"]["Variables"], **faults, "FAULT_TABLE": self._stack.record_table}
                client.update_function_configuration(
                    FunctionName=function["FunctionName"],
                    Handler="tests.fault_points.handler",
                    Timeout=FUNCTION_SECONDS,
                    Environment={"Variables": variables},
                )
