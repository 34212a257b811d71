"""Runs a product's handler in Lambda with points in it at which its process may die (dying.py).

`tests.faults` adds this to the functions' code on the engine and makes it their handler; the product knows nothing of it.
"""

import importlib
import json
import os
from typing import Any

from lambdas.orders.model.order import Order
from lambdas.orders.store import DynamoOrderStore
from lambdas.payments.sandbox import SandboxGateway
from lambdas.records.clients.service import ServiceRecords
from lambdas.records.invoices.records import InvoiceRecords
from lambdas.records.table import RecordTable
from tests.faults import relay_points
from tests.faults.dying import MARK, Call, around, now, reached

GRACE_SECONDS = 2  # instead of the product's 5, so that claims of the dead lapse sooner
_MAILING: list[Any] = []  # the clients of SES that have points
_WRITES = ("PutItem", "UpdateItem", "TransactWriteItems")
_written: list[str] = []  # by the run that is under way
SUBMIT_CLAIM_SECONDS = 8  # instead of 45; still longer than the function may run here (functions.py)


def _actions() -> None:
    run = importlib.import_module("lambdas.actions._frame.run")
    run.GRACE_SECONDS = GRACE_SECONDS  # type: ignore[attr-defined]
    _claims()
    around(DynamoOrderStore, "save", "before settle", "after settle")
    for name in ("write_all", "put_new"):
        around(RecordTable, name, "", "after a record is written")
    for name in ("activate", "cancel"):
        around(ServiceRecords, name, "", "after a service is changed")
    for name in ("void", "refund"):
        around(SandboxGateway, name, "", "after the payment is given back")
    around(SandboxGateway, "capture", "before capture", "after capture")
    around(InvoiceRecords, "mark", "before the invoice is settled", "after the invoice is settled")
    _count_writes()
    if os.environ["FAULT_FUNCTION"] == "call_webhook":
        around(importlib.import_module("lambdas.actions.call_webhook"), "post", "", "after the receiver was asked")
    if os.environ["FAULT_FUNCTION"] == "send_notification":
        _around_mails()


def _count_writes() -> None:
    """Each write of a run to the record table is a point, by its number; the gateway's books are not ours."""

    def before(params: dict[str, Any], model: Any, **_: Any) -> None:
        items = [next(iter(each.values())) for each in params.get("TransactItems", ())] or [params]
        about = [item for item in items if item.get("TableName") == os.environ["RECORD_TABLE"]]
        owners = [str(item.get("Item", item.get("Key", {})).get("pk", {}).get("S", "")) for item in about]
        if model.name in _WRITES and any(not owner.startswith("sandbox#") for owner in owners):
            _written.append(model.name)
            reached(f"write {len(_written)} of its records")

    original: Call = RecordTable.__init__

    def made(table: RecordTable, *args: Any) -> None:
        original(table, *args)
        table.client.meta.events.register("before-parameter-build.dynamodb", before, unique_id="count writes")

    setattr(RecordTable, "__init__", made)  # noqa: B010 - a plain assignment is no method to the type checker


def _around_mails() -> None:
    """After the mail is after SES took it and before that is written: a run that is tried again does not know of it."""
    sending = importlib.import_module("lambdas.mail.sending")
    ses: Call = sending.ses

    def client() -> Any:
        made = ses()
        if made not in _MAILING:
            _MAILING.append(made)
            around(made, "send_email", "before the mail", "after the mail")
        return made

    setattr(sending, "ses", client)  # noqa: B010 - a plain assignment is no method to the type checker


def _claims() -> None:
    """A run with what the receiver said is a phase of its own: it is the second run of the action."""
    original: Call = DynamoOrderStore.claim

    def claim(store: DynamoOrderStore, order_id: str, action_id: int, **more: Any) -> Order | None:
        reached("before claim")
        order: Order | None = original(store, order_id, action_id, **more)
        if order is not None and "status" in order.actions[str(action_id)].input:
            now["phase"] = "with the receiver's answer, "
        reached("after claim")
        return order

    setattr(DynamoOrderStore, "claim", claim)  # noqa: B010 - a plain assignment is no method to the type checker


def _api() -> None:
    importlib.import_module("lambdas.orders.submit_request").CLAIM_SECONDS = SUBMIT_CLAIM_SECONDS  # type: ignore[attr-defined]
    for name in ("create", "save"):
        _around_write(name)
    around(SandboxGateway, "authorize", "before authorize", "after authorize")


def _around_write(name: str) -> None:
    """An intent is written before the gateway is asked; everything else is the write itself."""
    original: Call = getattr(DynamoOrderStore, name)

    def write(store: DynamoOrderStore, order: Order, *more: Any) -> Any:
        now["key"] = str(order.info.get(MARK, ""))
        word = "the intent" if order.is_lead and order.attempt else "the write"
        reached(f"before {word}")
        result = original(store, order, *more)
        reached(f"after {word}")
        return result

    setattr(DynamoOrderStore, name, write)


def _real_handler() -> Call:
    path, name = os.environ["FAULT_HANDLER"].rsplit(".", 1)
    real: Call = getattr(importlib.import_module(path), name)
    return real


if "FAULT_HANDLER" in os.environ:
    readers = {"relay": relay_points.install, "announcer": relay_points.install_announcer}
    {"api": _api, **readers}.get(os.environ["FAULT_FUNCTION"], _actions)()
    _real = _real_handler()


def handler(event: dict[str, Any], context: Any) -> Any:
    """The real handler, with the points in it."""
    _written.clear()
    match os.environ["FAULT_FUNCTION"]:
        case "api":
            now.update(key="", phase=f"{_method(event)}, ")
        case "relay" | "announcer":
            return relay_points.relayed(_real, event, context)
        case _:
            phase = "undo, " if event.get("undo") else ""
            now.update(key=f"{event['order_id']}.{event['action_id']}", phase=phase)
            if phase:
                reached("before it")
    return _real(event, context)


def _method(event: dict[str, Any]) -> str:
    """The API's method; what a person and what the receiver says to a waiting action are two."""
    method = str(event["rawPath"]).strip("/")
    if method != "order.process":
        return method
    said = json.loads(event.get("body") or "{}")
    if said.get("skip"):
        return "order.process (skip)"
    return "order.process (receiver)" if "status" in said.get("input", {}) else method
