"""An order as the table stores it: without what is at its default, and without ids that its keys say already.

A write is billed by the item's size, and an order is written some ten times. Expressions of the store and of compiled
machines read, or add to, some attributes: those are always there.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.model.checklist import ChecklistAction
from lambdas.orders.model.info import text
from lambdas.orders.model.order import Order
from lambdas.orders.model.steps import StepStatus
from lambdas.orders.model.waits import token_field
from lambdas.orders.table.folding import folded, unfolded
from lambdas.orders.table.versions import OF_ORDERS, Versions

_DESCRIPTION, _OPTIONS = "description", "options"


def stored(order: Order, versions: Versions = OF_ORDERS) -> dict[str, Any]:
    """The order as plain values, for `restored`. It has no `order_id`: that is the item's key."""
    always = {"revision": order.revision, "epoch": order.epoch, "waits": {}}
    fields = order.model_dump(exclude_none=True, exclude_defaults=True, exclude={"order_id", "actions"})
    if "info" in fields:
        fields["info"] = folded(order.info)
    for pack in fields.get("priced", ()):
        stated = _said(order.info, pack["pack"])
        if pack[_DESCRIPTION] == text(stated, "desserv"):
            del pack[_DESCRIPTION]
        if pack[_OPTIONS] == _chosen(stated):
            del pack[_OPTIONS]
    for step, status in zip(fields.get("checklist_steps", ()), _statuses(len(order.checklist_steps)), strict=False):
        if step["status"] == status:
            del step["status"]
    actions = {key: _stored_action(action) for key, action in order.actions.items()}
    return versions.lowered({**always, **fields, "actions": actions})


def _stored_action(action: ChecklistAction) -> dict[str, Any]:
    always = {"state": action.state, "attempts": action.attempts}
    fields = action.model_dump(exclude_none=True, exclude_defaults=True, exclude={"action_id"})
    if action.name == _usual_name(action.module):
        del fields["name"]
    return {**always, **fields}


def restored(order_id: str, item: Mapping[str, Any], versions: Versions = OF_ORDERS) -> Order:
    """The order that was stored. Takes items of earlier versions too, and those that hold every field.

    Raises ValidationError, NewerVersionError.
    """
    fields = versions.raised(item)
    actions, steps = fields.get("actions"), fields.get("checklist_steps")
    changed: dict[str, Any] = {"info": unfolded(fields["info"])} if "info" in fields else {}
    if isinstance(actions, Mapping):
        changed["actions"] = {key: _restored_action(key, action) for key, action in actions.items()}
    if isinstance(steps, list):
        changed["checklist_steps"] = [
            {"status": status, **step} if isinstance(step, Mapping) else step
            for step, status in zip(steps, _statuses(len(steps)), strict=True)
        ]
    if isinstance(fields.get("waits"), Mapping):
        changed["waits"] = {
            key: _restored_wait(wait, fields.get(token_field(key))) for key, wait in fields["waits"].items()
        }
    if isinstance(fields.get("priced"), list):
        changed["priced"] = [_restored_pack(pack, fields.get("info")) for pack in fields["priced"]]
    return Order.model_validate({"order_id": order_id, **fields, **changed})


def incoherent_fields(order: Order) -> set[str]:
    """Fields of a restored order that contradict each other or its number, so that nothing can be done with it."""
    steps = {step.step_id for step in order.checklist_steps}
    wrong = set[str]()
    if not order.order_id.isdecimal() or str(int(order.order_id)) != order.order_id:
        wrong.add("pk")
    if order.step_id not in steps:
        wrong.add("step_id")
    if any(key != str(action.action_id) or action.step_id not in steps for key, action in order.actions.items()):
        wrong.add("actions")
    if not order.checklist_steps or order.checklist_steps[-1].status is not StepStatus.CANCELED:
        wrong.add("checklist_steps")
    return wrong


def _restored_action(key: str, action: Any) -> Any:
    if not isinstance(action, Mapping):
        return action
    return {"action_id": key, "name": _usual_name(str(action.get("module"))), **action}


def _restored_wait(wait: Any, token: Any) -> Any:
    return {**wait, "token": token} if isinstance(wait, Mapping) and token is not None else wait


def _restored_pack(pack: Any, info: Any) -> Any:
    """A priced pack of an item. A long description and the options are stored once, in the caller's own pack."""
    if not isinstance(pack, Mapping):
        return pack
    stated = _said(info, str(pack.get("pack")))
    return {_DESCRIPTION: text(stated, "desserv"), _OPTIONS: _chosen(stated), **pack}


def _said(info: Any, name: str) -> Mapping[str, Any]:
    stated = info.get(name) if isinstance(info, Mapping) else None
    return stated if isinstance(stated, Mapping) else {}


def _chosen(stated: Mapping[str, Any]) -> dict[str, str]:
    options = stated.get(_OPTIONS)
    return {str(key): str(value) for key, value in options.items()} if isinstance(options, Mapping) else {}


def _usual_name(module: str) -> str:
    return module.replace("_", " ").title()


def _statuses(steps: int) -> list[StepStatus]:
    """The kinds of steps by their position in a queue: Leads, ordinary ones, Complete, Canceled."""
    ends = [StepStatus.COMPLETE, StepStatus.CANCELED]
    return [StepStatus.LEADS, *[StepStatus.ORDINARY] * (steps - 3), *ends][:steps]
