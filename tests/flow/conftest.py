"""The whole system on the engine, used as its users use it: over HTTP, and looked at with the AWS APIs."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, TypeVar

import boto3
import httpx
import pytest

from infra.local.engine_process import LocalEngine
from infra.local.stack import LocalStack
from lambdas.orders.model.executions import execution_name
from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.client import ClientRecords
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable

T = TypeVar("T")
QUEUE = "new_accounts"
DEADLINE_SECONDS = 60.0


def until(what: str, ask: Callable[[], T | None], seconds: float = DEADLINE_SECONDS) -> T:
    """The first answer that is not None, asked for again and again; fails with `what` after the deadline."""
    deadline = time.monotonic() + seconds
    while (answer := ask()) is None:
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not happen within {seconds:.0f} s")
        time.sleep(0.02)
    return answer


@dataclass
class Shop:
    """A caller of the API, who can also look behind it."""

    stack: LocalStack
    engine: LocalEngine
    http: httpx.Client

    def call(self, method: str, parameters: dict[str, Any], **headers: str) -> httpx.Response:
        return self.http.post(f"/{method}", json=parameters, headers=headers)

    def done(self, method: str, parameters: dict[str, Any]) -> dict[str, Any]:
        answer = self.call(method, parameters)
        assert answer.is_success, answer.text
        return dict(answer.json())

    def id_of(self, reference: str) -> str:
        """The order that its buyer knows by this reference, as staff find it."""
        found = until(
            f"order {reference} is found", lambda: self.done("order.search", {"query": reference})["orders"] or None
        )
        (order,) = found
        return str(order["order_id"])

    def order(self, order_id: str) -> dict[str, Any]:
        return self.done("order.get", {"order_id": order_id})

    def until_step(self, order_id: str, status: str) -> dict[str, Any]:
        def ask() -> dict[str, Any] | None:
            order = self.order(order_id)
            return order if order["step"]["status"] == status else None

        return until(f"order {order_id} in a step that is {status}", ask)

    def until_action(self, order_id: str, name: str, state: str) -> dict[str, Any]:
        """The action, once it is in this state and the order shows who it waits for."""

        def ask() -> dict[str, Any] | None:
            order = self.order(order_id)
            action = next(action for action in order["actions"] if action["name"] == name)
            waits = state != "waiting" or any(wait["for"] == str(action["order_action_id"]) for wait in order["waits"])
            return action if action["state"] == state and waits else None

        return until(f"action {name} of order {order_id} {state}", ask)

    def until_unwound(self, order_id: str) -> dict[str, Any]:
        return until(
            f"order {order_id} unwound", lambda: self._item(order_id) if "unwound_at" in self._item(order_id) else None
        )

    def sweep(self) -> dict[str, int]:
        """Have the sweeper look now, instead of within five minutes."""
        functions = self.client("lambda")
        name = next(f["FunctionName"] for f in functions.list_functions()["Functions"] if "sweeper" in f["Handler"])
        answer = functions.invoke(FunctionName=name, Payload=b"{}")
        return dict(json.loads(answer["Payload"].read()))

    def _row(self, order_id: str) -> Order:
        return DynamoOrderStore(self.stack.order_table, self.dynamodb).get(order_id)

    def _item(self, order_id: str) -> dict[str, Any]:
        key = {"pk": {"S": order_id}, "sk": {"S": "order"}}
        return dict(self.dynamodb.get_item(TableName=self.stack.order_table, Key=key, ConsistentRead=True)["Item"])

    def client(self, service: str) -> Any:
        return boto3.client(service, **self.engine.client_options())  # type: ignore[call-overload]

    @cached_property
    def dynamodb(self) -> Any:
        return self.client("dynamodb")

    @cached_property
    def step_functions(self) -> Any:
        return self.client("stepfunctions")

    @cached_property
    def records(self) -> RecordTable:
        return RecordTable(self.stack.record_table, self.dynamodb)

    @cached_property
    def clients(self) -> ClientRecords:
        return ClientRecords(self.records)

    @cached_property
    def services(self) -> ServiceRecords:
        return ServiceRecords(self.records)

    @cached_property
    def invoices(self) -> InvoiceRecords:
        return InvoiceRecords(self.records)

    @cached_property
    def gateway(self) -> SandboxGateway:
        return SandboxGateway(self.stack.record_table, self.dynamodb)

    def hold_key(self, order_id: str, attempt: int = 1) -> str:
        """By which the gateway knows what a submit of the order held."""
        return f"{self._row(order_id).known_as}:submit:authorize:{attempt}"

    def execution_arn(self, order_id: str) -> str:
        """Of the order's present execution."""
        name = execution_name(self._row(order_id))
        return self.stack.machines[QUEUE].replace(":stateMachine:", ":execution:") + f":{name}"

    def execution_ended(self, order_id: str) -> dict[str, Any]:
        def ask() -> dict[str, Any] | None:
            try:
                execution = self.step_functions.describe_execution(executionArn=self.execution_arn(order_id))
            except self.step_functions.exceptions.ExecutionDoesNotExist:
                return None  # the relay has not come to it yet
            return dict(execution) if execution["status"] != "RUNNING" else None

        return until(f"execution of order {order_id} ended", ask)

    def history(self, order_id: str) -> list[dict[str, Any]]:
        pages = self.step_functions.get_paginator("get_execution_history").paginate(
            executionArn=self.execution_arn(order_id)
        )
        return [event for page in pages for event in page["events"]]

    def states_entered(self, order_id: str) -> list[str]:
        events = (event.get("stateEnteredEventDetails") for event in self.history(order_id))
        return [event["name"] for event in events if event]


@pytest.fixture(scope="session")
def shop(stack: LocalStack, deployed_engine: LocalEngine) -> Iterator[Shop]:
    limits = httpx.Limits(max_connections=64)
    with httpx.Client(base_url=stack.api_url, auth=(stack.user, stack.token), timeout=60, limits=limits) as http:
        yield Shop(stack, deployed_engine, http)


@pytest.fixture
def second(shop: Shop) -> Iterator[httpx.Client]:
    """Another person than the one of `shop`."""
    user, token = shop.stack.people["qa"]
    with httpx.Client(base_url=shop.stack.api_url, auth=(user, token), timeout=60) as client:
        yield client


def new_client_order(**info: Any) -> dict[str, Any]:
    """A new client's order with a card the sandbox approves: 9.95 a month."""
    person = {"first": "Ada", "last": "Lovelace", "email": "ada@example.com", "country": "GB"}
    card = {"payment_type": "cc", "cc_token": "tok_approve", "cc_type": "Visa", "cc_num": "4242", "cc_expire": "1230"}
    return {"order_queue_id": 1, "info": {**person, **card, "pack1": {"plan_id": "1"}, **info}}


def as_text(value: Any) -> str:
    return json.dumps(value, default=str)


def _loser(shop: Shop, rivals: list[str]) -> str | None:
    without = [order_id for order_id in rivals if not shop.clients.made_for(order_id)]
    return without[0] if len(without) == 1 else None


def order_whose_login_is_taken(shop: Shop, login: str) -> str:
    """An order that waits in Provision Client: another one, submitted at the same moment, took its login name first.

    A submit refuses a name that is taken already, so who comes too late for the race begins another one.
    """
    for attempt in range(20):
        named = new_client_order(uber_login=f"{login}-{attempt}")
        rivals = [str(shop.done("order.create", named)["order_id"]) for _ in range(2)]
        with ThreadPoolExecutor(2) as pool:
            sent = list(pool.map(lambda order_id: shop.call("order.submit", {"order_id": order_id}), rivals))
        if all(answer.is_success for answer in sent):
            return until("one of them has a client, the other has not", partial(_loser, shop, rivals))
    pytest.fail("no two submits met in twenty tries")
