"""Runs a product's handler in Lambda and ends its process at a named point, once per order that was armed for it.

`tests.faults` adds this file to the functions' code on the engine and makes it their handler; the product knows nothing of it.
An armed order is an item of the record table. Whoever deletes it dies of it, so each dies once.
"""

import importlib
import os
import time
from collections.abc import Callable
from typing import Any

from lambdas.orders import submission
from lambdas.orders.machine import StepFunctionsMachine
from lambdas.orders.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.table import RecordTable
from lambdas.runtime.aws import dynamodb

EXIT, TIMEOUT = "exit", "timeout"
Call = Callable[..., Any]
_now_running = {"order_id": ""}  # a worker runs one invocation at a time


def switch(order_id: str, function: str, point: str) -> dict[str, Any]:
    """The key of the item that arms an order."""
    return {"pk": {"S": f"fault#{order_id}"}, "sk": {"S": f"{function}#{point}"}}


def _reached(point: str, order_id: str) -> None:
    """Die here if the order is armed for it: at once, or by running into the function's time-out."""
    armed = dynamodb().delete_item(
        TableName=os.environ["FAULT_TABLE"],
        Key=switch(order_id, os.environ["FAULT_FUNCTION"], point),
        ReturnValues="ALL_OLD",
    )
    manner = armed.get("Attributes", {}).get("manner", {}).get("S")
    if manner == EXIT:
        os._exit(1)
    if manner == TIMEOUT:
        time.sleep(60)


def _around(owner: type, name: str, before: str, after: str, order_of: Callable[..., str]) -> None:
    original: Call = getattr(owner, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        order_id = order_of(*args, **kwargs)
        if before:
            _reached(before, order_id)
        result = original(*args, **kwargs)
        if after:
            _reached(after, order_id)
        return result

    setattr(owner, name, call)


def _first_id(_: Any, order_id: str, *__: Any, **___: Any) -> str:
    return order_id


def _id_of(_: Any, order: Order, *__: Any) -> str:
    return order.order_id


def _id_running(*_: Any, **__: Any) -> str:
    return _now_running["order_id"]


def _actions() -> None:
    _around(DynamoOrderStore, "claim", "before claim", "after claim", _first_id)
    _around(DynamoOrderStore, "save", "after effect, before settle", "after settle, before return", _id_of)
    for name in ("write_all", "put_new"):
        _around(RecordTable, name, "", "amid its effects", _id_running)


def _api() -> None:
    submission.CLAIM_SECONDS = 8  # still longer than the function may run here (FUNCTION_SECONDS in tests.faults)
    original: Call = DynamoOrderStore.save

    def save(store: DynamoOrderStore, order: Order) -> Order:
        saved: Order = original(store, order)
        _reached("after intent" if order.attempt else "after the submit is written", order.order_id)
        return saved

    setattr(DynamoOrderStore, "save", save)  # noqa: B010 - a plain assignment is no method to the type checker
    _around(SandboxGateway, "authorize", "before authorize", "after authorize", lambda *_, **of: str(of["order_id"]))


def _relay() -> None:
    _around(StepFunctionsMachine, "start", "before start", "after start", _id_of)


def _real_handler() -> Call:
    path, name = os.environ["FAULT_HANDLER"].rsplit(".", 1)
    real: Call = getattr(importlib.import_module(path), name)
    return real


if "FAULT_HANDLER" in os.environ:
    {"api": _api, "relay": _relay}.get(os.environ["FAULT_FUNCTION"], _actions)()
    _real = _real_handler()


def handler(event: dict[str, Any], context: Any) -> Any:
    """The real handler, with the points in it."""
    _now_running["order_id"] = str(event.get("order_id", ""))
    return _real(event, context)
