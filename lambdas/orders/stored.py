"""An order as the table stores it: without what is at its default, and without ids that its keys say already.

A write is billed by the item's size, and an order is written some ten times. Expressions of the store and of compiled
machines read, or add to, some attributes: those are always there.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.orders.checklist import ChecklistAction
from lambdas.orders.info import text
from lambdas.orders.order import Order
from lambdas.orders.steps import StepStatus

_DESCRIPTION = "description"


def stored(order: Order) -> dict[str, Any]:
    """The order as plain values, for `restored`. It has no `order_id`: that is the item's key."""
    always = {"revision": order.revision, "epoch": order.epoch, "waits": {}}
    fields = order.model_dump(exclude_none=True, exclude_defaults=True, exclude={"order_id", "actions"})
    for pack in fields.get("priced", ()):
        if pack[_DESCRIPTION] == _described(order.info, pack["pack"]):
            del pack[_DESCRIPTION]
    return {**always, **fields, "actions": {key: _stored_action(action) for key, action in order.actions.items()}}


def _stored_action(action: ChecklistAction) -> dict[str, Any]:
    always = {"state": action.state, "attempts": action.attempts}
    return {**always, **action.model_dump(exclude_none=True, exclude_defaults=True, exclude={"action_id"})}


def restored(order_id: str, fields: Mapping[str, Any]) -> Order:
    """The order that was stored. Takes items of earlier versions too, which hold every field. Raises ValidationError."""
    actions = fields.get("actions")
    if isinstance(actions, Mapping):
        actions = {
            key: {"action_id": key, **action} if isinstance(action, Mapping) else action
            for key, action in actions.items()
        }
    priced, info = fields.get("priced"), fields.get("info")
    if isinstance(priced, list):
        priced = [_with_description(pack, info) for pack in priced]
    packs = {"priced": priced} if priced else {}
    return Order.model_validate({"order_id": order_id, **fields, **packs, "actions": actions})


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


def _with_description(pack: Any, info: Any) -> Any:
    """A priced pack of an item; a long description stands in it once, where the caller said it."""
    if not isinstance(pack, Mapping) or _DESCRIPTION in pack:
        return pack
    return {**pack, _DESCRIPTION: _described(info, str(pack.get("pack")))}


def _described(info: Any, name: str) -> str:
    said = info.get(name) if isinstance(info, Mapping) else None
    return text(said, "desserv") if isinstance(said, Mapping) else ""
